"""Bobbin's layout: each source is one sentence with a number, and an answer repeats sentences.

```
Sources
[1] The server listens on port 8080.
[2] Set `HOST` to listen on another address.
Keep: port; server
Avoid: host
Question: where does it listen?
Answer:
[1] The server listens on port 8080.
```
`Keep` and `Avoid` are phrases that people keep and strike out, left out where there are none.
Earlier questions with good answers stand before the question, in the same form. An answer has
one or more lines; each may begin with a lead such as `Short answer:` before its number. After
an answer, a line `Check:` asks the evaluator's question, and the next is `yes` or `no`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.layouts.templates import fill, template

MOST = 9
"""Numbers with a token of their own: `[1]` to `[9]`."""
YES, NO = "yes", "no"
_MARK = re.compile(r"\[([1-9])\]")
_LINE = re.compile(r"(?P<lead>[^\[\n]*?) ?\[(?P<number>[1-9])\] (?P<text>.*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of an answer: its lead, without space at its end, its number from 1, its text."""

    lead: str = ""
    number: int
    text: str

    def __str__(self) -> str:
        lead = f"{self.lead} " if self.lead else ""
        return f"{lead}[{self.number}] {self.text}"


def flat(text: str) -> str:
    """Returns text as one line in which nothing looks like the number of a source."""
    return _MARK.sub(r"(\1)", " ".join(text.split()))


def page(
    sources: Sequence[str],
    question: str,
    *,
    keep: Sequence[str] = (),
    avoid: Sequence[str] = (),
    turns: Sequence[tuple[str, str]] = (),
) -> str:
    """Lays out what comes before an answer.

    Args:
        sources: sentences; the first is `[1]`.
        question: what is asked.
        keep: phrases that people keep.
        avoid: phrases that people strike out.
        turns: earlier questions, each with its answer as `Line`s joined by line ends.

    Raises:
        ValueError: there are no sources or more than `MOST`.
    """
    if not 0 < len(sources) <= MOST:
        raise ValueError(f"a page has 1 to {MOST} sources, not {len(sources)}")
    listed = [f"[{at}] {flat(text)}\n" for at, text in enumerate(sources, 1)]
    hints = [
        f"{name}: {'; '.join(map(flat, phrases))}\n"
        for name, phrases in (("Keep", keep), ("Avoid", avoid))
        if phrases
    ]
    earlier = [f"Question: {flat(asked)}\nAnswer:\n{said}\n" for asked, said in turns]
    return fill(
        template("bobbin/page"),
        {
            "sources": "".join(listed),
            "hints": "".join(hints),
            "turns": "".join(earlier),
            "question": flat(question),
        },
    )


def check(question: str) -> str:
    """Returns what follows an answer to ask about it; the next word is `YES` or `NO`."""
    return fill(template("bobbin/judge"), {"question": flat(question)})


def unknown() -> str:
    """Returns the answer where the sources have none."""
    return template("bobbin/unknown")


def read(answer: str) -> list[Line] | None:
    """Reads an answer's lines; None where one of them has no number."""
    lines = []
    for said in answer.strip("\n").split("\n"):
        found = _LINE.fullmatch(said)
        if found is None:
            return None
        lines.append(Line(lead=found["lead"], number=int(found["number"]), text=found["text"]))
    return lines
