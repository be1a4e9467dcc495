"""Gives answers of old the corrections that they quote, once the answers that were corrected are
known."""

from collections.abc import Mapping

from app.domain import Passage, Reply, Repository, SourceKind
from app.domain.backfill import Lost
from app.flows.backfill_sources import Correction, corrected, named
from app.flows.context import Context

CORRECTION_GONE = "a correction that it quotes is not shown any more"


class Citing:
    """Looks corrections up among the replies that are kept."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def all(self, repository: Repository) -> list[Lost]:
        """Gives all answers of a repository what they quote; returns what is not shown any more.

        No memory gets a number from then on that they quote one by.
        """
        store = self._context.store
        lost: list[Lost] = []
        highest = 0
        for reply_id in store.replies.ids(repository.id):
            reply = store.replies.by_id(reply_id)
            if reply is None:
                continue
            told = [one for one in named(reply.block) if isinstance(one, Correction)]
            highest = max([highest, *(one.memory_id for one in told)])
            if not any(map(_is_bare, reply.sources)):
                continue
            comments = {one.memory_id: one.comment_id for one in told}
            sources = [
                self._quoted(reply, one, comments) if _is_bare(one) else one
                for one in reply.sources
            ]
            store.replies.set_sources(reply.id, sources)
            if any(map(_is_bare, sources)):
                lost.append(Lost(url=reply.url, what=CORRECTION_GONE))
        if highest:
            store.backfills.number_memories_above(highest)
        return lost

    def _quoted(self, reply: Reply, source: Passage, comments: Mapping[int, int]) -> Passage:
        """Returns a correction as it was when a reply quoted it, where that is shown."""
        store = self._context.store
        comment_id = comments.get(source.memory_id or 0, 0)
        taught = store.replies.by_comment(reply.repository_id, comment_id)
        if taught is None:
            return source
        revisions = store.revisions.of_reply(taught.id)
        login = self._context.github.login
        found = corrected(source, taught, revisions, at=reply.posted_at, own_login=login)
        return found or source


def _is_bare(source: Passage) -> bool:
    """Tells a correction that has no text yet."""
    return source.kind is SourceKind.CORRECTION and not source.text
