"""Questions made from a sentence by rule: what somebody may ask whom the sentence answers.

A sentence is read into clauses (`reading`), which fill the slots of forms of questions
(`frames`, `slots`); words are dropped and said otherwise (`paraphrase`); what else people
tell stands around (`scenes`). Each word remembers which characters of the sentence it was
made from.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.text.terms import FAINT
from app.training.bobbin.frames import Frame, frames, kinds
from app.training.bobbin.paraphrase import Bit, trim, typo, vary
from app.training.bobbin.reading import Reading, read
from app.training.bobbin.scenes import lists, told
from app.training.bobbin.slots import Filler
from app.training.bobbin.verbs import base, is_third

_SHARED = ((1, 2, 3, 4, 99), (35, 37, 15, 6, 7))
"""How many telling words a question takes from a sentence at most, and how often."""
_NOUNS = frozenset({"noun", "noun2"})
_BEFORE_NOUN = frozenset(
    {"for", "of", "on", "with", "about", "from", "in", "to", "has", "is", "does", "and", "into"}
)
_ARTICLES = ("the", "the", "the", "my", "my", "a", "our", "some", "this", "these")
_PLURAL = {
    "is": "are", "isn't": "aren't", "has": "have", "doesn't": "don't", "does": "do",
    "was": "were", "hasn't": "haven't",
}  # fmt: skip
_TIES = (", ", ", ", ". ", "; ", ": ", " and ", " - ")
_ENDS = (", ", ". ", " - ", " although ", " but ")


@dataclass(frozen=True, slots=True)
class Span:
    """A question's word, and the characters of the sentence that it was made from."""

    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what its words were made from, the kind of its form, and its bits."""

    text: str
    spans: tuple[Span, ...]
    kind: str
    bits: tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: str
    frame: Frame
    slots: list[list[Bit]]


@cache
def _around(name: str) -> tuple[str, ...]:
    """Returns the lines of a file of what people write around questions."""
    lines = (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def ask(
    rng: random.Random,
    sentence: str,
    *,
    distance: float,
    far: Sequence[str] = (),
    bare: bool = False,
) -> Asked | None:
    """Makes a question from a sentence of one line.

    Args:
        rng: decides all that is open; the same state gives the same question.
        sentence: what shall answer it.
        distance: how far from the sentence's words, in [0, 1].
        far: words of elsewhere that may stand in the question without meaning anything.
        bare: with nothing told around it.

    Returns None where the sentence has too little to ask about.
    """
    reading = read(sentence)
    draft = _draft(rng, reading, far)
    if draft is None:
        return None
    drafts = [draft]
    if not bare and rng.random() < 0.16 and (second := _draft(rng, reading, far)):
        drafts.append(second)
    dropped = _dropped(rng, [bits for each in drafts for bits in each.slots], distance)
    bits: list[Bit] = []
    for each in drafts:
        if bits:
            bits = _tied(rng, bits)
        bits += _filled(rng, each, distance, dropped)
    if not bare:
        bits = _topic(rng, bits, reading)
        bits = _told_around(rng, bits, draft.kind, far)
    return _written(rng, bits, draft.kind)


def _draft(rng: random.Random, reading: Reading, far: Sequence[str]) -> _Draft | None:
    known, shares = kinds(reading)
    if not known:
        return None
    for _ in range(6):
        kind = rng.choices(known, shares)[0]
        frame = rng.choice(frames()[kind][1])
        filler = Filler(rng, reading, kind, far)
        slots = [filler.fill(slot) for slot in frame.slots]
        if all(slots):
            return _Draft(kind, frame, slots)
    return None


def _dropped(rng: random.Random, slots: Sequence[list[Bit]], distance: float) -> set[int]:
    """Returns the places in the sentence of the words that a question does not take from it."""
    places = {bit.start: bit for bits in slots for bit in bits if bit.weight > FAINT}
    telling = [bit for start, bit in places.items() if start >= 0]
    most = rng.choices(*_SHARED)[0]
    if rng.random() > 2 * distance or most >= len(telling):
        return set()
    telling.sort(key=lambda bit: rng.random() ** (1 / (bit.weight * len(bit.text) ** 0.5)))
    return {bit.start for bit in telling[:-most]}


def _without(rng: random.Random, bits: list[Bit], dropped: set[int]) -> list[Bit]:
    """Returns a slot's bits without words, and without what led up to them alone."""
    kept: list[Bit] = []
    loose: list[Bit] = []
    for at, bit in enumerate(bits):
        if at and bit.start in dropped:
            loose.clear()
            continue
        loose.append(bit)
        if bit.weight or not at:
            kept += loose
            loose.clear()
    if bits[0].start in dropped and (len(kept) > 1 or rng.random() < 0.5):
        verb = base(bits[0].text.lower()) or bits[0].text.endswith("ing")
        if not verb:
            kept = kept[1:]
    lost = len(kept) < len(bits)
    if not kept or (lost and len(kept) < 3 and rng.random() < 0.5):
        kept.append(Bit(rng.choice(lists()["generic"])))
    return kept


def _said(rng: random.Random, bits: list[Bit], distance: float, dropped: set[int]) -> list[Bit]:
    """Returns a slot's words as somebody else may say them."""
    if dropped:
        bits = _without(rng, bits, dropped)
    if len(bits) > 2:
        bits = trim(rng, bits, distance)
    return [vary(rng, bit, distance, formed=not at) for at, bit in enumerate(bits)]


def _filled(rng: random.Random, draft: _Draft, distance: float, dropped: set[int]) -> list[Bit]:
    """Returns a form with its slots filled, its verbs in number with their nouns."""
    bits = [Bit(draft.frame.texts[0])]
    plural = False
    for slot, raw, text in zip(draft.frame.slots, draft.slots, draft.frame.texts[1:], strict=True):
        filled = _said(rng, raw, distance, dropped)
        if plural and slot == "~trouble":
            filled = [Bit(_agreeing(filled[0].text))]
        plural = slot in _NOUNS and _is_plural(filled[-1])
        if slot in _NOUNS and rng.random() < 0.4:
            words = bits[-1].text.split()
            if words and words[-1] in _BEFORE_NOUN and len(filled[0].text) > 1:
                bits.append(Bit(f"{rng.choice(_ARTICLES)} "))
        if plural and len(bits) == 1 and bits[0].text.lower() in ("is ", "does ", "why is "):
            bits[0] = bits[0].saying(bits[0].text.replace("is ", "are ").replace("does", "do"))
        for at, bit in enumerate(filled):
            bits += [Bit(" "), bit] if at else [bit]
        bits.append(Bit(f" {_agreeing(text[1:])}" if plural and text.startswith(" ") else text))
        plural = plural and text == " "
    return bits


def _is_plural(bit: Bit) -> bool:
    text = bit.text
    return len(text) > 3 and text.endswith("s") and text[-2] not in "sui'" and text.isalpha()


def _agreeing(text: str) -> str:
    """Returns text whose first word is a verb of one, as of several."""
    first, space, rest = text.partition(" ")
    if first in _PLURAL:
        return _PLURAL[first] + space + rest
    return (base(first) if is_third(first) else first) + space + rest


def _tied(rng: random.Random, bits: list[Bit]) -> list[Bit]:
    """Returns a clause with what ties the next one to it."""
    if bits[-1].text.endswith("?"):
        return [*bits, Bit(rng.choice((" ", " And ", " or ", " Or ")))]
    return [*bits, Bit(rng.choice((", ", ". ", "; ", " and ", " - ")))]


def _topic(rng: random.Random, bits: list[Bit], reading: Reading) -> list[Bit]:
    """Returns a question with a name or noun of the sentence before it, now and then."""
    if rng.random() > 0.07:
        return bits
    found = Filler(rng, reading, "", ()).fill("name" if rng.random() < 0.5 else "noun")
    spaced = [piece for bit in found[:2] for piece in (Bit(" "), bit)][1:]
    return [*spaced, Bit(rng.choice((": ", ", ", " - "))), *bits] if spaced else bits


def _told_around(rng: random.Random, bits: list[Bit], kind: str, far: Sequence[str]) -> list[Bit]:
    """Returns a question with what people tell before and after it."""
    draw = rng.random()
    scenes = 0.16 if kind == "plight" else 0.42
    if draw < 0.06:
        opener = rng.choice(_around("openers"))
        if "{far}" in opener and not far:
            return bits
        bits = [Bit(f"{opener.replace('{far}', rng.choice(far)) if far else opener} "), *bits]
    elif draw < 0.06 + scenes:
        bits = [Bit(f"{told(rng, 'scene', far)}{rng.choice(_TIES)}"), *bits]
    elif draw > 0.94:
        bits = [*bits[:-1], bits[-1].saying(bits[-1].text.rstrip("?"))]
        bits.append(Bit(f"{rng.choice(_ENDS)}{told(rng, 'scene', far)}"))
    if rng.random() < (0.03 if kind == "plight" else 0.1):
        closer = rng.choice(_around("closers")) if rng.random() < 0.4 else told(rng, "ask")
        ends = bits[-1].text.endswith("?")
        bits = [*bits, Bit(f" {closer}" if ends else f"{rng.choice('.,')} {closer}")]
    return bits


def _written(rng: random.Random, bits: list[Bit], kind: str) -> Asked:
    """Writes a question in somebody's spelling and case."""
    bits = [bit for bit in bits if bit.text]
    last = bits[-1]
    if last.start < 0 and last.text.endswith("?") and rng.random() < 0.3:
        bits[-1] = last.saying(last.text[:-1])
    elif rng.random() < 0.015:
        bits.append(Bit("?"))
    first = bits[0]
    if rng.random() < 0.25 and (first.start < 0 or first.weight <= 1):
        bits[0] = first.saying(first.text[:1].upper() + first.text[1:])
    lower = rng.random() < 0.1
    slips = rng.random() < 0.08
    text = ""
    spans = []
    for bit in bits:
        said = bit.text.lower() if lower else bit.text
        if slips and bit.start < 0:
            words = said.split(" ")
            said = " ".join(typo(rng, word) if rng.random() < 0.05 else word for word in words)
        if bit.start >= 0:
            spans.append(Span(len(text), len(text) + len(said), bit.start, bit.end))
        text += said
    return Asked(text, tuple(spans), kind, tuple(bits))
