"""What an adapter is worth to people: held-out questions answered in four ways.

The four ways are the columns of the product's table: `before` anything was learned, with
`learned` memory and weights, with the `adapter` alone, and with `everything`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Way = Literal["before", "learned", "adapter", "everything"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One answer: `cost` in [0, 1] is what is left to edit, `satisfied` if it is as taught."""

    cost: float
    satisfied: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One held-out question, answered in four ways."""

    reply_id: int
    thread: int
    before: Outcome
    learned: Outcome
    adapter: Outcome
    everything: Outcome

    def outcome(self, way: Way) -> Outcome:
        """Returns what came of one way."""
        found: Outcome = getattr(self, way)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """All questions that were asked."""

    asked: Sequence[Asked]

    def saved(self, one: Way, other: Way) -> list[float]:
        """Returns how much less there is to edit the other way than one way, by thread.

        Questions of one thread are alike: it is their mean that counts, once.
        """
        threads: dict[int, list[float]] = {}
        for question in self.asked:
            saved = question.outcome(one).cost - question.outcome(other).cost
            threads.setdefault(question.thread, []).append(saved)
        return [sum(found) / len(found) for found in threads.values()]

    def cost(self, way: Way) -> float:
        """Returns the mean edit cost of one way; there must be questions."""
        return sum(question.outcome(way).cost for question in self.asked) / len(self.asked)

    def satisfied(self, way: Way) -> int:
        """Returns how many answers of one way are as taught."""
        return sum(question.outcome(way).satisfied for question in self.asked)


def to_json(columns: Columns) -> dict[str, Any]:
    """Returns columns as JSON values."""
    return {"asked": [asdict(one) for one in columns.asked]}


def from_json(value: Mapping[str, Any]) -> Columns:
    """Reads what `to_json` made.

    Raises:
        TypeError, KeyError: it is something else.
    """
    return Columns(
        asked=tuple(
            Asked(**{**one, **{way: Outcome(**one[way]) for way in get_args(Way)}})
            for one in value["asked"]
        )
    )
