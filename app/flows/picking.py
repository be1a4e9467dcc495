"""What people pick among the drafts of an ask, as long as there is something to pick.

A pick is kept and told in the audit log in one transaction. Picking the same again changes
nothing and is not told twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from app.domain import OPERATOR, Ask, AskTree, AuditEntry, Pick, Reply
from app.errors import UserError
from app.feedback.picks import Offered, key_of, offered, offered_before, others
from app.ports.clock import Clock
from app.store import Store
from app.store.preference_rows import GONE

log = structlog.get_logger()

UNANSWERED = "No reply of this ask is there, so there is nothing to pick a better text for."
FORGOTTEN = "Its question was taken back, so nothing is learned of it."
NO_TEXT = "No text is kept that could have been posted, so there is nothing to pick among."
CHANGED = "This text is not among the drafts any more. Load the page again."
ONE_TEXT = "Only one text is kept, so there is nothing to pick among."


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What may be picked for an ask: `texts`, the best score first.

    `more` is how many other texts were looked at; `picked` names the one that is picked, "" for
    none; `refusal` says why none can be picked, "" where one can. `read` is what the texts were
    read from.
    """

    texts: Sequence[Offered]
    more: int
    picked: str
    refusal: str
    read: AskTree | Pick | None = None


class Picking:
    """Picks for asks, by whoever runs Treadle."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def choice(self, ask: Ask) -> Choice:
        """Returns what may be picked for an ask; what is picked already stays among it."""
        reply = self._reply(ask)
        pick = self._store.picks.get(ask.key)
        if reply is None or reply.state in GONE:
            return Choice(texts=(), more=0, picked="", refusal=UNANSWERED)
        if not reply.question:
            return Choice(texts=(), more=0, picked="", refusal=FORGOTTEN)
        tree = self._store.trees.get(ask.key)
        read: AskTree | Pick | None = tree
        texts = [] if tree is None else offered(tree, reply)
        if pick is not None and key_of(pick.chosen) not in {one.key for one in texts}:
            read, texts = pick, offered_before(pick, reply)
        refusal = ""
        if len(texts) < 2:
            refusal = ONE_TEXT if texts else NO_TEXT
        return Choice(
            texts=texts,
            more=0 if tree is None else tree.more,
            picked="" if pick is None else key_of(pick.chosen),
            refusal=refusal,
            read=read,
        )

    def pick(self, ask: Ask, key: str, by: str) -> None:
        """Keeps that one of the texts is the best, in place of another pick of the same ask.

        Args:
            ask: the ask.
            key: of the text, `Offered.key`.
            by: who picks, for the rows of it.

        Raises:
            UserError: there is no such text any more, or none can be picked.
        """
        choice = self.choice(ask)
        if choice.refusal:
            raise UserError(choice.refusal)
        if key == choice.picked:
            return
        chosen = next((one for one in choice.texts if one.key == key), None)
        if chosen is None:
            raise UserError(CHANGED)
        over = others(choice.texts, chosen)
        taught = [url for one in (chosen, *over) for url in one.taught]
        value = Pick(
            ask_key=ask.key,
            repository_id=ask.repository_id,
            chosen=chosen.text,
            others=[one.text for one in over],
            taught=list(dict.fromkeys(taught)),
            by=by,
            at=self._clock(),
        )
        if not self._store.picks.set(value, self._told(ask, "picked"), read=choice.read):
            raise UserError(CHANGED)
        log.info("pick.made", repository=ask.repository_id, ask=ask.key)

    def take_back(self, ask: Ask) -> None:
        """Takes the pick of an ask back.

        Raises:
            UserError: there is none.
        """
        told = self._told(ask, "took back a pick")
        if not self._store.picks.lift(ask.repository_id, ask.key, told):
            raise UserError("Nothing is picked for this ask: there is nothing to take back.")
        log.info("pick.lifted", repository=ask.repository_id, ask=ask.key)

    def _told(self, ask: Ask, act: str) -> AuditEntry:
        reply = self._reply(ask)
        about = "" if reply is None else f"reply {reply.id}"
        return AuditEntry(at=self._clock(), person=OPERATOR, act=act, subject=about, url="")

    def _reply(self, ask: Ask) -> Reply | None:
        return self._store.replies.by_trigger(ask.comment_node_id, ask.command_key)
