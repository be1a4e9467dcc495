"""Who may do what: roles for people, permissions for installations.

https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

from playground.actors import Actor
from playground.errors import INTEGRATION_FORBIDDEN, BadCredentials, Forbidden, Moved, NotFound
from playground.state import State
from playground.values import ROLES, Account, Installation, Issue, Repository, Role

LEVELS = {"read": 1, "write": 2, "admin": 3}
FOLDED = {"maintain": "write", "triage": "read"}


class Permissions(State):
    """Answers whether an actor may read or change something."""

    def role(self, repository: Repository, account_id: int | None) -> Role:
        """The role of an account; anybody reads a public repository."""
        if account_id is not None:
            if self.owns(account_id, self.accounts[repository.owner_id]):
                return "admin"
            given = repository.roles.get(account_id, "none")
            if given != "none":
                return given
        return "none" if repository.private else "read"

    def owns(self, account_id: int | None, account: Account) -> bool:
        """Whether somebody is an account, or an owner of it where it is an organisation."""
        return account_id is not None and (
            account_id == account.id or account_id in account.owner_ids
        )

    def has_role(self, repository: Repository, account_id: int | None, least: Role) -> bool:
        """Whether an account has a role or a stronger one."""
        return ROLES.index(self.role(repository, account_id)) >= ROLES.index(least)

    def covers(self, installation: Installation, repository: Repository) -> bool:
        """Whether an installation was given a repository."""
        chosen = installation.repository_ids
        return installation.account_id == repository.owner_id and (
            chosen is None or repository.id in chosen
        )

    def reaches(self, actor: Actor, repository: Repository) -> bool:
        """Whether an actor's installation, as narrowed by its token, was given a repository."""
        installation = self.installations.get(actor.installation_id)
        if installation is None or not self.covers(installation, repository):
            return False
        return actor.repository_ids is None or repository.id in actor.repository_ids

    def sees(self, actor: Actor, repository: Repository) -> bool:
        """Whether a repository exists in the eyes of an actor."""
        if not repository.private:
            return True
        if actor.is_installation:
            return self.reaches(actor, repository)
        return self.has_role(repository, actor.account_id, "read")

    def repository(self, actor: Actor, owner: str, name: str) -> Repository:
        """A repository as an actor sees it.

        Raises:
            NotFound: absent, or private and not the actor's.
            Moved: it was renamed.
        """
        try:
            repository = self.find_repository(owner, name)
        except NotFound:
            moved = self._renamed(owner, name)
            if moved is not None and self.sees(actor, moved):
                raise Moved(moved.id) from None
            raise
        if not self.sees(actor, repository):
            raise NotFound
        return repository

    def _renamed(self, owner: str, name: str) -> Repository | None:
        for repository in self.repositories:
            if self.accounts[
                repository.owner_id
            ].login.lower() == owner.lower() and name.lower() in [
                former.lower() for former in repository.former_names
            ]:
                return repository
        return None

    def allows(self, actor: Actor, repository: Repository, scope: str, level: str) -> bool:
        """Whether an installation's token has a permission on a repository."""
        if not self.reaches(actor, repository):
            return False
        have = (actor.permissions or {}).get(scope, "none")
        return LEVELS.get(have, 0) >= LEVELS[level]

    def require_read(self, actor: Actor, repository: Repository, scope: str) -> None:
        """Refuses an actor that may not read this part of a repository.

        Raises:
            NotFound: the repository is hidden from the actor.
            Forbidden: the installation lacks the permission.
        """
        if not self.sees(actor, repository):
            raise NotFound
        if (
            actor.is_installation
            and (repository.private or self.reaches(actor, repository))
            and not self.allows(actor, repository, scope, "read")
        ):
            raise Forbidden(INTEGRATION_FORBIDDEN)

    def require_write(
        self, actor: Actor, repository: Repository, scope: str, least: Role = "write"
    ) -> int:
        """Refuses an actor that may not change this part of a repository.

        Args:
            scope: The permission that an installation needs at level write.
            least: The role that a person needs.

        Returns:
            The account that acts.

        Raises:
            BadCredentials: nobody is signed in.
            NotFound: the repository is hidden from the actor.
            Forbidden: the actor sees it, and may not.
        """
        if actor.account_id is None:
            raise BadCredentials("Requires authentication")
        if not self.sees(actor, repository):
            raise NotFound
        if actor.is_installation:
            if not self.allows(actor, repository, scope, "write"):
                raise Forbidden(INTEGRATION_FORBIDDEN)
        elif not self.has_role(repository, actor.account_id, least):
            raise Forbidden(f"Must have {least} access to {self.full_name(repository)}.")
        return actor.account_id

    def may_write(
        self, actor: Actor, repository: Repository, scope: str, least: Role = "write"
    ) -> bool:
        """Whether `require_write` would pass."""
        if actor.account_id is None or not self.sees(actor, repository):
            return False
        if actor.is_installation:
            return self.allows(actor, repository, scope, "write")
        return self.has_role(repository, actor.account_id, least)

    def permission(self, repository: Repository, account_id: int) -> tuple[str, str]:
        """An account's permission, folded to four words as on GitHub, and its role's name."""
        role = self.role(repository, account_id)
        name = repository.role_names.get(account_id, role)
        return FOLDED.get(role, role), name


def scope_of(issue: Issue) -> str:
    """The permission that governs a thread."""
    return "issues" if issue.pull is None else "pull_requests"
