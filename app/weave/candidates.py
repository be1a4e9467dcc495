"""Sentences that may be quoted, each with the place it stands in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain import Passage, SourceKind
from app.text.quotable import units
from app.text.units import Form, Unit
from app.text.words import search_words

LONGEST = 900
SEPARATOR = "\x1e"
"""Ends each sentence of a draft; cleaned text never has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A quotable unit of a source.

    `source` is the index of its passage among the prompt's sources, `place` its index among
    the passage's units;.
    """

    unit: Unit
    passage: Passage
    source: int
    place: int
    words: frozenset[str]
    sequence: tuple[str, ...]
    near: frozenset[str]
    head: frozenset[str]
    place_words: frozenset[str]
    passage_words: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]

    @property
    def context(self) -> frozenset[str]:
        """The words that say what the unit is about: headings, lead, title, path."""
        return self.near | self.head | self.place_words

    @property
    def text(self) -> str:
        """The unit as a piece of an answer."""
        return quoted(self.unit)


def quoted(unit: Unit) -> str:
    """Returns a unit as it stands in an answer: with the sentence that introduces it, if the
    unit cannot be understood alone."""
    if unit.lead and unit.form is Form.CODE and unit.lead not in unit.text:
        return f"{unit.lead}\n\n{unit.text}"
    if unit.form is Form.ROW and unit.lead:
        cells = zip(unit.lead.split(" | "), unit.text.split(" | "), strict=False)
        return "; ".join(f"{head}: {cell}" for head, cell in cells)
    return unit.text


@lru_cache(maxsize=512)
def _read(passage: Passage) -> tuple[tuple[Unit, ...], tuple[tuple[str, ...], ...]]:
    """Returns a passage's units and the search words of each; an answer asks for them twice."""
    path = "" if passage.kind is SourceKind.CORRECTION else passage.path
    said = passage.kind is SourceKind.PROSE
    every = units(passage.text, path, passage.start_line, said=said)
    return every, tuple(tuple(search_words(unit.text)) for unit in every)


def candidates(sources: Sequence[Passage]) -> list[Candidate]:
    """Lists the quotable units of the sources, by source and then line, each text once."""
    found: list[Candidate] = []
    seen: set[str] = set()
    for index, passage in enumerate(sources):
        every, sequences = _read(passage)
        head = frozenset(search_words(passage.title))
        path_words = frozenset(search_words(passage.path))
        whole = head.union(path_words, *sequences)
        for place, (unit, sequence) in enumerate(zip(every, sequences, strict=True)):
            spoken = any(character.isalnum() for character in unit.text)
            if not spoken or len(unit.text) > LONGEST or quoted(unit) in seen:
                continue
            seen.add(quoted(unit))
            found.append(
                Candidate(
                    unit=unit,
                    passage=passage,
                    source=index,
                    place=place,
                    words=frozenset(sequence),
                    sequence=sequence,
                    near=frozenset(search_words(f"{unit.heading} {unit.lead}")),
                    head=head,
                    place_words=path_words,
                    passage_words=whole,
                    before=frozenset(sequences[place - 1]) if place else frozenset(),
                    after=(
                        frozenset(sequences[place + 1]) if place + 1 < len(every) else frozenset()
                    ),
                )
            )
    return found
