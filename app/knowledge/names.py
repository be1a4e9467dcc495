"""Every exact name that stands in a tree's text, so that a name nobody wrote is told at once.

A name is a run of letters, digits and `_`, such runs joined by hyphens, or a flag with its
dashes; whatever their case. They are kept sorted, a line each, and searched where they lie:
5,000 files have some 200,000, which are 4 MB.
"""

import mmap
import re
from pathlib import Path

LONGEST = 80
"""Characters of a name; what is longer is data."""
_NAME = re.compile(r"(?:(?<![\w-])--?(?=[a-z]))?\w+(?:-+\w+)*")
_LETTER = re.compile(r"[^\W\d_]")


def names_of(text: str) -> set[str]:
    """Returns the names of a text, lower-cased; those with hyphens whole and in parts."""
    found = set(_NAME.findall(text.lower()))
    for name in [one for one in found if "-" in one]:
        found.update(part for part in name.split("-") if part)
        found.add(name.lstrip("-"))
    return {name for name in found if len(name) <= LONGEST and _LETTER.search(name)}


class Gathering:
    """Gathers the names of a tree's files while they pass by."""

    def __init__(self) -> None:
        self._found: set[str] = set()

    def see(self, text: str) -> None:
        """Notes the names of a text."""
        self._found |= names_of(text)

    def packed(self) -> bytes:
        """Returns all names as `Names` reads them."""
        return b"".join(sorted(name.encode() + b"\n" for name in self._found))


class Names:
    """The names of one tree; safe for threads."""

    def __init__(self, packed: bytes | mmap.mmap = b"") -> None:
        self._packed = packed

    @classmethod
    def at(cls, file: Path) -> "Names":
        """Opens a file that `Gathering.packed` was written to; it may be deleted afterwards.

        Raises:
            FileNotFoundError: there is none.
        """
        with file.open("rb") as opened:
            # An empty file cannot be mapped.
            return cls(_mapped(opened.fileno()) if file.stat().st_size else b"")

    def __contains__(self, name: object) -> bool:
        """Tells whether a name stands in the text, whatever its case; by bisection."""
        if not isinstance(name, str) or not name:
            return False
        wanted = name.lower().encode()
        low, high = 0, len(self._packed)
        while low < high:
            middle = (low + high) // 2
            start = self._packed.rfind(b"\n", low, middle) + 1 or low
            end = self._packed.find(b"\n", middle)
            here = self._packed[start:end]
            if here == wanted:
                return True
            if here < wanted:
                low = end + 1
            else:
                high = start
        return False


def _mapped(number: int) -> mmap.mmap:
    return mmap.mmap(number, 0, access=mmap.ACCESS_READ)
