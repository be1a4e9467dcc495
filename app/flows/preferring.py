"""The preference behind a correction, in one sentence: written by a model, put right by people.

A model is asked behind all else, a few corrections at a time, and only one that follows
instructions. What it reads is people's text, and so is what it writes: one line of it is kept, and
stands in prompts where people's text stands. What a person puts in its place no model touches.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import structlog

from app.domain import AuditEntry, Memory, Prompt, Question
from app.errors import TransientError, UserError
from app.flows.deciding import By
from app.layouts import OPENINGS, Layout
from app.layouts.formats import regex
from app.layouts.templates import fill, foreign, template
from app.ports.clock import Clock
from app.ports.models import Model
from app.store import Store
from app.text.clean import clean
from app.text.safe import cut

log = structlog.get_logger()

AT_ONCE = 5
"""Corrections that one look asks a model about at most."""
LEAST = 0.5
"""The least weight of a correction that a model is asked about."""
LONGEST = 240
"""Characters of a sentence."""
TOKENS = 120
_TEXT = 2000
"""Characters of each text that the model reads."""
_LINE = regex(r"[^\n]{8,240}")


class Preferring:
    """Keeps the sentences beside what repositories remember."""

    def __init__(self, store: Store, model: Callable[[], Model] | None, clock: Clock) -> None:
        """Takes what opens a model that follows instructions; None where there is none."""
        self._store = store
        self._model = model
        self._clock = clock
        self._after = 0

    def write_due(self) -> int:
        """Has a model write sentences that are missing; returns how many were kept.

        Corrections of which it can make nothing are passed over until the process starts anew.
        """
        if self._model is None:
            return 0
        waiting = self._store.preferences.waiting(least=LEAST, after=self._after, limit=AT_ONCE)
        count = 0
        for memory in waiting:
            try:
                said = sentence(self._model(), memory)
            except TransientError as error:
                log.warning("preference.again", memory=memory.id, cause=type(error).__name__)
                break
            except UserError as error:
                log.info("preference.none", memory=memory.id, cause=type(error).__name__)
                said = ""
            self._after = memory.id
            if said and self._store.preferences.write(memory, said):
                log.info("preference.written", repository=memory.repository_id, memory=memory.id)
                count += 1
        return count

    def put(self, repository_id: int, memory_id: int, text: str, by: By) -> str:
        """Keeps what a person says in the place of a model's sentence, "" for nothing.

        Returns:
            The sentence as it is kept: one line.

        Raises:
            UserError: it is too long, or nothing of that number is remembered.
        """
        said = one_line(text)
        if len(said) > LONGEST:
            raise UserError(f"Say it in at most {LONGEST} characters; this has {len(said)}.")
        if not self._store.preferences.put(repository_id, memory_id, said, by=by.person.login):
            raise UserError(f"There is no memory {memory_id}: `treadle preferences` lists them.")
        self._tell(repository_id, memory_id, by, self._clock())
        return said

    def _tell(self, repository_id: int, memory_id: int, by: By, at: datetime) -> None:
        entry = AuditEntry(
            at=at, person=by.person, act="taught", subject=f"memory {memory_id}", url=by.url
        )
        self._store.audit.record(repository_id, entry)
        log.info("preference.put", repository=repository_id, memory=memory_id)


def sentence(model: Model, memory: Memory) -> str:
    """Has a model say what a correction shows that people want.

    Raises:
        UserError: it wrote no line that could be kept.
        TransientError: a later try may work.
    """
    text = fill(
        template("preference"),
        {
            "question": foreign(cut(memory.question, _TEXT)),
            "before": foreign(cut(memory.before, _TEXT)) if memory.before else "nothing",
            "after": foreign(cut(memory.after, _TEXT)),
        },
    )
    prompt = Prompt(
        text=text,
        opening=OPENINGS[Layout.PASSAGES],
        question=Question(text=memory.question),
        sources=(),
    )
    with closing(model.session(prompt)) as session:
        return one_line(session.form(_LINE, tokens=TOKENS))[:LONGEST]


def one_line(text: str) -> str:
    """Returns text as one line without what is not to be seen."""
    return " ".join(clean(text).split())
