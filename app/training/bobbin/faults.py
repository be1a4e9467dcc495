"""Sentences with something wrong in them: what a quotation must not be; and near twins."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.text.terms import FAINT
from app.training.bobbin.paraphrase import relative
from app.training.bobbin.reading import read

_WAYS = ("word", "word", "word", "other", "halves", "drop", "number", "swap")
_ADDED = (
    "in most cases", "by default", "on all platforms", "for now", "as of this version",
    "in every release", "at any time", "in the usual setup", "where that is possible",
    "for each request", "on the first call", "without further settings", "in a single step",
    "for all users", "when it is started", "in the same process", "on the server side",
    "in the background", "before anything else", "with a warning", "as before", "if needed",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """A sentence that differs from another in one phrase.

    `here` is that phrase in the first, `there` in the twin; one may be empty. `changed_here`
    and `changed_there` are where the words begin that only that sentence has.
    """

    text: str
    here: str
    there: str
    changed_here: frozenset[int]
    changed_there: frozenset[int]


def twin(rng: random.Random, text: str) -> Twin:
    """Returns a sentence that says nearly the same in other words, or with a phrase more."""
    spots = [
        (word.start, word.end, said)
        for word in read(text).words
        if word.kind == "word" and word.weight > FAINT
        if (said := relative(rng, word.low)) != word.low
    ]
    if spots and rng.random() < 0.6:
        start, end, said = rng.choice(spots)
        spot = frozenset({start})
        return Twin(
            text=text[:start] + said + text[end:],
            here=text[start:end],
            there=said,
            changed_here=spot,
            changed_there=spot,
        )
    said = rng.choice(_ADDED)
    bare = text.rstrip(".:")
    made = f"{bare} {said}{text[len(bare) :]}"
    added = frozenset(word.start for word in read(made).words if word.start >= len(bare))
    return Twin(text=made, here="", there=said, changed_here=frozenset(), changed_there=added)


def corrupted(rng: random.Random, text: str, elsewhere: Sequence[str]) -> str:
    """Returns a sentence that is not the same as a given one, and mostly like it.

    `elsewhere` are other sentences, at least one; none of them is returned, but their words
    may stand in it.
    """
    words = text.split(" ")
    for _ in range(8):
        made = _changed(rng, rng.choice(_WAYS), words, rng.choice(elsewhere).split(" "))
        if made and made != text and made not in elsewhere:
            return made
    return f"{text} {rng.choice(_ADDED)}"


def _changed(rng: random.Random, way: str, words: list[str], tail: list[str]) -> str:
    spot = rng.randrange(len(words))
    if way == "word":
        word = relative(rng, words[spot]) if rng.random() < 0.5 else rng.choice(tail)
        return " ".join([*words[:spot], word, *words[spot + 1 :]])
    if way == "other":
        start = rng.randrange(len(tail))
        return " ".join(tail[start:])
    if way == "halves":
        return " ".join([*words[: len(words) // 2], *tail[len(tail) // 2 :]])
    if way == "drop":
        return " ".join([*words[:spot], *words[spot + 1 + rng.randrange(3) :]])
    if way == "swap":
        return " ".join([*words[:spot], *words[spot : spot + 2][::-1], *words[spot + 2 :]])
    text = " ".join(words)
    digits = [at for at, letter in enumerate(text) if letter in "0123456789"]
    if not digits:
        return ""
    at = rng.choice(digits)
    return f"{text[:at]}{(int(text[at]) + rng.randint(1, 9)) % 10}{text[at + 1 :]}"
