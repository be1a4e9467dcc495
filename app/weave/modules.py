"""Whether a module of the tree has what a dotted name says it has."""

import re
from collections.abc import Sequence

from app.ports.knowledge import Corpus
from app.weave.places import Places

_ENDINGS = (".py", ".pyi", "/__init__.py", "/__init__.pyi", ".ts", ".js", ".go")
_MOST = 4
"""Files of one module's name that are read."""


class Modules:
    """The modules of one tree, by the end of their path."""

    def __init__(self, corpus: Corpus | None, places: Places) -> None:
        self._corpus = corpus
        self._places = places

    def have(self, parts: Sequence[str]) -> bool | None:
        """Tells whether a module's file names what follows the module in a dotted name.

        Returns:
            None where no module of the tree is named, or not all of what it has can be told.
        """
        for length in range(len(parts), 0, -1):
            files = self._files("/".join(parts[:length]), alone=length == 1 < len(parts))
            if not files:
                continue
            if length == len(parts):
                return True
            text = "\n".join(map(self._text, files))
            if not text or "import *" in text:
                return None
            return all(re.search(rf"\b{re.escape(one)}\b", text, re.I) for one in parts[length:])
        return None

    def _files(self, stem: str, *, alone: bool) -> list[str]:
        """Returns the files of a module as it is spelled; of a single word, only at the top."""
        found = []
        for ending in _ENDINGS:
            for file in map(self._places.file, self._places.ending(stem + ending)):
                module = file.removesuffix(ending)
                if f"/{module}".endswith(f"/{stem}") and (module == stem or not alone):
                    found.append(file)
        return found[:_MOST]

    def _text(self, file: str) -> str:
        if self._corpus is None:
            return ""
        return "\n".join(passage.text for passage in self._corpus.passages(file))
