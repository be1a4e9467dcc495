"""Reads a reply by REST, for a GitHub without GraphQL. No I/O.

REST tells less: not that a reply was hidden, of its versions only the newest, and not who
wrote that. But nobody without write access can edit another's comment.

https://docs.github.com/en/rest/issues/comments#get-an-issue-comment
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.domain import SOMEONE, Reaction, Revision, Snapshot
from app.github import read


class CommentPart(read.CommentPart):
    """A comment with the time of its last edit, which is that of its making before one."""

    updated_at: datetime


class ReactionPart(read.Part):
    """https://docs.github.com/en/rest/reactions/reactions#list-reactions-for-an-issue-comment"""

    content: str
    created_at: datetime
    user: read.AccountPart | None = None


def snapshot(comment: Any, reactions: Sequence[Any], seen_at: datetime) -> Snapshot:
    """Makes the snapshot of one comment.

    Args:
        comment: as REST gives it.
        reactions: all of them, likewise.
        seen_at: when both were asked for.

    Raises:
        TransientError: an answer is not as documented.
    """
    part = read.read(CommentPart, comment)
    body = part.body or ""
    edited = part.updated_at > part.created_at
    given = [read.read(ReactionPart, one) for one in reactions]
    return Snapshot(
        comment_node_id=part.node_id,
        seen_at=seen_at,
        body=body,
        last_edited_at=part.updated_at if edited else None,
        reactions=tuple(
            Reaction(content=one.content, person=read.person(one.user), created_at=one.created_at)
            for one in given
        ),
        revisions=(Revision(body=body, editor=SOMEONE, edited_at=part.updated_at),)
        if edited
        else (),
    )
