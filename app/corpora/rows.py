"""Rows of yes/no questions about answers, as values and as lines of JSON.

A row says what was read (sources and a question), what was answered, what is asked about the
answer, and the label. It is laid out for a model only where it is used: in the numbered layout
as one page, for other models as the prompt that answering gives them.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from app.domain import Dictionary, Facts, Passage, Prompt, Question
from app.errors import UserError
from app.layouts import Layout, numbered
from app.weave.prompts import lay_out

Split = Literal["train", "test"]
KIND = "yes_no"
_HALVES = re.compile("[\ud800-\udfff]")
BUDGET = 4000
"""Tokens that a prompt may have, as `app.layouts.templates.tokens` counts them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A yes/no question about an answer, and what is true.

    `name` is shared by rows that ask the same; `sources` are sentences, the first is `[1]`;
    `split` tells rows to train on from those to test on, which share no file; `odds` are the
    log-odds that the label comes from, where a model gave it.
    """

    name: str
    question: str
    asked: str
    sources: tuple[str, ...]
    answer: str
    label: bool
    split: Split = "train"
    odds: float | None = None

    @property
    def page(self) -> tuple[tuple[str, ...], str]:
        """What is read before the answer; rows with the same share a prompt."""
        return self.sources, self.asked


def prompt(row: Row, layout: Layout) -> Prompt:
    """Lays out what stands before a row's answer."""
    asked = Question(text=row.asked)
    passages = [
        Passage(path="", start_line=1, end_line=1, title="", text=text) for text in row.sources
    ]
    if layout is Layout.NUMBERED:
        text = numbered.page(row.sources, row.asked)
        return Prompt(text=text, question=asked, sources=passages, shown=len(passages))
    return lay_out(
        asked,
        passages,
        facts=Facts(),
        examples=(),
        dictionary=Dictionary(repository_id=0),
        budget=BUDGET,
    )


def question(row: Row, layout: Layout) -> str:
    """Returns what is put to a model behind the answer."""
    return numbered.check(row.question) if layout is Layout.NUMBERED else row.question


def line(value: Mapping[str, Any]) -> str:
    """Returns a row of any corpus as its line of a file."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def values(row: Row) -> dict[str, Any]:
    """Returns a row as JSON values."""
    found = {"kind": KIND, **asdict(row), "sources": list(row.sources)}
    return {name: value for name, value in found.items() if value is not None}


def write(path: Path, lines: Iterable[Mapping[str, Any]]) -> str:
    """Writes rows of any corpus, a line each; returns the SHA-256 of the file, in hex.

    Raises:
        UserError: it cannot be written.
    """
    data = "".join(map(line, lines)).encode()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    return hashlib.sha256(data).hexdigest()


def of(value: Mapping[str, Any]) -> Row:
    """Reads a row of JSON values.

    Raises:
        ValueError: it is none.
    """
    names = {field.name for field in fields(Row)}
    try:
        row = Row(
            **{name: given for name, given in value.items() if name in names - {"sources"}},
            sources=tuple(value["sources"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no yes/no row") from error
    texts = (row.name, row.question, row.asked, row.answer, *row.sources)
    if value.get("kind") != KIND or not all(isinstance(text, str) for text in texts):
        raise ValueError("no yes/no row")
    if any(map(_HALVES.search, texts)):
        raise ValueError("a yes/no row has half of a character (a lone surrogate)")
    if not isinstance(row.label, bool) or row.split not in ("train", "test"):
        raise ValueError("no yes/no row")
    if not 0 < len(row.sources) <= numbered.MOST:
        raise ValueError(f"a yes/no row has 1 to {numbered.MOST} sources")
    return row


def read(lines: Iterable[Mapping[str, Any]], path: Path) -> Sequence[Row]:
    """Reads the rows of a file.

    Args:
        lines: its rows as `app.corpora.files.rows` gives them.
        path: its name, for the error.

    Raises:
        UserError: one of them is no yes/no row, or there are none.
    """
    found = []
    for number, value in enumerate(lines, 1):
        try:
            found.append(of(value))
        except ValueError as error:
            raise UserError(
                f"{path}, row {number}: {error}. `treadle corpus make bootstrapped` and "
                "`distilled` make such files."
            ) from error
    if not found:
        raise UserError(f"{path} has no rows.")
    return found
