"""The trees that drafts are built over: installed packages, and this repository's own files."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.domain import Passage
from app.knowledge.archive import Limits
from app.knowledge.index import IndexedCorpus
from app.knowledge.library import Library
from bench.questions import SITE_PACKAGES
from bench.shelf import COMMIT, archive

ROOT = Path(__file__).resolve().parents[2]
HALVES = {
    "dev": (
        "treadle", "alembic", "dbos", "httpx", "rich", "attrs", "psycopg", "packaging",
        "prometheus_client", "uvicorn", "click", "pygit2",
    ),
    "test": (
        "jsonschema", "rapidfuzz", "typer", "fastapi", "starlette", "detect_secrets", "structlog",
        "websockets", "import_linter", "mako", "pluggy", "huggingface_hub",
    ),
}  # fmt: skip
"""Names are looked up and templates tuned on `dev` alone."""
_FOLDERS = {"attrs": ("attr", "attrs"), "import_linter": ("importlinter",)}
_TEXT = frozenset({".py", ".md", ".rst", ".txt", ".toml", ".cfg", ".ini", ".yml", ".yaml", ".json"})
_MOST = 400


@dataclass(frozen=True, kw_only=True)
class Tree:
    """One tree: its paths, the text of the files that are read, and its corpus."""

    name: str
    files: dict[str, str]
    corpus: IndexedCorpus

    @property
    def passages(self) -> list[Passage]:
        """All passages, in order of path and line."""
        return [one for path in sorted(self.files) for one in self.corpus.passages(path)]


def trees(half: str, folder: Path) -> list[Tree]:
    """Indexes the trees of one half as repositories below `folder`."""
    library = Library(folder, Limits())
    found = []
    for number, name in enumerate(HALVES[half], 1):
        every = _own() if name == "treadle" else _installed(name)
        data = {path: file.read_bytes() for path, file in every.items()}
        corpus = library.build(number, COMMIT, archive(iter(data.items())))
        read = {
            path: data[path].decode("utf-8", "replace")
            for path in data
            if Path(path).suffix in _TEXT or Path(path).name in ("METADATA", "Makefile")
        }
        found.append(Tree(name=name, files=read, corpus=corpus))
    return found


def _own() -> dict[str, Path]:
    """Returns this repository's files, those of this bench aside."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    kept = [path for path in listed if path and not path.startswith(("bench/", "tests/"))]
    return {path: ROOT / path for path in kept if (ROOT / path).is_file()}


def _installed(name: str) -> dict[str, Path]:
    folders = _FOLDERS.get(name, (name,))
    files = [
        file
        for folder in folders
        for file in sorted((SITE_PACKAGES / folder).rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    ][:_MOST]
    notes = (*SITE_PACKAGES.glob(f"{name}-*.dist-info/METADATA"),)
    scripts = (*SITE_PACKAGES.glob(f"{name}-*.dist-info/entry_points.txt"),)
    return {file.relative_to(SITE_PACKAGES).as_posix(): file for file in (*files, *notes, *scripts)}
