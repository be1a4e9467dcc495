"""Held-out questions answered in four ways, as people would be answered.

| way | memory and phrases | adapter |
| --- | --- | --- |
| before | none | none |
| learned | of all threads but those held out | none |
| adapter | none | trained without the threads held out |
| everything | of all threads but those held out | trained without the threads held out |

What people made of the held-out threads themselves, and of threads that are kindred to them, is in
none of them, neither as a memory nor as the weight of a phrase nor in the adapter: what counts is
what was learned for questions that nobody taught. An answer's cost is what there is left to edit
until it is what people wanted.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import Answer, Dictionary, Lesson, Memory, Reply
from app.feedback.caps import sources_of_writers
from app.feedback.edits import changes, distance
from app.feedback.rulings import counting, ruled
from app.feedback.weights import dictionary
from app.flows.asked import question_of
from app.flows.assessing import MOST_SIGNALS
from app.flows.decided import decided
from app.layouts.remarks import without_remarks
from app.ports.answers import Answerer
from app.ports.knowledge import Corpus
from app.store import Store
from app.text.layout import without_citations
from app.training.columns import Asked, Columns, Outcome
from app.training.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How much may be asked: so many `questions`, none begun after so many `seconds`."""

    questions: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """What answers: `answerer` makes the one that uses an adapter, "" for none, `adapters` has
    the one of each fold, `corpus` is the repository's text, `at` the time to weigh phrases at."""

    answerer: Callable[[str], Answerer]
    adapters: Mapping[int, str]
    corpus: Corpus
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What memory and phrases know without the threads of one fold."""

    memories: Sequence[Memory]
    dictionary: Dictionary


class FourWays:
    """Answers held-out questions of one snapshot."""

    def __init__(self, store: Store, repository_id: int, snapshot: Snapshot, panel: Panel) -> None:
        self._store = store
        self._repository_id = repository_id
        self._snapshot = snapshot
        self._panel = panel
        self._nothing = Dictionary(repository_id=repository_id)
        self._learned: dict[int, Learned] = {}

    def ask(self, bounds: Bounds, go_on: Callable[[int, int], bool]) -> Columns:
        """Asks until there are enough questions, the time is over, or nobody wants to know.

        Args:
            bounds: how much may be asked.
            go_on: told how many of how many questions were asked, before each; False ends it.

        Raises:
            TransientError: the model may work later.
            UserError: the model cannot be used, or not with its adapter.
        """
        chosen = pick(self._snapshot, self._panel.adapters, bounds.questions)
        until = time.monotonic() + bounds.seconds
        asked: list[Asked] = []
        for at, (fold, lesson) in enumerate(chosen):
            if time.monotonic() >= until or not go_on(at, len(chosen)):
                break
            reply = self._store.replies.by_id(lesson.reply_id)
            if reply is not None:
                asked.append(self._one(lesson, reply, fold))
        return Columns(asked=tuple(asked))

    def _one(self, lesson: Lesson, reply: Reply, fold: int) -> Asked:
        learned = self._known(fold)
        question = question_of(self._store, reply)

        def outcome(adapter: str, known: Learned) -> Outcome:
            answer = self._panel.answerer(adapter).answer(
                question,
                corpus=self._panel.corpus,
                memories=known.memories,
                dictionary=known.dictionary,
            )
            return judged(answer, wanted=lesson.wanted, was=reply.answer)

        nothing = Learned(memories=(), dictionary=self._nothing)
        adapter = self._panel.adapters[fold]
        return Asked(
            reply_id=lesson.reply_id,
            thread=self._snapshot.kin[lesson.thread],
            before=outcome("", nothing),
            learned=outcome("", learned),
            adapter=outcome(adapter, nothing),
            everything=outcome(adapter, learned),
        )

    def _known(self, fold: int) -> Learned:
        """Returns what was learned elsewhere than on the threads of a fold."""
        if fold not in self._learned:
            kin = self._snapshot.kin
            groups = {kin[lesson.thread] for lesson in self._snapshot.held_out(fold)}
            threads = {thread for thread, group in kin.items() if group in groups}
            evidence = self._store.evidence
            memories = evidence.counting_memories(self._repository_id)
            known = decided(self._store, self._repository_id)
            masses = counting(evidence.masses(self._repository_id), known.aside)
            replies = {one.reply_id for one in memories} | {one.reply_id for one in masses}
            seen = {one for one in replies if self._thread(one) in threads}
            weights = dictionary(
                [mass for mass in masses if mass.reply_id not in seen],
                self._panel.at,
                writers=sources_of_writers(
                    self._store.signals.live(self._repository_id, MOST_SIGNALS)
                ),
            )
            self._learned[fold] = Learned(
                memories=[memory for memory in memories if memory.reply_id not in seen],
                dictionary=Dictionary(
                    repository_id=self._repository_id,
                    weights={one.phrase: one for one in ruled(weights, known.rulings)},
                ),
            )
        return self._learned[fold]

    def _thread(self, reply_id: int) -> int | None:
        reply = self._store.replies.by_id(reply_id)
        return None if reply is None else reply.number


def pick(snapshot: Snapshot, folds: Mapping[int, object], most: int) -> list[tuple[int, Lesson]]:
    """Chooses held-out questions of which it is known what people want, each with its fold.

    Each thread gives one before any gives a second, kindred threads as one, in an order that a
    hash decides.
    """
    threads: dict[int, list[tuple[int, Lesson]]] = {}
    for row in snapshot.rows:
        if row.fold in folds and row.lesson.wanted:
            group = snapshot.kin[row.lesson.thread]
            threads.setdefault(group, []).append((row.fold, row.lesson))
    order = sorted(threads, key=lambda thread: _lot(snapshot.hash, thread))
    rounds = (_at(threads[thread], at) for at in range(len(snapshot.rows)) for thread in order)
    found = (one for one in rounds if one is not None)
    return [one for one, _ in zip(found, range(most), strict=False)]


def judged(answer: Answer, *, wanted: str, was: str) -> Outcome:
    """Compares an answer with what people wanted instead of another.

    It is satisfied where it has all that they put in and nothing of what they took out; where
    they wanted the answer as it was, where nothing is left to edit.

    Args:
        answer: what is said now; nothing where it abstains.
        wanted: the text that people left or liked.
        was: the answer that they were given, with its marks.
    """
    said, before = (without_remarks(without_citations(text)) for text in (answer.text, was))
    cost = distance(said, wanted) if said else 1.0
    taught = list(_taught(before, wanted))
    if not taught:
        return Outcome(cost=cost, satisfied=cost == 0.0)
    text, whole = _plain(said), _plain(wanted)
    satisfied = bool(text) and all(
        added in text and (not removed or removed in whole or removed not in text)
        for removed, added in taught
    )
    return Outcome(cost=cost, satisfied=satisfied)


def _taught(before: str, wanted: str) -> Iterator[tuple[str, str]]:
    for change in changes(before, wanted):
        removed, added = _plain(change.removed), _plain(change.added)
        if removed or added:
            yield removed, added


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _lot(name: str, thread: int) -> bytes:
    return hashlib.sha256(f"{name}/{thread}".encode()).digest()


def _at(items: Sequence[tuple[int, Lesson]], at: int) -> tuple[int, Lesson] | None:
    return items[at] if at < len(items) else None
