"""The plain way to check a draft: each name has to be a path, or a piece of the sources' text.

It is what the product did before it read claims: the baseline of `bench.grounding`.
"""

import re
from collections.abc import Iterable, Set
from pathlib import PurePosixPath

from app.text.words import names

_FILE = re.compile(r"[\w@.-]*(?:/[\w@.-]+)*\.[a-z][a-z0-9]{0,9}")
_ABROAD = re.compile(r"^(?:~|/|\.\./|[a-z][a-z0-9+.-]*://)|[*<>{}$%]|^(?:e\.g|i\.e)$")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)|```.*", re.DOTALL)
_PLAIN = re.compile(r"[^\W\d_]+(?:[-/'’][^\W\d_]+)*")


class Plain:
    """Checks drafts against one tree and one set of sources."""

    def __init__(self, paths: Set[str], sources: Iterable[str]) -> None:
        self._paths = {path.lower() for path in paths}
        self._files = {PurePosixPath(path).name for path in self._paths}
        self._folders = {
            str(parent) for path in self._paths for parent in PurePosixPath(path).parents
        }
        self._said = "\n".join(sources).lower()

    def missing(self, text: str) -> list[str]:
        """Returns the names of a draft that exist nowhere, lower-cased, in order."""
        found = [name for name in dict.fromkeys(names(text)) if not self._known(name)]
        coded = " ".join(match[0].lower() for match in _CODE.finditer(text)) if found else ""
        return [name for name in found if name in coded or not _PLAIN.fullmatch(name)]

    def _known(self, name: str) -> bool:
        path = name.removeprefix("./").rstrip("/")
        if not path or _ABROAD.search(path):
            return True
        if path in self._paths or path in self._folders or path in self._files:
            return True
        if "/" in path and any(known.endswith("/" + path) for known in self._paths):
            return True
        said = name in self._said or path in self._said
        if said and "/" in path and _FILE.fullmatch(path):
            folder = str(PurePosixPath(path).parent)
            return folder not in self._folders or folder == "."
        return said
