"""Sections as documents: each sentence once, neighbours together, no package too large."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from app.training.bobbin.pages import Document
from app.training.bobbin.phrasing import alike
from app.training.bobbin.sections import Section

COPIES = 2
"""How often sentences may stand that differ in numbers and marks alone."""
FEWEST, ENOUGH, MOST = 4, 8, 40
"""Sentences of a document: at the least, when it stands alone, and at the most."""


class Seen:
    """What sentences were taken already."""

    def __init__(self, never: Iterable[str] = ()) -> None:
        self._never = frozenset(never)
        self._counts: Counter[str] = Counter()
        self._texts: set[str] = set()

    @property
    def keys(self) -> frozenset[str]:
        """What the sentences have in common with their near copies."""
        return frozenset(self._counts)

    def take(self, text: str) -> bool:
        """Tells whether a sentence may stand once more, and counts it if so."""
        key = alike(text)
        if text in self._texts or key in self._never or self._counts[key] >= COPIES:
            return False
        self._texts.add(text)
        self._counts[key] += 1
        return True

    def read(self, sections: Iterable[Section]) -> None:
        """Remembers the sentences of sections from which no documents are made."""
        self._counts.update(alike(text) for section in sections for text in section.sentences)


def documents(package: str, sections: Iterable[Section], seen: Seen) -> list[Document]:
    """Makes documents of a package's sections: long ones alone, neighbours of a file together.

    A section longer than `MOST` is cut; what stays below `FEWEST` is left out.
    """
    found: list[Document] = []
    place, name = "", ""
    run: list[str] = []

    def close() -> None:
        if len(run) >= FEWEST:
            found.append(Document(package=package, name=name, sentences=tuple(run)))
        run.clear()

    for section in sections:
        fresh = [text for text in section.sentences if seen.take(text)]
        if not fresh:
            continue
        apart = len(run) >= ENOUGH or (len(fresh) >= ENOUGH and len(run) >= FEWEST)
        if section.place != place or apart or len(run) + len(fresh) > MOST:
            close()
            place = section.place
        if not run:
            name = section.name
        run += fresh
        while len(run) > MOST:
            rest = run[MOST:]
            del run[MOST:]
            close()
            run += rest
    close()
    return found


def capped(found: Mapping[str, Sequence[Document]], share: float) -> dict[str, list[Document]]:
    """Leaves documents out by lot, so that no package has more than its share of sentences.

    A package that says nothing is left out. The lot is a digest of the text: the same each time.
    """
    sizes = {name: _size(made) for name, made in found.items() if made}
    most = max(sizes.values(), default=0)
    if share * len(sizes) > 1:
        while most > (cap := int(share * sum(min(size, most) for size in sizes.values()))):
            most = cap
    return {name: _drawn(found[name], most) for name in sizes}


def lot(text: str) -> str:
    """Returns where a text stands in a draw that is the same on every machine."""
    return hashlib.sha256(text.encode()).hexdigest()


def _size(made: Iterable[Document]) -> int:
    return sum(len(document.sentences) for document in made)


def _drawn(made: Sequence[Document], most: int) -> list[Document]:
    if _size(made) <= most:
        return list(made)
    size = 0
    drawn = []
    for at in sorted(range(len(made)), key=lambda at: lot("\n".join(made[at].sentences))):
        size += len(made[at].sentences)
        if size > most:
            break
        drawn.append(at)
    return [made[at] for at in sorted(drawn)]
