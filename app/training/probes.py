"""General questions and texts, on which an adapter should do as well as its base.

`probes.jsonl` was written for this and is about tools that do not exist, so that no model has
read of them and no repository is about them. A page is a few sentences of one tool, and each of
its questions is answered by the sentence of the same place; so every sentence is right once, and
a model that always says the first one is right one time in five. Lines with `text` are plain
prose, for the perplexity.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.layouts import Layout, numbered
from app.layouts.templates import fill, foreign, template

_FILE = Path(__file__).parent / "probes.jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """One general question; `gold` is the number, from 1, of the source that answers it."""

    name: str
    sources: Sequence[str]
    question: str
    gold: int

    def answer(self, layout: Layout) -> str:
        """Returns the right answer, which repeats the right source."""
        text = self.sources[self.gold - 1]
        if layout is Layout.NUMBERED:
            return str(numbered.Line(number=self.gold, text=numbered.flat(text)))
        return f"{text} [{self.gold}]"


@cache
def probes() -> tuple[Probe, ...]:
    """Returns all questions, so ordered that the first few are about different pages and have
    their answers in different places."""
    pages = [row for row in _rows() if "page" in row]
    found = [
        ((at - place) % len(page["questions"]), place, page, at)
        for place, page in enumerate(pages)
        for at in range(len(page["questions"]))
    ]
    return tuple(
        Probe(
            name=f"{page['page']}.{at + 1}",
            sources=tuple(page["sources"]),
            question=page["questions"][at],
            gold=at + 1,
        )
        for _, _, page, at in sorted(found, key=lambda one: one[:2])
    )


@cache
def texts() -> tuple[str, ...]:
    """Returns the plain texts."""
    return tuple(row["text"] for row in _rows() if "text" in row)


def lay_out(probe: Probe, layout: Layout) -> str:
    """Lays a question out as answering lays it out where nothing was learned yet."""
    if layout is Layout.NUMBERED:
        return numbered.page(probe.sources, probe.question)
    path, _ = probe.name.split(".")
    listed = [
        f"[{number}]\n" + foreign(f"{path}.md: {path}\n{text}")
        for number, text in enumerate(probe.sources, 1)
    ]
    return fill(
        template("answer"),
        {
            "facts": "none",
            "examples": "none",
            "hints": "none",
            "unknown": numbered.unknown().strip(),
            "sources": "\n\n".join(listed),
            "question": foreign(probe.question),
        },
    )


@cache
def _rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _FILE.read_text("utf-8").splitlines()]
