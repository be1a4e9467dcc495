"""Accounts, their personal tokens and their roles."""

from dataclasses import replace
from typing import Any

from playground.actors import Actor
from playground.errors import NotFound
from playground.hooks import Hooks
from playground.payloads.events import context
from playground.payloads.people import user
from playground.state import action
from playground.values import Account, Repository, Role, Token


class People(Hooks):
    """Makes accounts and says what they may do."""

    @action
    def create_user(self, login: str, *, token: str | None = None, name: str | None = None) -> str:
        """Makes a user unless there is one, and a personal token for it.

        Args:
            token: The token's value; `ghp_<login>` when not given.

        Returns:
            The token.
        """
        account = self._account(login, "User", name=name)
        value = token or f"ghp_{login}"
        self.tokens.put(Token(value=value, account_id=account.id))
        return value

    @action
    def create_organization(self, login: str, *, owners: tuple[str, ...] = ()) -> Account:
        """Makes an organisation unless there is one; its owners are admins everywhere in it."""
        account = self._account(login, "Organization")
        owner_ids = tuple(self.account(owner).id for owner in owners)
        return self.accounts.put(replace(account, owner_ids=owner_ids))

    def person(self, login: str) -> Actor:
        """A user as one who acts."""
        account = self.account(login)
        if account.kind != "User":
            raise NotFound
        return Actor(account_id=account.id)

    @action
    def set_role(
        self, repository: Repository, login: str, role: Role, *, role_name: str | None = None
    ) -> Repository:
        """Gives a user a role; `role_name` names a custom role that is based on it."""
        account = self.account(login)
        now = self.repositories[repository.id]
        roles = {**now.roles, account.id: role}
        names = {key: name for key, name in now.role_names.items() if key != account.id}
        if role_name is not None:
            names[account.id] = role_name
        value = self.repositories.put(replace(now, roles=roles, role_names=names))
        self._emit_member(value, account, now.roles.get(account.id, "none"), role)
        return value

    def _emit_member(
        self, repository: Repository, account: Account, before: Role, after: Role
    ) -> None:
        if before == after:
            return
        verb, change = "edited", {"from": before, "to": after}
        if after == "none":
            verb, change = "removed", {}
        elif before == "none":
            verb, change = "added", {"to": after}
        owner = self.accounts[repository.owner_id]
        sender = owner.owner_ids[0] if owner.owner_ids else owner.id
        payload: dict[str, Any] = {"member": user(self, account)}
        if change:
            payload["changes"] = {"permission": change}
        payload |= context(self, repository, sender)
        self.emit(repository, "member", payload, verb)

    def _account(self, login: str, kind: str, *, name: str | None = None) -> Account:
        found = self.accounts.of(login.lower())
        if found:
            return found[0]
        if kind not in ("User", "Organization", "Bot"):
            raise ValueError(kind)
        return self.accounts.put(
            Account(
                id=self.next_id("account"),
                login=login,
                kind=kind,  # type: ignore[arg-type]
                name=name,
                created_at=self.clock.now(),
            )
        )
