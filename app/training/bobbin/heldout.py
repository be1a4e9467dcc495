"""Pages that a model is measured on, over packages that it was not trained on."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.layouts.numbered import Line, check, flat, page, unknown
from app.training.bobbin.lexical import Overlap
from app.training.bobbin.pages import Check, Page, Turn

RIVALS = 3
"""Sentences beside the right one on a page of a hand-written question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question written by hand.

    `answers` are sentences of which any one is right, the first being the one shown; `near`
    are other sentences of the file that it stands in, `far` those of the package's other files.
    """

    question: str
    answers: tuple[str, ...]
    near: tuple[str, ...]
    far: tuple[str, ...] = ()


def question(page_: Page) -> Turn:
    """Returns a page's last turn, a question.

    Raises:
        TypeError: it is a check.
    """
    last = page_.turns[-1]
    if not isinstance(last, Turn):
        raise TypeError("the page's last turn is a check, not a question")
    return last


def checked(page_: Page) -> Check:
    """Returns a page's last turn, a check.

    Raises:
        TypeError: it is a question.
    """
    last = page_.turns[-1]
    if not isinstance(last, Check):
        raise TypeError("the page's last turn is a question, not a check")
    return last


def answer(turn: Turn, sources: Sequence[str]) -> str:
    """Returns what is to be said to a question, without its lead."""
    if not turn.gold:
        return unknown()
    return "\n".join(str(Line(number=at + 1, text=flat(sources[at]))) for at in turn.gold)


def prompt(page_: Page) -> str:
    """Returns what stands before the last turn's answer, or before its verdict."""
    *earlier, last = page_.turns
    told = [
        (turn.question, " ".join(filter(None, (turn.lead, answer(turn, page_.sources)))))
        for turn in earlier
        if isinstance(turn, Turn)
    ]
    asked = last.question if isinstance(last, Turn) else last.asked
    before = page(page_.sources, asked, keep=page_.keep, avoid=page_.avoid, turns=told)
    if isinstance(last, Check):
        return before + last.answer + check(last.question)
    return before + (f"{last.lead} " if last.lead else "")


def single(page_: Page) -> Page:
    """Returns a page with its last turn alone."""
    return Page(sources=page_.sources, keep=page_.keep, avoid=page_.avoid, turns=page_.turns[-1:])


def by_hand(asked: Asked, rng: random.Random, overlap: Overlap | None = None) -> Page:
    """Lays a right answer among other sentences of its file, in an order drawn by `rng`.

    Args:
        asked: the question.
        rng: draws the others and the order.
        overlap: makes the others those that have most of the question's words; they are drawn
            where there is none.

    Raises:
        ValueError: there are fewer than `RIVALS` other sentences.
    """
    right = set(map(flat, asked.answers))
    others: list[str] = []
    for group in (asked.near, asked.far):
        fresh = [text for text in dict.fromkeys(map(flat, group)) if text not in right]
        rng.shuffle(fresh)
        if overlap:
            scores = dict(zip(fresh, overlap.scores(asked.question, fresh), strict=True))
            fresh.sort(key=lambda text: -scores[text])
        others += fresh[: RIVALS - len(others)]
    if len(others) < RIVALS:
        raise ValueError(f"only {len(others)} other sentences for a page of {RIVALS + 1}")
    sources = [flat(asked.answers[0]), *others]
    rng.shuffle(sources)
    turn = Turn(question=asked.question, gold=(sources.index(flat(asked.answers[0])),))
    return Page(sources=tuple(sources), turns=(turn,))
