"""Questions made from a sentence by rule: what somebody may ask whom the sentence answers.

A sentence is read into clauses (`reading`), which fill the slots of forms of questions
(`frames.txt`); words are dropped and said otherwise (`paraphrase`); the rest of what people
write stands around. Each word remembers which characters of the sentence it was made from.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.text.terms import FAINT
from app.training.bobbin.paraphrase import Bit, ongoing, third, trim, typo, vary
from app.training.bobbin.reading import Reading, Word, base, is_third, read
from app.training.bobbin.scenes import lists, told

_OPENERS = tuple(
    line
    for line in (Path(__file__).parent / "openers.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)
_CLOSERS = tuple(
    line
    for line in (Path(__file__).parent / "closers.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)
_PERSON = {"you": "I", "your": "my", "yours": "mine", "yourself": "myself", "users": "I"}
_DANGLING = frozenset(
    {"a", "an", "the", "of", "to", "in", "on", "for", "with", "by", "from", "and", "or", "as"}
    | {"at", "into", "is", "are", "be", "that", "this", "its", "not", "if", "than", "over"}
)
_SLOT = re.compile(r"\{([^}]+)\}")


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
class Frame:
    """A form of questions: pieces of text and slots in turn, beginning with text."""

    texts: tuple[str, ...]
    slots: tuple[str, ...]


@cache
def frames() -> dict[str, tuple[float, tuple[Frame, ...]]]:
    """Returns the forms of questions with the share of each kind."""
    found: dict[str, tuple[float, list[Frame]]] = {}
    kind = ""
    for line in (Path(__file__).parent / "frames.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            _, kind, share = line.split()
            found[kind] = (float(share), [])
        elif line and not line.startswith("#"):
            pieces = _SLOT.split(line)
            found[kind][1].append(Frame(tuple(pieces[::2]), tuple(pieces[1::2])))
    return {name: (share, tuple(forms)) for name, (share, forms) in found.items()}


def _bit(word: Word) -> Bit:
    said = _PERSON.get(word.low, word.said) if word.kind == "word" else word.said
    if not word.content:
        return Bit(said if word.kind == "code" or said == "I" else said.lower())
    return Bit(said, word.start, word.end, word.stems, word.weight)


def _bits(words: Sequence[Word], most: int) -> list[Bit]:
    """Returns the bits of at most so many words, not ending within a phrase."""
    kept = [word for word in words if word.kind != "mark"][:most]
    while kept and kept[-1].low in _DANGLING:
        kept.pop()
    if kept and kept[0].kind == "word" and kept[0].said[1:].islower():
        return [_lowered(_bit(kept[0])), *map(_bit, kept[1:])]
    return [_bit(word) for word in kept]


def _lowered(bit: Bit) -> Bit:
    text = bit.text
    plain = len(text) > 1 and (text[1:].islower() or not text[1].isalpha())
    return bit.saying(text[0].lower() + text[1:]) if plain else bit


def _verb(words: Sequence[Word], most: int, form: Callable[[str], str]) -> list[Bit]:
    """Returns the bits of a clause that begins with a verb, in that form."""
    bits = _bits(words, most)
    if not bits or not (verb := base(bits[0].text.lower())):
        return []
    return [bits[0].saying(form(verb)), *bits[1:]]


class _Filler:
    """Fills slots from one reading; a slot that cannot be filled is empty."""

    def __init__(self, rng: random.Random, reading: Reading, kind: str, far: Sequence[str]) -> None:
        self.rng = rng
        self.reading = reading
        self.kind = kind
        self.far = far
        self.most = rng.choice((4, 5, 6, 7, 8, 9, 10, 12))
        self.used: list[tuple[Word, ...]] = []

    def _deed(self) -> tuple[Word, ...]:
        choices = [words for words in (self.reading.act, self.reading.aim) if words]
        return self.rng.choice(choices) if choices else ()

    def act(self) -> list[Bit]:
        return _verb(self._deed(), self.most, lambda verb: verb)

    def acting(self) -> list[Bit]:
        return _verb(self._deed(), self.most, ongoing)

    def acts(self) -> list[Bit]:
        return _verb(self._deed(), self.most, third)

    def condition(self) -> list[Bit]:
        return _bits(self.reading.condition, self.most)

    def subject(self) -> list[Bit]:
        return _bits(self.reading.subject, 7)

    def is_(self) -> list[Bit]:
        verb = self.reading.verb
        return [Bit(verb[0].low)] if verb and not is_third(verb[0].low) else []

    def rest(self) -> list[Bit]:
        return _bits(self.reading.rest, self.most)

    def do(self) -> list[Bit]:
        verb = self.reading.verb
        return _verb(verb, 1, lambda word: word) if verb and is_third(verb[0].low) else []

    def does(self) -> list[Bit]:
        verb = self.reading.verb
        return _bits(verb, 1) if verb and is_third(verb[0].low) else []

    def name(self) -> list[Bit]:
        pool = [*self.reading.names, *self.reading.parameter]
        return self._one([(word,) for word in pool])

    other = name

    def error(self) -> list[Bit]:
        return self._one([(word,) for word in self.reading.errors])

    def noun(self) -> list[Bit]:
        return self._one(self.reading.nouns)

    noun2 = noun

    def _one(self, pool: Sequence[tuple[Word, ...]]) -> list[Bit]:
        free = [words for words in pool if words not in self.used]
        if not free:
            return []
        words = self.rng.choice(free)
        self.used.append(words)
        if len(words) > 1 and self.rng.random() < 0.25:
            words = words[-2:]
        return [_lowered(bit) if bit.weight <= 1 else bit for bit in map(_bit, words)]

    def keys(self) -> list[Bit]:
        rng = self.rng
        pool = [word for word in self.reading.words if word.weight > FAINT]
        if len(pool) < 2:
            return []
        count = min(len(pool), rng.choice((2, 3, 3, 4, 4, 5, 6)))
        chosen = sorted(
            pool, key=lambda word: rng.random() ** (1 / (word.weight * len(word.said) ** 0.3))
        )
        chosen = chosen[-count:]
        if rng.random() < 0.6:
            chosen.sort(key=lambda word: word.start)
        return [_lowered(bit) if bit.weight <= 1 else bit for bit in map(_bit, chosen)]

    def _cue(self, said: str) -> list[Bit]:
        words = self.reading.cues.get(self.kind, ())
        if not words:
            return []
        word = self.rng.choice(words)
        return [Bit(said, word.start, word.end, word.stems, word.weight)]

    def fill(self, slot: str) -> list[Bit]:
        """Returns what is put into a slot; nothing where the sentence has nothing for it."""
        if slot.startswith("~"):
            return [Bit(told(self.rng, slot[1:], self.far))]
        if slot.startswith("cue:"):
            return self._cue(slot[4:])
        found: list[Bit] = getattr(self, "is_" if slot == "is" else slot)()
        return found


@cache
def _needs() -> dict[str, tuple[str, ...]]:
    return {
        "act": ("act", "aim"),
        "condition": ("condition",),
        "name": ("names", "parameter"),
        "name_only": ("names",),
        "subject": ("subject",),
        "deed": ("subject",),
        "error": ("errors",),
        "default": ("default",),
        "noun": ("nouns",),
        "keys": ("words",),
        "plight": ("nouns",),
    }


def _kinds(reading: Reading) -> tuple[list[str], list[float]]:
    known = [
        kind for kind, needs in _needs().items() if any(getattr(reading, need) for need in needs)
    ]
    known += reading.cues
    if reading.verb:
        third_person = is_third(reading.verb[0].low)
        known = [kind for kind in known if kind != ("subject" if third_person else "deed")]
    return known, [frames()[kind][0] for kind in known]


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
    kinds, shares = _kinds(reading)
    if not kinds:
        return None
    for _ in range(6):
        kind = rng.choices(kinds, shares)[0]
        frame = rng.choice(frames()[kind][1])
        filler = _Filler(rng, reading, kind, far)
        slots = [filler.fill(slot) for slot in frame.slots]
        if all(slots):
            break
    else:
        return None
    dropped = _shared(rng, slots, distance)
    slots = [_said(rng, bits, distance, dropped) for bits in slots]
    bits = [Bit(frame.texts[0])]
    for filled, text in zip(slots, frame.texts[1:], strict=True):
        for at, bit in enumerate(filled):
            bits += [Bit(" "), bit] if at else [bit]
        bits.append(Bit(text))
    return _written(rng, bits, kind, far, bare=bare)


def _shared(rng: random.Random, slots: Sequence[list[Bit]], distance: float) -> set[int]:
    """Returns the places in the sentence of the words that a question does not take from it."""
    telling = list(
        {bit.start: bit for bits in slots for bit in bits if bit.weight > FAINT}.values()
    )
    telling = [bit for bit in telling if bit.start >= 0]
    most = rng.choices((1, 2, 3, 4, len(telling)), (30, 36, 18, 8, 8))[0]
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


def _written(
    rng: random.Random, bits: list[Bit], kind: str, far: Sequence[str], *, bare: bool
) -> Asked:
    """Writes a question with what people put around it, in their spelling."""
    bits = [bit for bit in bits if bit.text]
    draw = 0.9 if bare else rng.random()
    if draw < 0.06:
        opener = rng.choice(_OPENERS)
        if "{far}" not in opener:
            bits = [Bit(f"{opener} "), *bits]
        elif far:
            bits = [Bit(f"{opener.replace('{far}', rng.choice(far))} "), *bits]
    elif draw < 0.06 + (0.10 if kind == "plight" else 0.34):
        scene = told(rng, "scene", far)
        bits = [Bit(f"{scene}{rng.choice((', ', ', ', '. ', '; ', ': ', ' and ', ' - '))}"), *bits]
    elif draw > 0.94:
        last = bits[-1]
        bits[-1] = last.saying(last.text.rstrip("?"))
        bits.append(
            Bit(
                f"{rng.choice((', ', '. ', ' - ', ' although ', ' but '))}{told(rng, 'scene', far)}"
            )
        )
    last = bits[-1]
    if rng.random() < (0.03 if kind == "plight" else 0.08):
        closer = rng.choice(_CLOSERS) if rng.random() < 0.4 else told(rng, "ask")
        ends = last.text.endswith("?")
        bits.append(Bit(f" {closer}" if ends else f"{rng.choice('.,')} {closer}"))
    elif last.start < 0 and last.text.endswith("?") and rng.random() < 0.3:
        bits[-1] = Bit(last.text[:-1])
    elif rng.random() < 0.015:
        bits.append(Bit("?"))
    first = bits[0]
    if rng.random() < 0.33 and (first.start < 0 or first.weight <= 1):
        bits[0] = first.saying(first.text[:1].upper() + first.text[1:])
    lower = rng.random() < 0.1
    slips = rng.random() < 0.08
    text = ""
    spans = []
    for bit in bits:
        said = bit.text.lower() if lower else bit.text
        if slips and bit.start < 0 and rng.random() < 0.3:
            said = " ".join(
                typo(rng, word) if rng.random() < 0.15 else word for word in said.split(" ")
            )
        if bit.start >= 0:
            spans.append(Span(len(text), len(text) + len(said), bit.start, bit.end))
        text += said
    return Asked(text, tuple(spans), kind, tuple(bits))
