"""What of a sentence goes into a slot of a question, word by word."""

import random
from collections.abc import Callable, Sequence

from app.text.terms import FAINT
from app.training.bobbin.paraphrase import Bit, ongoing, third
from app.training.bobbin.reading import Reading, Word
from app.training.bobbin.scenes import told
from app.training.bobbin.verbs import base, is_third

_PERSON = {"you": "I", "your": "my", "yours": "mine", "yourself": "myself"}
_DANGLING = frozenset(
    {"a", "an", "the", "of", "to", "in", "on", "for", "with", "by", "from", "and", "or", "as"}
    | {"at", "into", "is", "are", "be", "that", "this", "its", "not", "if", "than", "over"}
)
_LENGTHS = (4, 5, 6, 7, 8, 9, 10, 12)
_KEYS = (2, 3, 3, 4, 4, 5, 6)


def bit(word: Word) -> Bit:
    """Returns a word as a piece of a question; common words remember no place."""
    said = _PERSON.get(word.low, word.said) if word.kind == "word" else word.said
    if not word.content:
        return Bit(said if word.kind == "code" or said == "I" else said.lower())
    return Bit(said, word.start, word.end, word.stems, word.weight)


def lowered(piece: Bit) -> Bit:
    """Returns a bit without the capital letter that begins a sentence."""
    text = piece.text
    plain = len(text) > 1 and (text[1:].islower() or not text[1].isalpha())
    return piece.saying(text[0].lower() + text[1:]) if plain and text != "I" else piece


def _bits(words: Sequence[Word], most: int) -> list[Bit]:
    """Returns the bits of at most so many words, not ending within a phrase."""
    kept = [word for word in words if word.kind != "mark"][:most]
    while kept and kept[-1].low in _DANGLING:
        kept.pop()
    if kept and kept[0].kind == "word":
        return [lowered(bit(kept[0])), *map(bit, kept[1:])]
    return [bit(word) for word in kept]


def _verb(words: Sequence[Word], most: int, form: Callable[[str], str]) -> list[Bit]:
    """Returns the bits of a clause that begins with a verb, in that form."""
    found = _bits(words, most)
    if not found or not (verb := base(found[0].text.lower())):
        return []
    return [found[0].saying(form(verb)), *found[1:]]


class Filler:
    """Fills the slots of one form from one reading."""

    def __init__(self, rng: random.Random, reading: Reading, kind: str, far: Sequence[str]) -> None:
        self._rng = rng
        self._reading = reading
        self._kind = kind
        self._far = far
        self._most = rng.choice(_LENGTHS)
        self._used: list[tuple[Word, ...]] = []
        self._ways: dict[str, Callable[[], list[Bit]]] = {
            "act": lambda: self._deed(str),
            "acting": lambda: self._deed(ongoing),
            "acts": lambda: self._deed(third),
            "condition": lambda: _bits(reading.condition, self._most),
            "subject": lambda: _bits(reading.subject, 7),
            "rest": lambda: _bits(reading.rest, self._most),
            "is": self._is,
            "do": lambda: self._third(str),
            "does": lambda: self._third(third),
            "name": self._name,
            "other": self._name,
            "error": lambda: self._one([(word,) for word in reading.errors]),
            "noun": lambda: self._one(reading.nouns),
            "noun2": lambda: self._one(reading.nouns),
            "keys": self._keys,
        }

    def fill(self, slot: str) -> list[Bit]:
        """Returns what is put into a slot; nothing where the sentence has nothing for it.

        Raises:
            KeyError: there is no such slot.
        """
        if slot.startswith("~"):
            return [Bit(told(self._rng, slot[1:], self._far))]
        if slot.startswith("cue:"):
            return self._cue(slot[4:])
        return self._ways[slot]()

    def _deed(self, form: Callable[[str], str]) -> list[Bit]:
        choices = [words for words in (self._reading.act, self._reading.aim) if words]
        return _verb(self._rng.choice(choices), self._most, form) if choices else []

    def _is(self) -> list[Bit]:
        verb = self._reading.verb
        return [Bit(verb[0].low)] if verb and not is_third(verb[0].low) else []

    def _third(self, form: Callable[[str], str]) -> list[Bit]:
        verb = self._reading.verb
        return _verb(verb, 1, form) if verb and is_third(verb[0].low) else []

    def _name(self) -> list[Bit]:
        return self._one([(word,) for word in (*self._reading.names, *self._reading.parameter)])

    def _one(self, pool: Sequence[tuple[Word, ...]]) -> list[Bit]:
        free = [words for words in pool if words not in self._used]
        if not free:
            return []
        words = self._rng.choice(free)
        self._used.append(words)
        if len(words) > 1 and self._rng.random() < 0.25:
            words = words[-2:]
        return [_plain(word) for word in words]

    def _keys(self) -> list[Bit]:
        rng = self._rng
        pool = [word for word in self._reading.words if word.weight > FAINT]
        if len(pool) < 2:
            return []
        count = min(len(pool), rng.choice(_KEYS))
        chosen = sorted(
            pool, key=lambda word: rng.random() ** (1 / (word.weight * len(word.said) ** 0.3))
        )[-count:]
        if rng.random() < 0.6:
            chosen.sort(key=lambda word: word.start)
        return [_plain(word) for word in chosen]

    def _cue(self, said: str) -> list[Bit]:
        words = self._reading.cues.get(self._kind, ())
        if not words:
            return []
        word = self._rng.choice(words)
        return [Bit(said, word.start, word.end, word.stems, word.weight)]


def _plain(word: Word) -> Bit:
    return lowered(bit(word)) if word.kind == "word" else bit(word)
