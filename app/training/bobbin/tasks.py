"""Pages for training: sources of a document with questions, answers and checks about them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.layouts import numbered
from app.layouts.templates import template
from app.training.bobbin.choice import LONGEST, gathered, outside
from app.training.bobbin.deciding import decides, scores, whole
from app.training.bobbin.faults import corrupted, twin
from app.training.bobbin.pages import Check, Document, Link, Page, Turn
from app.training.bobbin.questions import Asked, ask
from app.training.bobbin.reading import read

ROOM = 1700
"""Characters of a page with its answers, roughly."""
UNANSWERABLE, TWO, CHECKED = 0.04, 0.11, 0.14
"""Shares of turns before those fall out that cannot be made; the rest have one gold."""
NEAR = 0.5
"""Share of questions that keep most of their sentence's words."""
LED = 0.12
"""Share of answers whose beginning is given."""
STYLED = 0.05
"""Share of pages where all answers begin alike, and the model is to say so itself.

Without them a beginning is all but impossible to it, and no adapter can teach one.
"""
HINTED = 0.2
_TWINS = 0.6
_COUNTS = (3, 4, 4, 5, 5, 6, 6, 7, 8)
_LEADS = (
    "In short:", "Answer:", "Note:", "TL;DR:", "Briefly:", "Summary:", "Shortly:", "In brief:",
    "Quick answer:", "From the docs:", "Docs say:", "As documented:",
)  # fmt: skip


def page(
    rng: random.Random,
    document: Document,
    *,
    others: Sequence[Document] = (),
    reach: float = 1.0,
    checks: float = CHECKED,
) -> Page:
    """Makes a page about sentences of a document, with some of other documents.

    The same state of `rng` and the same documents give the same page.

    Args:
        rng: all chance.
        document: what the page is about.
        others: where some sources come from, and what is asked that no source answers.
        reach: how far questions are from their sentences at most, in [0, 1].
        checks: share of turns that judge an answer.

    Raises:
        ValueError: the documents have no two sentences one can ask about.
    """
    sources = gathered(rng, document, others, rng.choice(_COUNTS))
    away = outside(rng, document, others, sources)
    return _Builder(rng, sources, away, reach=reach, checks=checks).page()


def synthetic(rng: random.Random, document: Document, sources: int, *, near: float = NEAR) -> Page:
    """Makes a page of so many sources and one question that exactly one of them answers.

    Args:
        rng: all chance.
        document: where the sources come from.
        sources: how many they are.
        near: how often a question keeps most of its sentence's words, in [0, 1].

    Raises:
        ValueError: the document has too few sentences one can ask about.
    """
    chosen = gathered(rng, document, (), sources)
    if len(chosen) < sources:
        raise ValueError(f"{document.name} has {len(chosen)} usable sentences, not {sources}")
    builder = _Builder(rng, chosen, [], near=near)
    for at in rng.sample(range(sources), sources):
        if turn := builder.one(at):
            return Page(sources=tuple(chosen), turns=(turn,))
    raise ValueError(f"no sentence of {document.name} can be asked for alone")


@dataclass(slots=True)
class _Builder:
    """Makes turns over sources, keeping an eye on which of them answers what.

    `twins` are the source that a hint prefers and its near twin; words of the first that
    begin at `changed` are not in the second. `style` is what all answers begin with.
    """

    rng: random.Random
    sources: list[str]
    outside: list[str]
    reach: float = 1.0
    checks: float = CHECKED
    near: float = NEAR
    keep: list[str] = field(default_factory=list)
    avoid: list[str] = field(default_factory=list)
    twins: tuple[int, int] = (-1, -1)
    changed: frozenset[int] = frozenset()
    style: str = ""

    def page(self) -> Page:
        rng = self.rng
        if rng.random() < HINTED:
            self._hints()
        if rng.random() < STYLED:
            self.style = self._lead()
        turns: list[Turn | Check] = []
        left = ROOM - sum(len(source) + 5 for source in self.sources)
        free = [at for at in range(len(self.sources)) if at not in self.twins]
        rng.shuffle(free)
        if self.twins[0] >= 0:
            free.append(self.twins[0])
        wanted = rng.randint(3, 5)
        for _ in range(3 * wanted):
            if len(turns) >= wanted or left < 100:
                break
            turn = self._turn(free)
            cost = _cost(turn, self.sources) if turn else 0
            if turn and (cost <= left or not turns):
                turns.append(turn)
                left -= cost
        if not turns:
            raise ValueError("no source can be asked for alone")
        return Page(
            sources=tuple(self.sources),
            keep=tuple(self.keep),
            avoid=tuple(self.avoid),
            turns=tuple(turns),
        )

    def one(self, at: int, *, bare: bool = False) -> Turn | None:
        """Returns a question that one source answers better than the others, or nothing."""
        rng = self.rng
        near = rng.random() < self.near
        distance = self.reach * (rng.betavariate(1, 4) if near else rng.betavariate(2.0, 1.4))
        for attempt in range(5):
            nearer = distance * (1 - 0.2 * attempt)
            asked = ask(rng, self.sources[at], distance=nearer, far=self._far(), bare=bare)
            if asked is not None and self._is_for(asked, at):
                return Turn(question=asked.text, gold=(at,), links=_links(asked, at))
        return None

    def _turn(self, free: list[int]) -> Turn | Check | None:
        rng = self.rng
        draw = rng.random()
        if draw < UNANSWERABLE and self.outside:
            return self._unanswerable()
        if draw < UNANSWERABLE + TWO:
            return self._led(self._two())
        if draw < UNANSWERABLE + TWO + self.checks:
            return self._check()
        at = free.pop() if free else rng.randrange(len(self.sources))
        return self._led(self.one(at))

    def _led(self, turn: Turn | None) -> Turn | None:
        if turn is not None and self.style:
            return replace(turn, lead=self.style, said=True)
        if turn is None or self.rng.random() >= LED:
            return turn
        return replace(turn, lead=self._lead())

    def _lead(self) -> str:
        rng = self.rng
        if rng.random() < 0.6:
            return rng.choice(_LEADS)
        pool = rng.choice(self.sources + self.outside).split()
        words = [word for word in pool if word.isalpha()] or ["so"]
        two = f"{rng.choice(words)} {rng.choice(words)}"
        return f"{two[0].upper()}{two[1:]}:"

    def _far(self) -> list[str]:
        """Returns words of a source or of elsewhere."""
        runs = read(self.rng.choice([*self.outside, *self.sources])).nouns
        said = [" ".join(word.said for word in run) for run in runs]
        return [words for words in said if "{" not in words]

    def _is_for(self, asked: Asked, at: int) -> bool:
        preferred, other = self.twins
        if at == other:
            return False
        if at != preferred:
            return decides(asked, at, self.sources)
        touched = {bit.start for bit in asked.bits if bit.start >= 0}
        return not touched & self.changed and decides(asked, at, self.sources, rival=other)

    def _two(self) -> Turn | None:
        rng = self.rng
        pool = [at for at in range(len(self.sources)) if at not in self.twins]
        if len(pool) < 2:
            return None
        first, second = rng.sample(pool, 2)
        one, other = self.one(first, bare=True), self.one(second, bare=True)
        if one is None or other is None:
            return None
        ends = one.question.endswith("?")
        between = rng.choice(
            (" ", " And ", " Also, ") if ends else (" and ", ", and ", "; ", ". ", " + ")
        )
        shift = len(one.question) + len(between)
        moved = tuple(
            replace(link, start=link.start + shift, end=link.end + shift) for link in other.links
        )
        question = one.question + between + other.question
        return Turn(question=question, gold=(first, second), links=one.links + moved)

    def _unanswerable(self) -> Turn | None:
        """Returns a question of elsewhere that shares little with every source, or nothing."""
        rng = self.rng
        asked = ask(rng, rng.choice(self.outside), distance=0.8 * rng.random(), far=self._far())
        if asked is None:
            return None
        full = whole(asked, len(self.sources))
        if full < 2.5 or max(scores(asked, self.sources)) > 0.3 * full:
            return None
        return Turn(question=asked.text, gold=())

    def _check(self) -> Check | None:
        rng = self.rng
        at = rng.randrange(len(self.sources))
        turn = self.one(at)
        if turn is None:
            return None
        yes = rng.random() < 0.5
        others = [k for k in range(len(self.sources)) if k != at]
        number, text = at, self.sources[at]
        if rng.random() < 0.5:
            name = "judge/addresses"
            if not yes:
                number = rng.choice(others)
                text = self.sources[number]
                if {at, number} == set(self.twins):
                    return None
        else:
            name = "judge/quotes"
            if not yes:
                elsewhere = [*(self.sources[k] for k in others), *self.outside]
                text = corrupted(rng, text, elsewhere)
        lead = self._lead() if rng.random() < LED else ""
        answer = str(numbered.Line(lead=lead, number=number + 1, text=text))
        return Check(asked=turn.question, answer=answer, question=template(name), yes=yes)

    def _hints(self) -> None:
        """Adds phrases to keep and to avoid, some of which decide between near twins."""
        rng = self.rng
        pool = [*self.sources, *self.outside]
        for phrases in (self.keep, self.avoid):
            if rng.random() < 0.6:
                found = [_phrase(rng, rng.choice(pool)) for _ in range(rng.randint(1, 3))]
                phrases += [phrase for phrase in found if phrase and ";" not in phrase]
        if rng.random() < _TWINS and len(self.sources) < numbered.MOST:
            self._twin()

    def _twin(self) -> None:
        """Adds a near twin of a source, and a hint that decides between the two."""
        rng = self.rng
        at = rng.randrange(len(self.sources))
        text = self.sources[at]
        made = twin(rng, text)
        if len(made.text) > LONGEST or made.text in self.sources:
            return
        ways = [
            (keeps, mine)
            for mine, good, bad in ((True, made.here, made.there), (False, made.there, made.here))
            for keeps, phrase, rival in (
                (True, good, made.text if mine else text),
                (False, bad, text if mine else made.text),
            )
            if phrase and phrase.lower() not in rival.lower()
        ]
        if not ways:
            return
        keeps, mine = rng.choice(ways)
        place = rng.randint(0, len(self.sources))
        self.sources.insert(place, made.text)
        own = at + (place <= at)
        self.twins = (own, place) if mine else (place, own)
        self.changed = made.changed_here if mine else made.changed_there
        for phrases in (self.keep, self.avoid):
            phrases[:] = [each for each in phrases if (each in text) == (each in made.text)]
        phrases = self.keep if keeps else self.avoid
        deciding = made.here if mine == keeps else made.there
        phrases.insert(rng.randint(0, len(phrases)), deciding)


def _phrase(rng: random.Random, sentence: str) -> str:
    words = [word.strip("`.,:;()") for word in sentence.split()]
    start = rng.randrange(len(words))
    return " ".join(words[start : start + rng.randint(1, 4)]).strip()


def _links(asked: Asked, at: int) -> tuple[Link, ...]:
    return tuple(
        Link(
            start=span.start,
            end=span.end,
            source=at,
            source_start=span.source_start,
            source_end=span.source_end,
        )
        for span in asked.spans
    )


def _cost(turn: Turn | Check, sources: Sequence[str]) -> int:
    """Returns about how many characters a turn takes with its answer."""
    if isinstance(turn, Check):
        return len(turn.asked) + len(turn.answer) + len(turn.question) + 35
    said = sum(len(sources[at]) + 5 for at in turn.gold) or len(numbered.unknown())
    return len(turn.question) + said + len(turn.lead) + 20
