"""Records of Argilla 2: the list of objects that `Dataset.records.to_json` writes and
`from_json` reads (https://docs.argilla.io/latest/how_to_guides/import_export).

The dataset wants three text fields, `prompt`, `first` and `second` (the last not required), and
a label question `preferred` with the labels `first`, `second` and `none`. Which text of a pair
comes first is drawn by a hash of both, so that who labels cannot tell by the place. What people
said is the suggestion; where annotators responded, what most of them say counts instead.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain import PreferenceRow
from app.exchange.beside import beside, only, row_of
from app.exchange.digests import digest
from app.exchange.values import Fault, Values, named

QUESTION = "preferred"
FIRST, SECOND, NONE = "first", "second", "none"
AGENT = "treadle"


def lay_out(row: PreferenceRow, copy: int = 0) -> Iterator[dict[str, Any]]:
    """Yields the record of a row. Metadata of Argilla's are texts, numbers, or lists of texts:
    what is neither is left out.

    Args:
        row: what the record is of.
        copy: how many rows with the same texts came before; ids differ by that.
    """
    fields = {"prompt": row.prompt, FIRST: row.chosen or row.rejected}
    value = FIRST if row.chosen else NONE
    if row.chosen and row.rejected:
        turned = digest(*sorted((row.chosen, row.rejected))) < "8"
        low, high = sorted((row.chosen, row.rejected), reverse=turned)
        fields |= {FIRST: low, SECOND: high}
        value = FIRST if low == row.chosen else SECOND
    told = {key: one for key, one in beside(row).items() if one is not None}
    if "near" in told:
        told["near"] = "yes" if told["near"] else "no"
    yield {
        "id": digest(row.prompt, row.chosen, row.rejected, str(copy)),
        "fields": fields,
        "metadata": told,
        "suggestions": {QUESTION: {"value": value, "score": None, "agent": AGENT}},
        "responses": {},
        "vectors": {},
    }


def read(value: object, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the row that a record is.

    Raises:
        Fault: it is none, or annotators are of two minds.
    """
    record = Values(value, "a record")
    fields = Values(record.raw("fields"), "“fields”")
    first, second = fields.text(FIRST), fields.text(SECOND, "")
    label = _label(record)
    if label == SECOND and not second.strip():
        raise Fault("the second text is preferred, and there is none")
    if label == NONE and second.strip():
        raise Fault("neither of two texts is preferred, which makes no row: take the record out")
    chosen, rejected = (second, first) if label == SECOND else (first, second)
    if label == NONE:
        chosen, rejected = "", first
    metadata = record.raw("metadata")
    about = Values(only(metadata) if isinstance(metadata, Mapping) else {})
    yield row_of(about, fields.text("prompt"), chosen, rejected, at)


def _label(record: Values) -> str:
    """Returns what most annotators say, or else what was suggested."""
    responses = _of_question(record, "responses")
    if responses is None or responses == []:
        suggestion = _of_question(record, "suggestions")
        return _known(Values(suggestion, f"the suggestion for “{QUESTION}”").raw("value"))
    if not isinstance(responses, Sequence) or isinstance(responses, str):
        raise Fault(f"the responses to “{QUESTION}” have to be a list, not {named(responses)}")
    counts = Counter(_known(Values(one, "a response").raw("value")) for one in responses)
    (label, most), *others = counts.most_common()
    if others and others[0][1] == most:
        raise Fault("as many annotators say one thing as another: settle it in Argilla first")
    return label


def _of_question(record: Values, name: str) -> Any:
    given = record.raw(name)
    return given.get(QUESTION) if isinstance(given, Mapping) else None


def _known(label: object) -> str:
    if label not in (FIRST, SECOND, NONE):
        raise Fault(f"“{QUESTION}” has to be one of: {FIRST}, {SECOND}, {NONE}")
    return str(label)
