"""What the page of a repository's training says: what there is, what goes on, what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain import Progress, Repository, Run, RunState
from app.web.bot import Bot
from app.web.durations import duration
from app.web.versions import in_use, versions

RUNS = 20
"""Past runs that are shown, the newest first."""
CHANGES = 20
"""Changes of what answers use that are shown, the newest first."""
RENEW_SECONDS = 5
"""Time after which a page that shows a run is loaded again."""
PHASES = {
    "model": "loading the model",
    "reference": "reading what the model says by itself",
    "sft": "imitating what people wrote (SFT)",
    "dpo": "preferring what people chose (DPO)",
    "measuring": "measuring what it learned",
    "questions": "answering held-out questions in four ways",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A run in words: `phase` is where it is, `time` how long it took until now or its end."""

    run: Run
    phase: str
    time: str


def training(bot: Bot, repository: Repository, now: datetime) -> dict[str, Any]:
    """All of a repository's training."""
    store = bot.store
    runs = store.runs.recent(repository.id, RUNS + 1)
    under_way = store.runs.under_way(repository.id)
    found = versions(bot, repository.id)
    return {
        "run": None if under_way is None else told(under_way, now),
        "outlook": bot.orders.outlook(repository.id),
        "latest": runs[0].id if runs else "",
        "runs": [told(run, now) for run in runs if run.ended_at is not None][:RUNS],
        "numbers": {one.version.name: one.version.number for one in found},
        "versions": found,
        "in_use": in_use(bot, repository.id, found),
        "changes": list(reversed(store.adapters.history(repository.id)))[:CHANGES],
        "shown_runs": RUNS,
        "shown_changes": CHANGES,
    }


def told(run: Run, now: datetime) -> Told:
    """Puts a run into words."""
    time = ""
    if run.started_at is not None:
        time = duration(((run.ended_at or now) - run.started_at).total_seconds())
    waits = run.state is RunState.WAITING
    return Told(run=run, phase="waiting for its turn" if waits else phase(run.progress), time=time)


def phase(progress: Progress) -> str:
    """Says where a training is, in words: `fold 1 of 4, sft` as the process calls it."""
    part, _, name = progress.phase.rpartition(", ")
    words = PHASES.get(name, name) or "preparing"
    if part == "kept":
        part = "with everything"
    return f"{part}: {words}" if part else words
