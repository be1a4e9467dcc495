"""Whether the names in a draft exist: paths in the tree, flags and symbols in the sources."""

import re
from collections.abc import Iterable, Set
from functools import lru_cache
from pathlib import PurePosixPath

from app.text.words import names

NOT_FOUND = -1.0
NOT_IN_TREE = -0.4
BOUND = -4.0
_FILE = re.compile(r"[\w@.-]*(?:/[\w@.-]+)*\.[a-z][a-z0-9]{0,9}")
_ABROAD = re.compile(r"^(?:~|/|\.\./|[a-z][a-z0-9+.-]*://)|[*<>{}$%]|^(?:e\.g|i\.e)$")


class Grounding:
    """Checks drafts against one tree and one set of sources.

    A name that neither the sources nor the tree have counts `NOT_FOUND`. A path that the
    sources have counts `NOT_IN_TREE` where its folder exists and has no such file: text that
    has gone out of date.
    """

    def __init__(self, paths: Set[str], sources: Iterable[str]) -> None:
        self._paths = {path.lower() for path in paths}
        self._files = {PurePosixPath(path).name for path in self._paths}
        self._folders = {
            str(parent) for path in self._paths for parent in PurePosixPath(path).parents
        }
        self._said = "\n".join(sources).lower()
        self._known = lru_cache(maxsize=4096)(self._judge)

    def score(self, text: str) -> float:
        """Returns the log-odds that a draft loses by names that do not exist; at most 0."""
        return max(BOUND, sum(self._known(name) for name in dict.fromkeys(names(text))))

    def missing(self, text: str) -> list[str]:
        """Returns the names of a draft that count against it, in order."""
        return [name for name in dict.fromkeys(names(text)) if self._known(name) < 0]

    def _judge(self, name: str) -> float:
        path = name.removeprefix("./").rstrip("/")
        if not path or _ABROAD.search(path):
            return 0.0
        if path in self._paths or path in self._folders or path in self._files:
            return 0.0
        if any(known.endswith("/" + path) for known in self._paths if "/" in path):
            return 0.0
        said = name in self._said or path in self._said
        if "/" in path and _FILE.fullmatch(path):
            folder = str(PurePosixPath(path).parent)
            if said:
                return NOT_IN_TREE if folder in self._folders and folder != "." else 0.0
        return 0.0 if said else NOT_FOUND
