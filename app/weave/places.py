"""The paths of one tree, asked for as people write them: whole, from the right, by name."""

from collections import defaultdict
from collections.abc import Iterable, Set
from functools import lru_cache


class Places:
    """The files and folders of a tree; case does not count."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._files: dict[str, str] = {path.lower(): path for path in paths}
        self._folders: set[str] = set()
        self._ends: dict[str, list[str]] = defaultdict(list)
        for path in self._files:
            folder = path
            while "/" in folder:
                folder = folder.rpartition("/")[0]
                if folder in self._folders:
                    break
                self._folders.add(folder)
        for path in (*self._files, *self._folders):
            self._ends[path.rpartition("/")[2]].append(path)
        self.stems = frozenset(
            name.partition(".")[0] or name for path in self._files for name in path.split("/")
        )

    def has(self, path: str) -> bool:
        """Tells whether a path, or the end of one from a `/` on, is a file or folder."""
        return bool(self.ending(path))

    def ending(self, path: str) -> list[str]:
        """Returns the files and folders, lower-cased, that a path is the end of."""
        path = path.lower()
        known = self._ends.get(path.rpartition("/")[2], ())
        return [one for one in known if one == path or one.endswith("/" + path)]

    def is_folder(self, path: str) -> bool:
        """Tells whether a whole path is a folder; the root is one."""
        return not path or path.lower() in self._folders

    def named(self, *names: str) -> list[str]:
        """Returns the files of some names, lower-case, as they are spelled, the upmost first."""
        found = [path for name in names for path in self._ends.get(name, ()) if path in self._files]
        return [self._files[path] for path in sorted(found, key=lambda path: path.count("/"))]

    def file(self, path: str) -> str:
        """Returns a file as it is spelled, "" where there is none of that whole path."""
        return self._files.get(path.lower(), "")


@lru_cache(maxsize=16)
def _places(paths: frozenset[str]) -> Places:
    return Places(paths)


def places_of(paths: Set[str]) -> Places:
    """Returns the places of a tree; those of the last few trees are kept."""
    return _places(frozenset(paths))
