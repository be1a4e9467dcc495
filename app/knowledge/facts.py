"""What is certain of a repository without reading its prose: languages, manifests, names."""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from app.domain import Facts
from app.knowledge.archive import File
from app.knowledge.names import Gathering
from app.knowledge.selection import FILETYPES
from app.text.quotable import suffix_of, units
from app.text.units import Form

LANGUAGES = {
    "py": "Python", "pyi": "Python", "js": "JavaScript", "jsx": "JavaScript", "mjs": "JavaScript",
    "cjs": "JavaScript", "ts": "TypeScript", "tsx": "TypeScript", "java": "Java", "kt": "Kotlin",
    "kts": "Kotlin", "scala": "Scala", "groovy": "Groovy", "c": "C", "h": "C", "cc": "C++",
    "cpp": "C++", "cxx": "C++", "hpp": "C++", "hh": "C++", "cs": "C#", "fs": "F#", "go": "Go",
    "rs": "Rust", "rb": "Ruby", "php": "PHP", "swift": "Swift", "m": "Objective-C",
    "dart": "Dart", "lua": "Lua", "jl": "Julia", "r": "R", "pl": "Perl", "pm": "Perl",
    "ex": "Elixir", "exs": "Elixir", "erl": "Erlang", "hs": "Haskell", "elm": "Elm",
    "clj": "Clojure", "sh": "Shell", "bash": "Shell", "zsh": "Shell", "sql": "SQL",
    "vue": "Vue", "svelte": "Svelte", "zig": "Zig", "nim": "Nim", "tf": "HCL", "nix": "Nix",
    "html": "HTML", "css": "CSS",
}  # fmt: skip
_DESCRIPTION_LENGTH = 300


class Survey:
    """Notes a tree's files while they pass by, then states the facts; `names` are all names."""

    def __init__(self) -> None:
        self.names = Gathering()
        self._found: dict[str, str] = {}

    def see(self, file: File) -> None:
        """Notes a file's names, and what it says of the repository: only those at the root do."""
        self.names.see(file.text)
        if "/" in file.path:
            return
        for source, read in (("pyproject.toml", _pyproject), ("package.json", _package_json)):
            if file.path == source and (said := read(file.text)):
                self._found[source] = said
        if PurePosixPath(file.path).stem.lower() == "readme" and (said := _first(file)):
            self._found["README"] = said

    def facts(self, sizes: Mapping[str, int]) -> Facts:
        """States the facts of a tree, given the size in bytes of each of its files."""
        shares: Counter[str] = Counter()
        for path, size in sizes.items():
            vendored = FILETYPES["vendored folders"] & set(PurePosixPath(path).parts[:-1])
            if (language := LANGUAGES.get(suffix_of(path))) and not vendored:
                shares[language] += size
        total = sum(shares.values())
        languages = tuple(
            f"{language} {round(100 * size / total)} %"
            for language, size in sorted(shares.items(), key=lambda item: (-item[1], item[0]))
            if size * 100 >= total
        )
        manifests = tuple(
            path
            for path in sorted(sizes, key=lambda path: (path.count("/"), path))
            if PurePosixPath(path).name.lower() in FILETYPES["manifests"] and path.count("/") < 2
        )[:20]
        order = ("README", "pyproject.toml", "package.json")
        description = next((self._found[name] for name in order if name in self._found), "")
        return Facts(
            languages=languages,
            manifests=manifests,
            description=description,
            statements=tuple(
                f"{name}: {self._found[name]}" for name in order if name in self._found
            ),
        )


def _shortened(text: object) -> str:
    return " ".join(text.split())[:_DESCRIPTION_LENGTH] if isinstance(text, str) else ""


def _pyproject(text: str) -> str:
    try:
        project = tomllib.loads(text).get("project")
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    return _shortened(project.get("description")) if isinstance(project, dict) else ""


def _package_json(text: str) -> str:
    try:
        package = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return _shortened(package.get("description")) if isinstance(package, dict) else ""


def _first(file: File) -> str:
    """Returns the first sentence of a README that is one: of five words or more."""
    for unit in units(file.text[:8000], file.path):
        if unit.form is Form.SENTENCE and len(unit.text.split()) >= 5:
            return _shortened(unit.text)
    return ""
