"""The sets of pages that bobbin is measured on, made by rule from packages held out whole."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.layouts.templates import template
from app.training.bobbin.heldout import question, single
from app.training.bobbin.lexical import Overlap
from app.training.bobbin.pages import Check, Document, Page, Turn
from app.training.bobbin.tasks import page, synthetic

SOURCES = (5, 6, 7)
_LONGEST = 40
"""A longer document is drawn as often as one of this many sentences."""
_TRIES = 60
"""Pages that are made for each page of a set at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many pages each set has; those of judging are half yes, half no."""

    synthetic: int = 500
    far: int = 300
    judged: int = 500
    others: int = 200
    lessons: int = 64
    styled: int = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Sets:
    """Pages by what they measure. Each has one turn.

    `synthetic`: one right source of 5 to 7, which lexical overlap finds too; `far`: the same with
    questions that keep fewer words, so that it often does not; `quotes` and `addresses`:
    checks; `two`: two right sources; `unknown`: none; `hints`: phrases decide between two that
    are alike; `leads`: the answer's beginning is given. The style is taught on `lessons` and
    measured on `styled`, of other documents.
    """

    synthetic: tuple[Page, ...]
    far: tuple[Page, ...]
    quotes: tuple[Page, ...]
    addresses: tuple[Page, ...]
    two: tuple[Page, ...]
    unknown: tuple[Page, ...]
    hints: tuple[Page, ...]
    leads: tuple[Page, ...]
    lessons: tuple[Page, ...]
    styled: tuple[Page, ...]


def build(documents: Sequence[Document], counts: Counts | None = None, seed: int = 0) -> Sets:
    """Makes all sets; the same documents and seed give the same pages.

    Raises:
        ValueError: the documents give too few pages of some kind.
    """
    wanted = counts or Counts()
    found = _mixed(documents, wanted, random.Random(f"{seed} mixed"))
    half = wanted.judged // 2
    overlap = Overlap(sentence for each in documents for sentence in each.sentences)
    return Sets(
        synthetic=_synthetic(
            documents, wanted.synthetic, f"{seed} synthetic", near=1.0, overlap=overlap
        ),
        far=_synthetic(documents, wanted.far, f"{seed} far", near=0.0),
        quotes=found["judge/quotes yes"][:half] + found["judge/quotes no"][:half],
        addresses=found["judge/addresses yes"][:half] + found["judge/addresses no"][:half],
        two=found["two"],
        unknown=found["unknown"],
        hints=found["hints"],
        leads=found["leads"],
        lessons=_synthetic(documents[::2], wanted.lessons, f"{seed} lessons", near=1.0),
        styled=_synthetic(documents[1::2], wanted.styled, f"{seed} styled", near=1.0),
    )


def _synthetic(
    documents: Sequence[Document],
    count: int,
    seed: str,
    *,
    near: float,
    overlap: Overlap | None = None,
) -> tuple[Page, ...]:
    """Makes pages of one question; with `overlap` those alone that it gets right."""
    rng = random.Random(seed)
    found: list[Page] = []

    def make(document: Document, _: Sequence[Document]) -> Page:
        return synthetic(rng, document, rng.choice(SOURCES), near=near)

    for made in _made(documents, make, rng, count):
        turn = question(made)
        if overlap and overlap.best(turn.question, made.sources) not in turn.gold:
            continue
        found.append(made)
        if len(found) == count:
            return tuple(found)
    raise ValueError(f"only {len(found)} of {count} synthetic questions could be made")


def _mixed(
    documents: Sequence[Document], wanted: Counts, rng: random.Random
) -> dict[str, tuple[Page, ...]]:
    """Makes pages as in training until there are enough of each kind of turn."""
    half = wanted.judged // 2
    sizes = {f"judge/{name} {yes}": half for name in ("quotes", "addresses") for yes in _SAID}
    sizes |= dict.fromkeys(("two", "unknown", "hints", "leads"), wanted.others)
    found: dict[str, list[Page]] = {kind: [] for kind in sizes}
    most = sum(sizes.values())
    for made in _made(documents, lambda d, others: page(rng, d, others=others), rng, most):
        for turn in made.turns:
            one = single(
                Page(sources=made.sources, keep=made.keep, avoid=made.avoid, turns=(turn,))
            )
            kind = _kind(one)
            if kind and len(found[kind]) < sizes[kind]:
                found[kind].append(one)
        if all(len(found[kind]) == size for kind, size in sizes.items()):
            return {kind: tuple(pages) for kind, pages in found.items()}
    lacking = [kind for kind, size in sizes.items() if len(found[kind]) < size]
    raise ValueError(f"too few pages could be made of: {', '.join(lacking)}")


def _made(
    documents: Sequence[Document],
    make: Callable[[Document, Sequence[Document]], Page],
    rng: random.Random,
    count: int,
) -> Iterator[Page]:
    """Yields pages about documents drawn by their length; those that have no page are passed."""
    weights = list(accumulate(min(len(each.sentences), _LONGEST) for each in documents))
    for _ in range(_TRIES * count):
        first, *others = rng.choices(documents, cum_weights=weights, k=4)
        try:
            yield make(first, others)
        except ValueError:
            continue


_SAID = ("yes", "no")


def _kind(page_: Page) -> str:
    """Returns the name of the set that a page of one turn belongs to, "" for none."""
    (turn,) = page_.turns
    if isinstance(turn, Check):
        for name in ("judge/quotes", "judge/addresses"):
            if turn.question == template(name):
                return f"{name} {_SAID[0] if turn.yes else _SAID[1]}"
        return ""
    if len(turn.gold) != 1:
        return "" if turn.lead else "two" if turn.gold else "unknown"
    if _has_twin(page_, turn):
        return "" if turn.lead else "hints"
    return "leads" if turn.lead else ""


def _has_twin(page_: Page, turn: Turn) -> bool:
    """Tells whether another source says nearly the same, so that only phrases decide."""
    words = [set(source.lower().rstrip(".:").split()) for source in page_.sources]
    own = words[turn.gold[0]]
    return any(
        min(len(own - other), len(other - own)) <= 1 and 2 * len(own & other) > len(own | other)
        for at, other in enumerate(words)
        if at != turn.gold[0]
    ) and bool(page_.keep or page_.avoid)
