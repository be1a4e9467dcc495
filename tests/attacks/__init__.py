"""Hostile texts, each written to be taken for an instruction, for code or for a command."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Attack:
    """One text; attacks of a `kind` try the same way in."""

    id: str
    kind: str
    text: str


def attacks() -> list[Attack]:
    """Reads all of them, kind by kind."""
    read = json.loads(Path(__file__).with_name("attacks.json").read_text("utf-8"))
    return [Attack(**values) for values in read["attacks"]]


def one_of_each_kind() -> list[Attack]:
    """Returns the last of each kind, for what takes too long to try with all."""
    return list({attack.kind: attack for attack in attacks()}.values())
