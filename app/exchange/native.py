"""Treadle's own rows: all there is to tell of each.

`kind` is `pair`, `unpaired` or `coh`. The first two have `prompt`, `chosen` and `rejected`, one
of which is empty where unpaired; a `coh` row has the same once more as one `text` of a `form`,
with the [start, end] of each answer in `segments`, the stretches that bear loss.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.domain import PreferenceRow, RowKind
from app.exchange.beside import beside, row_of
from app.exchange.marked import forms_of, marked, taken_apart
from app.exchange.values import LONGEST_TEXT, Fault, Values

LONGEST_SEQUENCE = 4 * LONGEST_TEXT
"""Characters of a Chain of Hindsight sequence: a question, two texts, and their marks."""
COLUMNS = {
    "kind": "text",
    "prompt": "text",
    "chosen": "text",
    "rejected": "text",
    "form": "text",
    "text": "text",
    "segments": "spans",
}


def lay_out(row: PreferenceRow) -> Iterator[dict[str, Any]]:
    """Yields a row, and the Chain of Hindsight rows that say the same."""
    more = beside(row)
    texts = {"prompt": row.prompt, "chosen": row.chosen, "rejected": row.rejected}
    yield {"kind": row.kind.value, **texts, "form": "", "text": "", "segments": [], **more}
    for form in forms_of(row.chosen, row.rejected):
        text, segments = marked(row.prompt, row.chosen, row.rejected, form)
        yield {
            "kind": RowKind.COH.value,
            "prompt": row.prompt,
            "chosen": "",
            "rejected": "",
            "form": form,
            "text": text,
            "segments": [list(segment) for segment in segments],
            **more,
        }


def read(value: object, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the pair or unpaired row that a value is; a `coh` row is what it was made of.

    Raises:
        Fault: it is no such row.
    """
    values = Values(value)
    if "kind" not in values:
        raise Fault("“kind” is missing")
    kind = values.choice("kind", RowKind.PAIR)
    prompt = values.text("prompt")
    chosen, rejected = values.text("chosen", ""), values.text("rejected", "")
    if kind is RowKind.COH:
        form, text = values.text("form"), values.text("text", most=LONGEST_SEQUENCE)
        chosen, rejected = taken_apart(form, text, values.raw("segments"))
    row = row_of(values, prompt, chosen, rejected, at)
    if kind in (RowKind.PAIR, RowKind.UNPAIRED) and row.kind is not kind:
        raise Fault(f"a row of the kind {kind.value} has two texts, or one, and not as here")
    yield row
