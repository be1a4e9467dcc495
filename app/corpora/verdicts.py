"""What a person thinks of rows, kept in a file beside the corpus, a line a verdict.

`NAME.verdicts.jsonl` belongs to the corpus `NAME`. A line has the row's hash, so that rows may
be added to the corpus or change places; of several lines of a row the last one counts.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from app.errors import UserError
from app.training.bobbin.shares import Share

ENDING = ".verdicts.jsonl"
Word = Literal["accepted", "rejected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One person's word on the row of a hash; `at` is an aware time in ISO 8601."""

    row: str
    verdict: Word
    who: str
    at: str


class Verdicts:
    """The verdicts on one corpus; each is on the disk before the next row is shown."""

    def __init__(self, corpus: Path) -> None:
        """Reads what is there.

        Raises:
            UserError: the file is damaged or cannot be read; says where.
        """
        self.path = corpus.with_name(corpus.name + ENDING)
        self._known = _read(self.path)

    @property
    def known(self) -> Mapping[str, Verdict]:
        """The verdicts by the hash of their row."""
        return self._known

    def add(self, row: str, word: Word, *, who: str, at: datetime) -> None:
        """Keeps a verdict.

        Raises:
            UserError: the file cannot be written.
        """
        verdict = Verdict(row=row, verdict=word, who=who, at=at.isoformat(timespec="seconds"))
        try:
            with self.path.open("ab") as file:
                file.write((json.dumps(asdict(verdict), ensure_ascii=False) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UserError(f"{self.path} cannot be written: {error.strerror}") from error
        self._known[row] = verdict

    def accepted(self) -> Share | None:
        """Returns the share of accepted rows among those with a verdict; None where none has."""
        words = [verdict.verdict == "accepted" for verdict in self._known.values()]
        return Share.of(words) if words else None


def _read(path: Path) -> dict[str, Verdict]:
    try:
        lines = path.read_text("utf-8").split("\n")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read.") from error
    found: dict[str, Verdict] = {}
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            verdict = Verdict(**json.loads(line))
            if verdict.verdict not in ("accepted", "rejected"):
                raise ValueError
        except (ValueError, TypeError) as error:
            raise UserError(
                f"{path}, line {number}: this is no verdict. Take the line out."
            ) from error
        found[verdict.row] = verdict
    return found
