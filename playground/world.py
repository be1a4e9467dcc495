"""The world: everything that somebody can do on the playground, as plain methods.

REST, GraphQL and pages call these and nothing else.  Each takes the `Actor` on whose
behalf it runs, refuses with an error from `errors`, and emits the webhooks that GitHub
would send.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playground.actors import Actor
from playground.clock import Clock
from playground.errors import Forbidden, Invalid, NotFound
from playground.faults import Faults
from playground.limits import Budgets
from playground.nodes import parse_node_id
from playground.payloads import threads as shapes
from playground.permissions import scope_of
from playground.simulation.simulator import Simulator
from playground.state import action
from playground.upkeep import Upkeep
from playground.values import CONTENTS, Comment, Content, Issue, Reaction

Subject = Issue | Comment


class World(Upkeep):
    """The local GitHub, without HTTP."""

    def __init__(self, path: Path | None = None, clock: Clock | None = None) -> None:
        super().__init__(path, clock)
        self.budgets = Budgets(self.clock)
        self.faults = Faults()
        self.simulator = Simulator()
        """Plays maintainers over HTTP; nothing is simulated until somebody asks for it."""
        self.on_reply: list[Callable[[str, str, int, Any], None]] = []
        """Called with method, path template, status and content of each REST reply."""

    def subject(self, node_id: str) -> Subject:
        """The issue, pull request or comment of a node id.

        Raises:
            NotFound: there is none.
        """
        kind, number = parse_node_id(node_id) or ("", 0)
        found: Subject | None = None
        if kind in ("IssueComment", "PullRequestReviewComment"):
            found = self.comments.get(number)
        elif kind == "Issue":
            found = self.issues.get(number)
        elif kind == "PullRequest":
            found = next((i for i in self.issues if i.pull and i.pull.id == number), None)
        if found is None or subject_node(found) != node_id:
            raise NotFound(f"Could not resolve to a node with the global id of '{node_id}'")
        return found

    def thread_of(self, subject: Subject) -> Issue:
        """The thread that a subject is, or is in."""
        return subject if isinstance(subject, Issue) else self.issues[subject.issue_id]

    @action
    def react(self, actor: Actor, subject: Subject, content: str) -> tuple[Reaction, bool]:
        """Reacts; tells also whether the reaction is new. GitHub tells no webhook of it."""
        if content not in CONTENTS:
            raise Invalid(
                "Validation Failed",
                errors=[{"resource": "Reaction", "code": "invalid", "field": "content"}],
            )
        kept: Content = content
        account_id = self._require_reactor(actor, subject)
        node = subject_node(subject)
        for present in self.reactions.of(node):
            if present.account_id == account_id and present.content == content:
                return present, False
        reaction = Reaction(
            id=self.next_id("reaction"),
            subject=node,
            account_id=account_id,
            content=kept,
            created_at=self.clock.now(),
        )
        return self.reactions.put(reaction), True

    @action
    def unreact(self, actor: Actor, subject: Subject, content: str) -> Reaction:
        """Takes back one's own reaction.

        Raises:
            NotFound: there is none.
        """
        account_id = self._require_reactor(actor, subject)
        for present in self.reactions.of(subject_node(subject)):
            if present.account_id == account_id and present.content == content:
                self.reactions.drop(present.id)
                return present
        raise NotFound

    @action
    def delete_reaction(self, actor: Actor, subject: Subject, reaction_id: int) -> None:
        """Deletes one's own reaction by its id.

        Raises:
            NotFound: the subject has no such reaction.
            Forbidden: it is somebody else's.
        """
        account_id = self._require_reactor(actor, subject)
        reaction = self.reactions.get(reaction_id)
        if reaction is None or reaction.subject != subject_node(subject):
            raise NotFound
        if reaction.account_id != account_id:
            raise Forbidden("Must be the author of the reaction.")
        self.reactions.drop(reaction_id)

    def _require_reactor(self, actor: Actor, subject: Subject) -> int:
        if isinstance(subject, Comment) and subject.id not in self.comments:
            raise NotFound
        issue = self.thread_of(subject)
        repository = self.repository_of(issue)
        account_id = self.require_write(actor, repository, scope_of(issue), "read")
        self.refuse_locked(actor, issue, "reaction")
        return account_id


def subject_node(subject: Subject) -> str:
    """The node id of a subject."""
    if isinstance(subject, Issue):
        return shapes.issue_node(subject)
    return shapes.comment_node(subject)
