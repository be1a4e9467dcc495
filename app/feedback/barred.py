"""What may be learned of a reply on GitHub where people took back their words there."""

from dataclasses import replace
from datetime import datetime

from app.domain import Barred, Reply, Revision, Snapshot
from app.feedback.metadata import strip


def visible(reply: Reply, snapshot: Snapshot, barred: Barred) -> Snapshot:
    """Returns what is left of a look at a reply without the words that must not be learned.

    Reactions of barred people go. From the first barred edit on nothing is left but hiding and
    deleting: what others wrote there stands on words that were taken back, and what they voted
    for has them in it.

    Args:
        reply: the reply as posted.
        snapshot: what GitHub shows of it.
        barred: whose words go, and until when they were said.
    """
    cut = min(
        (
            one.edited_at
            for one in snapshot.revisions
            if one.editor is not None and barred.covers(reply.id, one.editor.id, one.edited_at)
        ),
        default=None,
    )
    reactions = tuple(
        one
        for one in snapshot.reactions
        if (cut is None or one.created_at < cut)
        and not barred.covers(reply.id, one.person.id, one.created_at)
    )
    if cut is None:
        return replace(snapshot, reactions=reactions)
    kept = _before(snapshot, cut)
    return replace(
        snapshot,
        reactions=reactions,
        revisions=kept,
        body=(kept[-1].body if kept else None) or reply.body,
        last_edited_at=kept[-1].edited_at if kept else None,
    )


def _before(snapshot: Snapshot, cut: datetime) -> tuple[Revision, ...]:
    """Returns the revisions from before an edit; none where GitHub shows mere summaries."""
    listed = sorted(snapshot.revisions, key=lambda one: one.edited_at)
    last = next((one for one in reversed(listed) if not one.deleted), None)
    whole = last is not None and bool(last.body) and strip(last.body or "") == strip(snapshot.body)
    return tuple(one for one in listed if one.edited_at < cut) if whole else ()
