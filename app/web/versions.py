"""Versions of adapters as the pages tell of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import AdapterVersion, Promotion
from app.training.columns import Columns, Way, from_json
from app.web.bot import Bot
from app.web.curves import LossChart, Preference, loss_chart, preference_of
from app.web.durations import duration

WAYS: Mapping[Way, str] = {
    "before": "nothing learned",
    "learned": "memory and weights",
    "adapter": "adapter alone",
    "everything": "all of it",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A version: whether answers use it, and what may be done with it.

    `misfit` says in words why answers would not use it, though it is in force; empty where
    nothing is known against it.
    """

    version: AdapterVersion
    in_use: bool
    preference: Preference | None
    misfit: str

    @property
    def worth(self) -> str:
        """Says in words what it is worth beside memory and weights; empty where nobody looked."""
        findings = self.version.verdict.findings
        return next((one.about for one in findings if one.name == "worth"), "")

    @property
    def promotable(self) -> bool:
        """Whether it may be put into force."""
        out = self.version.retired_at or self.version.taken_back_at
        usable = self.version.verdict.passed and out is None
        return usable and not self.in_use and not self.misfit

    @property
    def retirable(self) -> bool:
        """Whether it may be taken out for good."""
        return not self.in_use and self.version.retired_at is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """Held-out questions answered in one way: as taught, and what is left to edit in [0, 1]."""

    name: str
    satisfied: int
    total: int
    cost: float


@dataclass(frozen=True, kw_only=True, slots=True)
class InUse:
    """What answers use: a version, or None for the base model; `change` is how that came.

    `unused` tells that the newest reply was given without it all the same.
    """

    shown: Shown | None
    change: Promotion | None
    unused: bool


def versions(bot: Bot, repository_id: int) -> Sequence[Shown]:
    """Returns a repository's versions, the newest first."""
    active = bot.store.adapters.active(repository_id)
    found = bot.store.adapters.versions(repository_id)
    name = "" if active is None else active.name
    return [_shown(bot, version, name) for version in reversed(found)]


def in_use(bot: Bot, repository_id: int, found: Sequence[Shown]) -> InUse:
    """Says what a repository's answers use, given its versions."""
    shown = next((one for one in found if one.in_use), None)
    history = bot.store.adapters.history(repository_id)
    newest = bot.store.replies.recent(repository_id, 1)
    without = newest[0].block.get("without") if newest else None
    return InUse(
        shown=shown,
        change=history[-1] if history else None,
        unused=shown is not None and without == shown.version.name,
    )


def version(bot: Bot, repository_id: int, number: int) -> dict[str, Any] | None:
    """One version with all that is known of it; None where there is none of this number."""
    found = versions(bot, repository_id)
    shown = next((one for one in found if one.version.number == number), None)
    if shown is None:
        return None
    metrics = shown.version.metrics
    seconds = metrics.get("seconds")
    return {
        "one": shown,
        "columns": columns_of(metrics),
        "chart": losses_of(metrics),
        "material": _material(metrics),
        "dropped": _left_out(metrics),
        "redacted": metrics.get("redacted", 0),
        "time": "" if seconds is None else duration(seconds),
        "recipe": json.dumps(shown.version.recipe, indent=2, ensure_ascii=False),
    }


def columns_of(metrics: Mapping[str, Any]) -> Sequence[Column]:
    """Returns the four columns; none where they were not measured, or in another form."""
    try:
        columns = from_json(metrics["columns"])
    except (KeyError, TypeError):
        return ()
    return [_column(columns, way) for way in WAYS] if columns.asked else ()


def losses_of(metrics: Mapping[str, Any]) -> LossChart | None:
    """Returns the picture of the losses; None where none were kept."""
    losses = metrics.get("losses")
    return loss_chart(losses) if isinstance(losses, Mapping) else None


def _shown(bot: Bot, value: AdapterVersion, active: str) -> Shown:
    misfit = ""
    if value.base != bot.model.name:
        misfit = f"It was trained on {value.base}, and answers are drafted by {bot.model.name} now."
    return Shown(
        version=value,
        in_use=value.name == active,
        preference=preference_of(value.verdict),
        misfit=misfit,
    )


def _column(columns: Columns, way: Way) -> Column:
    return Column(
        name=WAYS[way],
        satisfied=columns.satisfied(way),
        total=len(columns.asked),
        cost=columns.cost(way),
    )


TOO_LONG = "longer than the recipe or the model reads"
_MATERIAL = {"lessons": "lessons", "pairs": "pairs", "threads": "threads", "steps": "steps"}
_IMPORTED = "imported rows among the lessons"


def _material(metrics: Mapping[str, Any]) -> Mapping[str, int]:
    """Returns what is known in numbers of what it was made of."""
    found = {words: metrics.get(name) for name, words in _MATERIAL.items()}
    return _counts({**found, _IMPORTED: metrics.get("imported") or None})


def _left_out(metrics: Mapping[str, Any]) -> Mapping[str, int]:
    """Returns how many lessons were not learned from, by the reason."""
    long = _counts({TOO_LONG: metrics.get("too_long")})
    return {
        **_counts(metrics.get("dropped")),
        **{why: count for why, count in long.items() if count},
    }


def _counts(values: object) -> Mapping[str, int]:
    if not isinstance(values, Mapping):
        return {}
    return {str(name): value for name, value in values.items() if isinstance(value, int)}
