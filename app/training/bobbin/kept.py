"""The kept list of what bobbin was trained on, and how what is installed differs from it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LIST = Path(__file__).with_name("corpus.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A package whose text is taken.

    `version` is without a build's suffix, `licence` an SPDX expression; `sha256` is of the
    taken sentences in order, each ended by a line end.
    """

    name: str
    version: str
    licence: str
    files: int
    documents: int
    sentences: int
    sha256: str


def read(file: Path = LIST) -> tuple[Entry, ...]:
    """Reads a list that `write` wrote."""
    return tuple(Entry(**line) for line in json.loads(file.read_text(encoding="utf-8"))["packages"])


def write(entries: Iterable[Entry], file: Path = LIST) -> None:
    """Writes a list, by name."""
    lines = [asdict(entry) for entry in sorted(entries, key=lambda entry: entry.name)]
    file.write_text(json.dumps({"packages": lines}, indent=1) + "\n", encoding="utf-8")


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
                f"{name} {new.version} gives another text: {new.sentences} sentences,"
                f" {old.sentences} on the list"
            )
    return said


def table(entries: Sequence[Entry]) -> str:
    """Lays out a list for people, the largest package first."""
    rows = [
        f"{entry.name:26}{entry.version:18}{entry.documents:6}{entry.sentences:8}  {entry.licence}"
        for entry in sorted(entries, key=lambda entry: (-entry.sentences, entry.name))
    ]
    documents = sum(entry.documents for entry in entries)
    sentences = sum(entry.sentences for entry in entries)
    whole = f"{len(entries)} packages, {documents} documents, {sentences} sentences"
    head = f"{'package':26}{'version':18}{'docs':>6}{'said':>8}  licence"
    return "\n".join([head, *rows, whole]) + "\n"
