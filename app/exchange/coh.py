"""Chain of Hindsight's own JSON lines (`coh/data/pack_hf.py` of its authors).

Each line has texts by name and `fields`, which says in what order they are read: names in square
brackets bear no loss, `+` joins names, `<|eos|>` ends a text. Forms are p and n, with a good or
a bad text alone, and pn and np, with both in either order. The auxiliary format has plain
sentences instead of the two marks, one pair of sentences a row, drawn by a hash of its texts.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from app.domain import PreferenceRow
from app.exchange.beside import beside, row_of
from app.exchange.digests import digest
from app.exchange.marked import forms_of, told
from app.exchange.values import Fault, Values

USER_MARK = "User:"
MARKS = ("A helpful answer:", "An unhelpful answer:")
PHRASES = (
    ("This answer is the better one.", "This answer is the worse one."),
    ("Here is the more accurate answer.", "Here is the less accurate answer."),
    ("The people of this project kept this answer.", "The people of this project changed this."),
    ("Write the answer that helps more.", "Write the answer that helps less."),
    ("Answer this correctly.", "Answer this incorrectly."),
    ("An answer that a maintainer agrees with.", "An answer that a maintainer disagrees with."),
)
"""Sentences for a good and a bad text, of which one pair stands in place of `MARKS`."""
END = "<|eos|>"
MOST_FIELDS = 100
"""Names in `fields`."""
LONGEST_FIELD = 64
"""Characters of such a name, which faults tell."""
_FIELDS = re.compile(r"[A-Za-z0-9_,+<|>\[\]]+")
_GOOD, _BAD = "gpt", "gpt_bad"


def lay_out(row: PreferenceRow) -> Iterator[dict[str, Any]]:
    """Yields a row in each form that it can be told in, marked as in answers."""
    return _lay_out(row, MARKS)


def lay_out_aux(row: PreferenceRow) -> Iterator[dict[str, Any]]:
    """Yields a row in each form that it can be told in, with sentences as marks."""
    drawn = int(digest(row.prompt, row.chosen, row.rejected)[:2], 16)
    return _lay_out(row, PHRASES[drawn % len(PHRASES)])


def read(value: object, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the row that a line was made of.

    Raises:
        Fault: it is none, or a conversation of several turns.
    """
    values = Values(value)
    fields = values.text("fields")
    if fields.count(",") + fields.count("+") >= MOST_FIELDS:
        raise Fault(f"“fields” has more than {MOST_FIELDS} names")
    if not _FIELDS.fullmatch(fields):
        raise Fault("“fields” has something but names of letters, digits and _, and marks")
    if any(len(name) > LONGEST_FIELD for name in re.findall(r"\w+", fields)):
        raise Fault(f"“fields” has a name of more than {LONGEST_FIELD} characters")
    prompt: dict[str, None] = {}
    sides = {"p": "", "n": ""}
    for field in fields.split(","):
        if field.startswith("["):
            names = field.strip("[]").split("+")
            texts = [values.text(name) for name in names if not name.startswith("marker")]
            prompt |= dict.fromkeys(texts)
        elif field != END:
            side = _side(field)
            if sides[side]:
                raise Fault("“fields” has several turns, and rows have one question")
            sides[side] = values.text(field)
    yield row_of(values, "\n\n".join(prompt), sides["p"], sides["n"], at)


def _lay_out(row: PreferenceRow, marks: tuple[str, str]) -> Iterator[dict[str, Any]]:
    more = beside(row)
    for form in forms_of(row.chosen, row.rejected):
        yield {
            "marker_user": USER_MARK,
            "marker_gpt": marks[0],
            "marker_gpt_bad": marks[1],
            "human_0": row.prompt,
            "gpt_0": row.chosen,
            "gpt_bad_0": row.rejected,
            "fields": _fields([good for _, good in told(form, row.chosen, row.rejected)]),
            **more,
        }


def _fields(sides: Sequence[bool]) -> str:
    said = []
    for place, good in enumerate(sides):
        mark = "marker_gpt" if good else "marker_gpt_bad"
        said.append(f"[{mark}]" if place else f"[marker_user+human_0+{mark}]")
        said += ["gpt_0" if good else "gpt_bad_0", END]
    return ",".join(said)


def _side(field: str) -> str:
    name, _, number = field.rpartition("_")
    if name not in (_GOOD, _BAD) or not number.isdecimal():
        raise Fault("“fields” names something that is no answer: gpt_0, gpt_bad_0 and so on are")
    return "n" if name == _BAD else "p"
