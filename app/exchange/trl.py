"""The formats of TRL: preference, unpaired preference, prompt-completion.

https://huggingface.co/docs/trl/dataset_formats. Each in its plain form, texts as they are, or in
its conversational one, where each text is a list with one message, for models that have a chat
template. What stands beside the texts is left alone by TRL.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from app.domain import PreferenceRow
from app.exchange.beside import beside, row_of
from app.exchange.values import Fault, Values, named, text

PREFERENCE = {"prompt": "said", "chosen": "said", "rejected": "said"}
UNPAIRED = {"prompt": "said", "completion": "said", "label": "yes"}
COMPLETION = {"prompt": "said", "completion": "said"}


def preference(row: PreferenceRow, *, chat: bool = False) -> Iterator[dict[str, Any]]:
    """Yields a pair; nothing of an unpaired row."""
    if row.chosen and row.rejected:
        yield {
            "prompt": _said(row.prompt, "user", chat),
            "chosen": _said(row.chosen, "assistant", chat),
            "rejected": _said(row.rejected, "assistant", chat),
            **beside(row),
        }


def unpaired(row: PreferenceRow, *, chat: bool = False) -> Iterator[dict[str, Any]]:
    """Yields each text by itself with whether it is a good one; a pair gives both."""
    for words, good in ((row.chosen, True), (row.rejected, False)):
        if words:
            yield {
                "prompt": _said(row.prompt, "user", chat),
                "completion": _said(words, "assistant", chat),
                "label": good,
                **beside(row),
            }


def completion(row: PreferenceRow, *, chat: bool = False) -> Iterator[dict[str, Any]]:
    """Yields the good text; nothing of a row that has none."""
    if row.chosen:
        yield {
            "prompt": _said(row.prompt, "user", chat),
            "completion": _said(row.chosen, "assistant", chat),
            **beside(row),
        }


def read_preference(value: object, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the pair that a value is.

    Raises:
        Fault: it is none.
    """
    values = Values(value)
    chosen, rejected = _heard(values, "chosen"), _heard(values, "rejected")
    if not chosen.strip() or not rejected.strip():
        raise Fault("a pair needs words in “chosen” and in “rejected”")
    yield row_of(values, _heard(values, "prompt"), chosen, rejected, at)


def read_unpaired(value: object, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the unpaired row that a value is.

    Raises:
        Fault: it is none.
    """
    values = Values(value)
    good = values.raw("label")
    if not isinstance(good, bool):
        raise Fault("“label” has to be true or false")
    said = _heard(values, "completion")
    chosen, rejected = (said, "") if good else ("", said)
    yield row_of(values, _heard(values, "prompt"), chosen, rejected, at)


def read_completion(value: object, at: datetime) -> Iterator[PreferenceRow]:
    """Yields the row of a good text that a value is.

    Raises:
        Fault: it is none.
    """
    values = Values(value)
    yield row_of(values, _heard(values, "prompt"), _heard(values, "completion"), "", at)


def _said(words: str, role: str, chat: bool) -> Any:
    return [{"role": role, "content": words}] if chat else words


def _heard(values: Values, name: str) -> str:
    """Returns a text, plain or as the one message of a conversation."""
    value = values.raw(name)
    if isinstance(value, str) or value is None:
        return values.text(name)
    if not isinstance(value, Sequence):
        raise Fault(f"“{name}” has to be a text or a list of messages, and is {named(value)}")
    if len(value) != 1:
        raise Fault(f"“{name}” has {len(value)} messages; only conversations of one are read")
    return text(Values(value[0], f"a message of “{name}”").raw("content"), f"{name}.content")
