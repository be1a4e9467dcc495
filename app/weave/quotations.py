"""Whether words between quotation marks stand in the sources or the repository's files."""

import re
from collections.abc import Iterable

from app.ports.knowledge import Corpus

LOOKED_AT = 40
"""Passages that are read for a quotation that the sources do not have."""
_WORD = re.compile(r"\w+")
_LEFT_OUT = re.compile(r"\[?(?:\.\.\.|…)\]?|\[[^\]]{0,40}\]")


def words(text: str) -> str:
    """Returns a text's words, a space on both sides of each: marks, case and space aside."""
    return f" {' '.join(_WORD.findall(text.casefold().replace('_', ' ')))} "


class Quotations:
    """Compares quotations with the sources, and with the passages that have all their words."""

    def __init__(self, sources: Iterable[str], corpus: Corpus | None) -> None:
        self._sources = tuple(sources)
        self._corpus = corpus
        self._said: str | None = None

    def known(self, quotation: str) -> bool:
        """Tells whether all of a quotation is said somewhere, what it leaves out aside."""
        parts = [words(part) for part in _LEFT_OUT.split(quotation)]
        return all(self._stands(part) for part in parts if part.strip())

    def _stands(self, part: str) -> bool:
        if self._said is None:
            self._said = "".join(map(words, self._sources))
        if part in self._said:
            return True
        if self._corpus is None:
            return False
        found = self._corpus.having(part, LOOKED_AT)
        return any(part in words(one.title) or part in words(one.text) for one in found)
