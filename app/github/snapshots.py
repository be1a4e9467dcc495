"""Batches of replies as GitHub shows them, from GraphQL answers to `Snapshot`s. No I/O.

https://docs.github.com/en/graphql/reference/objects#issuecomment
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from app.domain import Person, Reaction, Revision, Snapshot
from app.errors import TransientError
from app.github.read import GHOST

_THUMBS = {"THUMBS_UP": "+1", "THUMBS_DOWN": "-1"}
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.M)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Page(_Part):
    """Where a list goes on."""

    has_next_page: bool
    end_cursor: str | None = None


class ActorPart(_Part):
    """Who did something; `type_name` is User, Bot, Mannequin, Organization, ..."""

    login: str
    database_id: int | None = None
    type_name: str = "User"

    @classmethod
    def of(cls, content: Any) -> "ActorPart | None":
        if not isinstance(content, dict):
            return None
        return cls.model_validate({**content, "typeName": content.get("__typename", "User")})


class ReactionPart(_Part):
    """One reaction; `user` is None for a deleted account."""

    content: str
    created_at: datetime
    user: dict[str, Any] | None = None


class EditPart(_Part):
    """One version; `diff` is its whole text, or a summary of its changes, or gone."""

    id: str = ""
    edited_at: datetime
    deleted_at: datetime | None = None
    diff: str | None = None
    editor: dict[str, Any] | None = None


class Reactions(_Part):
    """A page of reactions."""

    nodes: list[ReactionPart | None] | None = None
    page_info: Page


class Edits(_Part):
    """A page of versions, newest first."""

    nodes: list[EditPart | None] | None = None
    page_info: Page


class CommentPart(_Part):
    """A comment with the first page of its reactions and of its versions."""

    id: str
    body: str
    last_edited_at: datetime | None = None
    is_minimized: bool = False
    minimized_reason: str | None = None
    reactions: Reactions
    user_content_edits: Edits | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lists:
    """The whole lists of one comment, all pages together; versions newest first."""

    reactions: Sequence[ReactionPart]
    edits: Sequence[EditPart]


def comments(nodes: Sequence[Any]) -> list[CommentPart | None]:
    """Reads the nodes of a batch, in order; None where there is no comment (any more).

    Raises:
        TransientError: an answer is not as documented.
    """
    return [_read(CommentPart, node) if node else None for node in nodes]


def reactions(content: Any) -> Reactions:
    """Reads a further page of reactions."""
    return _read(Reactions, content)


def edits(content: Any) -> Edits:
    """Reads a further page of versions."""
    return _read(Edits, content)


def snapshot(part: CommentPart, lists: Lists, seen_at: datetime) -> Snapshot:
    """Makes the snapshot of one comment."""
    return Snapshot(
        comment_node_id=part.id,
        seen_at=seen_at,
        body=part.body,
        last_edited_at=part.last_edited_at,
        minimized_reason=(part.minimized_reason or "hidden") if part.is_minimized else None,
        reactions=tuple(
            Reaction(
                content=_THUMBS.get(one.content, one.content.lower()),
                person=person(one.user),
                created_at=one.created_at,
            )
            for one in lists.reactions
        ),
        revisions=revisions(lists.edits, part.body),
    )


def missing(node_id: str, seen_at: datetime) -> Snapshot:
    """Makes the snapshot of a comment that is no longer there."""
    return Snapshot(comment_node_id=node_id, seen_at=seen_at, exists=False)


def revisions(newest_first: Sequence[EditPart], body: str) -> tuple[Revision, ...]:
    """Returns the versions, oldest first.

    GitHub documents `diff` as a summary of the changes, and shows the whole text in it: a
    summary in the form of a diff tells no text, so that only the newest version is known
    then, which is the body.
    """
    summaries = any(_HUNK.search(edit.diff or "") for edit in newest_first) and not any(
        edit.diff == body for edit in newest_first[:1]
    )
    revisions = []
    for index, edit in enumerate(newest_first):
        deleted = edit.deleted_at is not None
        text = None if deleted or summaries else edit.diff
        if index == 0 and not deleted:
            text = body
        editor = None if edit.editor is None else person(edit.editor)
        revisions.append(
            Revision(body=text, editor=editor, edited_at=edit.edited_at, deleted=deleted)
        )
    return tuple(reversed(revisions))


def person(content: dict[str, Any] | None) -> Person:
    """Returns whose account it is; None stands for one that was deleted."""
    actor = ActorPart.of(content)
    if actor is None:
        return GHOST
    # A reaction's `user` is always typed as a User; people's names have no brackets.
    is_bot = actor.type_name == "Bot" or actor.login.endswith("[bot]")
    return Person(id=actor.database_id or 0, login=actor.login, is_bot=is_bot)


Model = TypeVar("Model", bound=_Part)


def _read(model: type[Model], content: Any) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise TransientError(f"GraphQL {model.__name__}.{place}: {fault['type']}") from None
