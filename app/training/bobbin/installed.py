"""The packages beside us, and what each of them says in words."""

import ast
import importlib.metadata
import platform
import re
import sysconfig
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageMetadata
from pathlib import Path, PurePosixPath

from app.training.bobbin import licences
from app.training.bobbin.gather import lot
from app.training.bobbin.sections import Section, cython, python, said, written

LIBRARY = "python"
"""The name under which the standard library stands beside the packages."""
MOST_BYTES = 12 << 20
"""How much of a package is read."""
_TOPICS = "pydoc_data/topics.py"
_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==[^\s;#]+")
_APART = """test tests _test __pycache__ _vendor vendor vendored _vendored third_party _third_party
    extern externals thirdparty site-packages idlelib turtledemo lib2to3 ensurepip pydoc_data
    encodings licenses node_modules _bundled typeshed testdata driver"""
_FOLDERS = frozenset(_APART.split())
_LEGAL_FILE = re.compile(
    r"(?i)licen[sc]e|copying|notice|authors|contributors|entry_points|top_level|sources\.txt"
    r"|requirements|changelog|changes|history|model_?card|template"
)
_RESTRICTED = re.compile(
    r"GNU (?:Lesser |Affero )?General Public|Mozilla Public License|\bGPL|CC[ -]BY|Creative Commons"
    r"|non-?commercial|proprietary",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Package:
    """An installed distribution, or the standard library; `licence` is SPDX, None if untold."""

    name: str
    version: str
    licence: str | None
    files: tuple[tuple[str, Path], ...]
    description: str = ""

    @property
    def permissive(self) -> bool:
        """Tells whether its text may be trained on."""
        return licences.permissive(self.licence)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """What it says in words, by path and line; files under other licences are left out."""
        found = written(self.description, "METADATA", self.name) if self.description else []
        for path, file in self.files:
            found += _read(path, file)
        return tuple(found)


def pinned(lock: Path) -> list[str]:
    """Lists the names of a lock file, normalised, in order."""
    found = map(_PIN.match, lock.read_text(encoding="utf-8").splitlines())
    return sorted(normal(match[1]) for match in found if match)


def normal(name: str) -> str:
    """Returns a distribution's name in its normal form, as in the lock file."""
    return re.sub(r"[-_.]+", "-", name).lower()


def package(name: str) -> Package:
    """Finds an installed package by its name, `LIBRARY` for the standard library.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    if name == LIBRARY:
        return _library()
    found = importlib.metadata.distribution(name)
    data = found.metadata
    legal = [
        Path(str(path.locate()))
        for path in found.files or ()
        if re.match(r"(?i)licen[sc]e|copying", path.name) and ".dist-info" in str(path)
    ]
    licence = licences.named(
        _field(data, "License-Expression"),
        _field(data, "License"),
        data.get_all("Classifier") or [],
        "\n".join(_text(path) or "" for path in legal),
    )
    files = {
        path.as_posix(): Path(str(path.locate()))
        for path in found.files or ()
        if _spoken(PurePosixPath(path.as_posix()))
    }
    return Package(
        name=name,
        version=found.version.partition("+")[0],
        licence=licence,
        files=_drawn(files),
        description=str(data.json.get("description", "")),
    )


def _field(data: PackageMetadata, name: str) -> str:
    return str(data[name]) if name in data else ""


def _drawn(files: Mapping[str, Path]) -> tuple[tuple[str, Path], ...]:
    """Leaves files of a very large package out by lot, those with private names first."""
    size = 0
    drawn = []
    for path in sorted(files, key=lambda path: ("/_" in path.replace("/__", "/"), lot(path))):
        size += files[path].stat().st_size if files[path].exists() else 0
        if size > MOST_BYTES:
            break
        drawn.append((path, files[path]))
    return tuple(sorted(drawn))


def _library() -> Package:
    root = Path(sysconfig.get_path("stdlib"))
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*.py")}
    kept = {path: file for path, file in files.items() if _spoken(PurePosixPath(path))}
    kept[_TOPICS] = root / _TOPICS
    return Package(
        name=LIBRARY,
        version=platform.python_version(),
        licence="PSF-2.0",
        files=_drawn(kept),
    )


def _spoken(path: PurePosixPath) -> bool:
    """Tells whether a file is the package's own code or prose."""
    if any(part in _FOLDERS or part.startswith("config-") for part in path.parts):
        return False
    if path.parts[0].endswith((".dist-info", ".data")) or ".." in path.parts:
        return False
    if path.name.startswith("test_") or path.name == "conftest.py":
        return False
    return path.suffix in (".py", ".pyi", ".pyx") or (
        path.suffix in (".md", ".rst", ".txt") and not _LEGAL_FILE.search(path.name)
    )


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return None


def _read(path: str, file: Path) -> list[Section]:
    text = _text(file)
    if text is None or _RESTRICTED.search(text, 0, 4000):
        return []
    if path == _TOPICS:
        return list(_topics(text, path))
    name = PurePosixPath(path)
    if name.suffix not in (".py", ".pyi", ".pyx"):
        return written(text, path, path)
    module = ".".join(name.with_suffix("").parts).removesuffix(".__init__")
    if name.suffix == ".pyx":
        return cython(text, path, module)
    with warnings.catch_warnings():
        # Other people's escapes are not ours to warn of.
        warnings.simplefilter("ignore")
        try:
            return python(text, path, module)
        except (SyntaxError, ValueError):
            return []


def _topics(text: str, path: str) -> Iterator[Section]:
    """Reads the language reference that `help()` shows."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            for topic, words in ast.literal_eval(node.value).items():
                if sentences := said(words, "topics.txt"):
                    yield Section(
                        place=f"{path}#{topic}", name=f"help({topic})", sentences=sentences
                    )
