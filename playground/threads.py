"""Issues and pull requests."""

from dataclasses import replace
from typing import Any, Literal

from playground.actors import Actor
from playground.code import Code
from playground.errors import Forbidden, Gone, Invalid, NotFound
from playground.payloads import pulls
from playground.payloads import threads as shapes
from playground.payloads.events import context
from playground.permissions import scope_of
from playground.state import action
from playground.values import BODY_LIMIT, Issue, Pull, Repository, Revision, Role


class Threads(Code):
    """Opens, edits, locks and closes threads."""

    @action
    def create_issue(
        self, actor: Actor, repository: Repository, title: str, body: str | None = None
    ) -> Issue:
        """Opens an issue, as anybody may who sees the repository."""
        author = self.require_write(actor, repository, "issues", "read")
        issue = self._open(actor, repository, title, body, author)
        self._emit_issue(issue, "opened", author)
        return issue

    @action
    def create_pull(
        self,
        actor: Actor,
        repository: Repository,
        title: str,
        *,
        head: str,
        base: str | None = None,
        body: str | None = None,
    ) -> Issue:
        """Opens a pull request from one branch to another of the same repository."""
        author = self.require_write(actor, repository, "pull_requests", "read")
        now = self.repositories[repository.id]
        target = base or now.default_branch
        pull = Pull(
            id=self.next_id("issue"),
            base=target,
            head=head,
            base_sha=self.resolve(now, target).sha,
            head_sha=self.resolve(now, head).sha,
        )
        issue = self._open(actor, repository, title, body, author, pull)
        payload = {
            "number": issue.number,
            "pull_request": pulls.pull_request(self, issue),
            **context(self, repository, author),
        }
        self.emit(repository, "pull_request", payload, "opened")
        return issue

    def issue(self, repository: Repository, number: int) -> Issue:
        """A thread by its number.

        Raises:
            NotFound: there never was one.
            Gone: it was deleted.
        """
        for issue in self.issues.of(repository.id):
            if issue.number == number:
                return issue
        last = self.counters.get(f"number/{repository.id}")
        if last is not None and 0 < number <= last.last:
            raise Gone("This issue was deleted")
        raise NotFound

    @action
    def edit_issue(
        self,
        actor: Actor,
        issue: Issue,
        *,
        title: str | None = None,
        body: str | None = None,
        state: Literal["open", "closed"] | None = None,
        state_reason: str | None = None,
    ) -> Issue:
        """Changes what is given; its author or a writer may, and a triager the state."""
        self.repository_of(issue)
        issue = self.issues[issue.id]
        least: Role = "triage" if title is None and body is None else "write"
        editor = self._require_author_or(actor, issue, least)
        changes: dict[str, Any] = {}
        now = self.clock.now()
        if title is not None and title != issue.title:
            self._check_title(title)
            changes["title"] = {"from": issue.title}
            issue = replace(issue, title=title)
        if body is not None and body != (issue.body or ""):
            self.check_body(body, "Issue", blank=True)
            changes["body"] = {"from": issue.body or ""}
            revisions = self.revised(issue, body, editor)
            issue = replace(issue, body=body, revisions=revisions)
        if changes:
            issue = self.issues.put(replace(issue, updated_at=now))
            self._emit_issue(issue, "edited", editor, changes=changes)
        if state == "closed" and issue.state == "open":
            issue = self.issues.put(
                replace(
                    issue,
                    state="closed",
                    state_reason=state_reason or "completed",
                    closed_at=now,
                    closed_by_id=editor,
                    updated_at=now,
                )
            )
            self._emit_issue(issue, "closed", editor)
        elif state == "open" and issue.state == "closed":
            issue = self.issues.put(
                replace(
                    issue,
                    state="open",
                    state_reason="reopened",
                    closed_at=None,
                    closed_by_id=None,
                    updated_at=now,
                )
            )
            self._emit_issue(issue, "reopened", editor)
        return issue

    @action
    def lock_issue(self, actor: Actor, issue: Issue, *, locked: bool = True) -> Issue:
        """Locks or unlocks a conversation."""
        editor = self.require_write(actor, self.repository_of(issue), scope_of(issue))
        issue = self.issues.put(
            replace(self.issues[issue.id], locked=locked, updated_at=self.clock.now())
        )
        self._emit_issue(issue, "locked" if locked else "unlocked", editor)
        return issue

    def repository_of(self, issue: Issue) -> Repository:
        """The repository of a thread, as it is now.

        Raises:
            NotFound: the thread was deleted meanwhile.
        """
        if issue.id not in self.issues:
            raise NotFound
        return self.repositories[issue.repository_id]

    def check_body(self, body: str, resource: str, *, blank: bool = False) -> None:
        """Refuses a body that GitHub refuses.

        Raises:
            Invalid: blank where it may not be, or longer than 65,536 characters.
        """
        if not blank and not body.strip():
            raise self._unprocessable(resource, "Body cannot be blank")
        if len(body) > BODY_LIMIT:
            raise self._unprocessable(
                resource, f"Body is too long (maximum is {BODY_LIMIT} characters)"
            )

    def revised(self, value: Any, body: str, editor_id: int) -> tuple[Revision, ...]:
        """The history of an issue or comment after an edit; the first entry is its creation."""
        history: tuple[Revision, ...] = value.revisions
        if not history:
            history = (
                Revision(
                    id=self.next_id("revision"),
                    body=value.body or "",
                    editor_id=value.author_id,
                    edited_at=value.created_at,
                ),
            )
        edit = Revision(
            id=self.next_id("revision"),
            body=body,
            editor_id=editor_id,
            edited_at=self.clock.now(),
        )
        return (*history, edit)

    def _open(
        self,
        actor: Actor,
        repository: Repository,
        title: str,
        body: str | None,
        author: int,
        pull: Pull | None = None,
    ) -> Issue:
        self._check_title(title)
        self.check_body(body or "", "Issue", blank=True)
        now = self.clock.now()
        return self.issues.put(
            Issue(
                id=self.next_id("issue"),
                repository_id=repository.id,
                number=self.next_id(f"number/{repository.id}"),
                title=title,
                body=body,
                author_id=author,
                app_id=actor.app_id,
                created_at=now,
                updated_at=now,
                pull=pull,
            )
        )

    def _check_title(self, title: str) -> None:
        if not title.strip():
            raise Invalid(
                "Validation Failed",
                errors=[{"resource": "Issue", "field": "title", "code": "missing_field"}],
            )
        if len(title) > 256:
            raise self._unprocessable("Issue", "Title is too long (maximum is 256 characters)")

    @staticmethod
    def _unprocessable(resource: str, message: str) -> Invalid:
        error = {"resource": resource, "code": "unprocessable", "field": "data"}
        return Invalid("Validation Failed", errors=[{**error, "message": message}])

    def _require_author_or(self, actor: Actor, issue: Issue, least: Role) -> int:
        repository = self.repository_of(issue)
        if actor.account_id == issue.author_id and actor.account_id is not None:
            return self.require_write(actor, repository, scope_of(issue), "read")
        return self.require_write(actor, repository, scope_of(issue), least)

    def refuse_locked(self, actor: Actor, issue: Issue, what: str) -> None:
        """Refuses whoever may not write in a locked conversation.

        Raises:
            Forbidden: the thread is locked and the actor is no writer.
        """
        repository = self.repository_of(issue)
        if issue.locked and not self.may_write(actor, repository, scope_of(issue)):
            raise Forbidden(f"Unable to create {what} because issue is locked.")

    def _drop_reactions(self, subject: str) -> None:
        for reaction in self.reactions.of(subject):
            self.reactions.drop(reaction.id)

    def _emit_issue(
        self, issue: Issue, verb: str, sender_id: int, *, changes: dict[str, Any] | None = None
    ) -> None:
        repository = self.repository_of(issue)
        payload = {"issue": shapes.issue(self, issue), **context(self, repository, sender_id)}
        if changes is not None:
            payload["changes"] = changes
        event = "issues"
        if issue.pull is not None:
            event = "pull_request"
            payload["pull_request"] = pulls.pull_request(self, issue)
            payload["number"] = issue.number
            del payload["issue"]
        self.emit(repository, event, payload, verb)
