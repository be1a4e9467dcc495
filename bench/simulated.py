"""Simulated feedback in any number: what the printed rule makes of answers to held-out pages.

A page is a few sentences of one document and a question that one of them answers, made by rule of
packages that the built-in model was not trained on. The model answers, a simulated maintainer goes
by the rule that the playground prints (`playground.simulation.rule`), and each of their signals is
a lesson of a thread of its own. Nothing comes from the network.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import accumulate, islice
from typing import Literal, Protocol

from app.domain import Lesson
from app.layouts.numbered import Line, flat, read
from app.training.bobbin.heldout import prompt, question
from app.training.bobbin.pages import Document, Page
from app.training.bobbin.sets import SOURCES
from app.training.bobbin.tasks import synthetic
from playground.simulation.crew import maintainer
from playground.simulation.rule import OPENING, Edit, judge

Kind = Literal["edits", "mixed", "votes"]
LONGEST = 40
"""A longer document is drawn as often as one of this many sentences."""
LOT = 200
"""Pages that are answered at once."""
TOKENS = 120
"""Tokens of an answer at most; a sentence is about thirty."""
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


class Answering(Protocol):
    """What answers pages; a `Probe` does."""

    def answers(self, prompts: Sequence[str], most: Sequence[int]) -> list[str]:
        """Returns the likeliest answer to each prompt, of so many tokens at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """So many signals, one a reply.

    `kind`: edits alone, votes alone (up on a reply that follows the rule, down on one that does
    not), or half edits and half votes. `flipped` in [0, 1] is the share of them that say the
    opposite of what the rule says.
    """

    count: int
    kind: Kind = "edits"
    flipped: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Replied:
    """A page with what the model says to it, in its own form and as people see it."""

    page: Page
    said: str
    shown: str


def pages(documents: Sequence[Document], seed: str) -> Iterator[Page]:
    """Yields pages of one question each, no answer twice, as long as documents give any."""
    rng = random.Random(seed)
    weights = list(accumulate(min(len(each.sentences), LONGEST) for each in documents))
    asked: set[str] = set()
    fruitless = 0
    while fruitless < LOT:
        (document,) = rng.choices(documents, cum_weights=weights)
        fruitless += 1
        try:
            made = synthetic(rng, document, rng.choice(SOURCES), near=1.0)
        except ValueError:
            continue
        (gold,) = question(made).gold
        if made.sources[gold] not in asked:
            asked.add(made.sources[gold])
            fruitless = 0
            yield made


def replies(model: Answering, asked: Iterator[Page]) -> Iterator[Replied]:
    """Yields the replies that a simulated maintainer would edit; others teach nothing.

    Left alone are those that decline, those that are begun with words of the model's own, and
    those with a sentence that is not on the page, which the product would not post.
    """
    while lot := list(islice(asked, LOT)):
        said = model.answers([prompt(page) for page in lot], [TOKENS] * len(lot))
        for page, text in zip(lot, said, strict=True):
            lines = read(text) or []
            if not lines or not all(_stands(line, page) for line in lines):
                continue
            shown = "\n\n".join(line.text for line in lines)
            if isinstance(judge(f"{shown}\n\n**Sources**\n"), Edit):
                yield Replied(page=page, said=text.strip("\n"), shown=shown)


def lessons(given: Sequence[Replied], signals: Signals) -> list[Lesson]:
    """Makes a lesson of each signal.

    Args:
        given: replies, of which the first ones get a signal.
        signals: how many, and of which kind.

    Raises:
        ValueError: there are fewer replies than signals.
    """
    if len(given) < signals.count:
        raise ValueError(f"only {len(given)} replies for {signals.count} signals")
    made = [_lesson(at, given[at], signals.kind) for at in range(signals.count)]
    # The same order for every share, so that a larger one has the smaller one's and more.
    order = random.Random(0).sample(range(len(made)), len(made))
    for at in order[: round(signals.flipped * len(made))]:
        made[at] = _flipped(made[at])
    return made


def _stands(line: Line, page: Page) -> bool:
    return (
        not line.lead
        and line.number <= len(page.sources)
        and line.text == flat(page.sources[line.number - 1])
    )


def _lesson(at: int, reply: Replied, kind: Kind) -> Lesson:
    # Votes are up and down in turn; of a mixture every second signal is an edit.
    liked = kind != "edits" and at % (2 if kind == "votes" else 4) == 1
    disliked = kind != "edits" and not liked and (kind == "votes" or at % 4 == 3)
    return Lesson(
        repository_id=1,
        reply_id=at + 1,
        thread=at + 1,
        question=question(reply.page).question,
        prompt=prompt(reply.page),
        chosen="" if disliked else f"{OPENING} {reply.said}",
        rejected="" if liked else reply.said,
        wanted="" if disliked else f"{OPENING} {reply.shown}",
        weight=1.0,
        people=(maintainer(at),),
        urls=(),
        created_at=_BEGUN,
    )


def _flipped(lesson: Lesson) -> Lesson:
    """Returns what somebody taught who takes the rule for its opposite."""
    return replace(lesson, chosen=lesson.rejected, rejected=lesson.chosen, wanted="")
