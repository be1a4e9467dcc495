"""What was measured of an adapter: raw values, one a pair, an answer or a text; no people's words.

What follows from them is the gate's affair (`app/training/gate.py`). Log-probabilities are sums
over tokens in nats; `base` is the model with its adapter switched off, `led` with it on. A value
that came out as no number stays one (`nan`), and is `null` in JSON.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class PairMeasure:
    """How likely both texts of a held-out pair are, the end of text included.

    `weight` in (0, 1] is the trust behind the pair.
    """

    reply_id: int
    thread: int
    weight: float
    chosen: float
    rejected: float
    base_chosen: float
    base_rejected: float

    @property
    def margin(self) -> float:
        """How much likelier the chosen text is than the rejected one, with the adapter."""
        return self.chosen - self.rejected

    @property
    def base_margin(self) -> float:
        """The same without the adapter."""
        return self.base_chosen - self.base_rejected

    @property
    def gain(self) -> float:
        """DPO's implicit margin over beta (Rafailov et al. 2023, arXiv 2305.18290, equation 7)."""
        return self.margin - self.base_margin


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """The shape of one answer.

    `tokens` without the end of text; `finished` if that came before the limit; `repeated` in
    [0, 1] is the share of its runs of words that stood in it before; `doubled` if it opens with
    the same words twice.
    """

    tokens: int
    finished: bool
    repeated: float
    doubled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerMeasure:
    """The likeliest answers to one prompt, without and with the adapter.

    Exactly one of `probe` (the name of a general question) and `reply_id` (that of a held-out
    lesson, with its `thread`) is set. `kept` in [0, 1] is the share of what the base quotes that
    is quoted with the adapter too, None where the base quotes nothing; `apt` is the same share
    of what the right answer quotes: the right source's sentence, or what people wanted.
    `base_right` and `right` tell of a general question whether the right source is cited, and
    are None for lessons. `wanted` is how many tokens the answer that people wanted has, None
    where they wrote none.
    """

    probe: str = ""
    reply_id: int = 0
    thread: int = 0
    base: Said
    led: Said
    kept: float | None
    apt: float | None = None
    base_right: bool | None = None
    right: bool | None = None
    wanted: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TextMeasure:
    """How likely one general text is, without and with the adapter; `tokens` were told of it."""

    tokens: int
    base: float
    led: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """All that was measured of one adapter.

    `texts` are what a model says in general; `prose` is prose that it never says, of a model that
    only repeats sentences. `change` is the largest change of next-token logits after the prompts,
    relative to the largest logit of the base there; None where no prompt was read.
    """

    pairs: Sequence[PairMeasure] = ()
    answers: Sequence[AnswerMeasure] = ()
    texts: Sequence[TextMeasure] = ()
    prose: Sequence[TextMeasure] = ()
    change: float | None = None


def to_json(measured: Measured) -> dict[str, Any]:
    """Returns what was measured as JSON values."""
    found = _finite(asdict(measured))
    assert isinstance(found, dict)
    return found


def from_json(value: Mapping[str, Any]) -> Measured:
    """Reads what `to_json` made.

    Raises:
        TypeError, KeyError: it is something else.
    """
    return Measured(
        pairs=tuple(PairMeasure(**_numbers(one, _PAIR)) for one in value["pairs"]),
        answers=tuple(
            AnswerMeasure(**{**one, "base": Said(**one["base"]), "led": Said(**one["led"])})
            for one in value["answers"]
        ),
        texts=_texts(value["texts"]),
        prose=_texts(value["prose"]),
        change=value["change"],
    )


_PAIR = ("chosen", "rejected", "base_chosen", "base_rejected")
_TEXT = ("base", "led")


def _texts(values: Sequence[Mapping[str, Any]]) -> tuple[TextMeasure, ...]:
    return tuple(TextMeasure(**_numbers(one, _TEXT)) for one in values)


def _numbers(value: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {**value, **{name: math.nan if value[name] is None else value[name] for name in names}}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
