"""Outcomes kept on disk while a run goes on, so that one that was stopped can go on."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.answering.outcome import Outcome


class Kept:
    """Outcomes of one run, a question's on one line; the first line says what the run is of.

    What is of another run is let go, for a `fresh` one all, and so is a line that was not
    written to its end.
    """

    def __init__(self, path: Path, about: dict[str, object], *, fresh: bool = False) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text("utf-8").splitlines() if path.exists() and not fresh else []
        first = json.dumps(about, sort_keys=True)
        whole = [line for line in lines[1:] if line.endswith("]")] if lines[:1] == [first] else []
        path.write_text("\n".join([first, *whole, ""]), "utf-8")
        self.outcomes = [Outcome(**one) for line in whole for one in json.loads(line)]

    def has(self, id: str) -> bool:
        """Tells whether a question's outcomes are kept."""
        return any(one.id == id for one in self.outcomes)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Keeps all outcomes of one question."""
        self.outcomes += outcomes
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([asdict(one) for one in outcomes]) + "\n")

    def drop(self) -> None:
        """Lets all go, as the run is over."""
        self._path.unlink()
