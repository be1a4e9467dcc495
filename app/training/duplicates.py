"""Lessons that say the same, and threads that are too alike to test on one what another taught.

Likeness is the normalised Indel similarity in percent (`rapidfuzz.fuzz.ratio`). Questions are
compared by the stems of their words in alphabetical order, so that "How do I run the tests?"
and "how can the test be run" are one question, and one word more in a form that all questions
share still makes two.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations, product

from rapidfuzz import fuzz, process

from app.domain import Lesson
from app.text.words import search_words

_MARK = re.compile(r"\[\d+\]")


def asked(lesson: Lesson) -> str:
    """Returns the question in the form that questions are compared in."""
    words = sorted(search_words(lesson.question))
    return " ".join(words) or " ".join(lesson.question.casefold().split())


def join(lessons: Sequence[Lesson], *, question: float, text: float) -> list[Lesson]:
    """Joins near-identical lessons: the newest stands for all of them.

    Their weights add up, to 1 at most; their people and addresses are united. Imported ones give
    each other no weight: whoever writes a file can write the same twice.

    Args:
        lessons: of one repository, in a fixed order; all are imported, or none.
        question: how alike their questions are at least, in percent.
        text: how alike both their chosen and both their rejected texts are at least.
    """
    groups = Groups(len(lessons))
    questions = [asked(lesson) for lesson in lessons]
    sides = [(_said(lesson.chosen), _said(lesson.rejected)) for lesson in lessons]
    for left, right in _alike(questions, question):
        if all(
            fuzz.ratio(mine, other) >= text
            for mine, other in zip(sides[left], sides[right], strict=True)
        ):
            groups.unite(left, right)
    return [_joined([lessons[at] for at in group]) for group in groups.all()]


def unsaid(
    imported: Sequence[Lesson], own: Sequence[Lesson], *, question: float, text: float
) -> list[Lesson]:
    """Returns those of some imported lessons that say nothing that own ones nearly say.

    Args:
        imported: those that came from files.
        own: what people said here.
        question: as for `join`.
        text: as for `join`.
    """
    known: dict[str, list[tuple[str, str]]] = {}
    for lesson in own:
        sides = _said(lesson.chosen), _said(lesson.rejected)
        known.setdefault(asked(lesson), []).append(sides)
    questions = list(known)

    def said(lesson: Lesson) -> bool:
        mine = _said(lesson.chosen), _said(lesson.rejected)
        found = process.extract(
            asked(lesson), questions, scorer=fuzz.ratio, score_cutoff=question, limit=None
        )
        return any(
            all(fuzz.ratio(one, other) >= text for one, other in zip(mine, sides, strict=True))
            for name, _, _ in found
            for sides in known[name]
        )

    return [lesson for lesson in imported if not said(lesson)]


def unseen(
    imported: Sequence[Lesson],
    own: Sequence[Lesson],
    held_out: Collection[int],
    *,
    question: float,
    text: float,
) -> list[Lesson]:
    """Returns those of some imported lessons that tell nothing of threads that are held out.

    What is kindred to such a thread, also through others, goes.

    Args:
        imported: those that came from files.
        own: what people said here, before any was joined.
        held_out: the threads of these that are.
        question: as for `kindred`.
        text: as for `kindred`.
    """
    # Threads of files are others': each lesson counts as one, by a number that none here has.
    apart = [replace(lesson, thread=-at) for at, lesson in enumerate(imported, 1)]
    groups = kindred([*own, *apart], question=question, text=text)
    told = {thread for group in groups if group & set(held_out) for thread in group}
    return [lesson for at, lesson in enumerate(imported, 1) if -at not in told]


def kindred(lessons: Sequence[Lesson], *, question: float, text: float) -> list[frozenset[int]]:
    """Returns the threads in groups that must not be taken apart, each thread in one of them.

    Threads belong together where questions are nearly the same, and where texts that people
    want are: whoever learned the one knows the other.
    """
    threads = sorted({lesson.thread for lesson in lessons})
    places = {thread: at for at, thread in enumerate(threads)}
    groups = Groups(len(threads))
    wanted = [lesson for lesson in lessons if lesson.chosen]
    said = [_said(lesson.chosen) for lesson in wanted]
    questions = [asked(lesson) for lesson in lessons]
    for alike, among in (
        (_alike(questions, question), lessons),
        (_alike(said, text), wanted),
    ):
        for left, right in alike:
            groups.unite(places[among[left].thread], places[among[right].thread])
    return [frozenset(threads[at] for at in group) for group in groups.all()]


class Groups:
    """Disjoint sets of the numbers below `count` (union-find with path halving)."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def unite(self, left: int, right: int) -> None:
        """Puts two numbers, and all that are with them, into one set."""
        low, high = sorted((self._root(left), self._root(right)))
        self._parents[high] = low

    def all(self) -> list[list[int]]:
        """Returns the sets, by their smallest numbers."""
        found: dict[int, list[int]] = {}
        for at in range(len(self._parents)):
            found.setdefault(self._root(at), []).append(at)
        return list(found.values())

    def _root(self, at: int) -> int:
        while self._parents[at] != at:
            self._parents[at] = self._parents[self._parents[at]]
            at = self._parents[at]
        return at


def _said(text: str) -> str:
    """Returns an answer without numbers of sources, which depend on the page."""
    return " ".join(_MARK.sub("", text).casefold().split())


def _alike(texts: Sequence[str], least: float) -> list[tuple[int, int]]:
    """Returns the pairs of places whose texts are so alike, the lower place first."""
    places: dict[str, list[int]] = {}
    for at, text in enumerate(texts):
        places.setdefault(text, []).append(at)
    found = [pair for same in places.values() for pair in combinations(same, 2)]
    different = list(places)
    for at, text in enumerate(different):
        matches = process.extract(
            text, different[at + 1 :], scorer=fuzz.ratio, score_cutoff=least, limit=None
        )
        for other, _, _ in matches:
            found += product(places[text], places[other])
    return found


def _joined(lessons: Sequence[Lesson]) -> Lesson:
    newest = max(lessons, key=lambda lesson: (lesson.created_at, lesson.reply_id, lesson.prompt))
    weights = sorted(lesson.weight for lesson in lessons)
    return replace(
        newest,
        weight=weights[-1] if newest.imported else min(1.0, sum(weights)),
        people=tuple(sorted({login for lesson in lessons for login in lesson.people})),
        urls=tuple(sorted({url for lesson in lessons for url in lesson.urls})),
    )
