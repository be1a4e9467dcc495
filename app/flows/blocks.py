"""Replies whose hidden block people broke or forged. What the database knows of them stands."""

from collections.abc import Mapping

from app.domain import Reply
from app.feedback.metadata import fault
from app.store import Store

LOOKED_AT = 500
"""The newest replies of a repository whose blocks are looked at, of those that were edited."""


class Blocks:
    """Finds faults in hidden blocks, by the newest text of each reply."""

    def __init__(self, store: Store, keys: Mapping[str, str]) -> None:
        """Prepares it; `keys` are all that may have signed, by id."""
        self._store = store
        self._keys = keys

    def faults(self, repository_id: int) -> Mapping[int, str]:
        """Returns what is wrong with which replies' blocks, in words, by our ids of replies."""
        found = {}
        for reply_id, body in self._store.revisions.newest(repository_id, LOOKED_AT).items():
            reply = self._store.replies.by_id(reply_id)
            if reply is not None and (wrong := self._fault(reply, body)):
                found[reply_id] = wrong
        return found

    def fault(self, reply: Reply) -> str:
        """Returns what is wrong with a reply's block, in words; empty where nothing is."""
        known = [one.body for one in self._store.revisions.of_reply(reply.id)]
        return self._fault(reply, known[-1]) if known and known[-1] is not None else ""

    def _fault(self, reply: Reply, body: str) -> str:
        return fault(body, keys=self._keys, trigger_node_id=reply.trigger_node_id)
