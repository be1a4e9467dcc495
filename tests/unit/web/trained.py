"""A repository's training for the tests of the dashboard: feedback, runs and versions."""

import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.domain import AdapterVersion, Evidence, RowKind, Run, RunState, Verdict
from app.training.columns import Asked, Columns, Outcome, to_json
from app.training.gate import judge
from app.training.measured import AnswerMeasure, Measured, PairMeasure, Said, TextMeasure
from tests.stored import a_row, a_run, a_version
from tests.unit.web.bots import NOW, Shown, make_reply

FINE = Said(tokens=20, finished=True, repeated=0.0, doubled=False)
CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
LOSSES = {"sft": [3.0, 2.0, 1.0, 1.0], "dpo": [0.7, 0.6, 0.4, 0.3]}


def teach(bot: Shown, replies: int, *, pairs: int | None = None, text: str = "") -> None:
    """Lets a maintainer edit so many replies, each in a thread of its own, and like the others."""
    for at in range(replies):
        made = make_reply(1000 + at, question=f"{at}? {text}")
        reply = bot.store.replies.add(replace(made, number=1000 + at))
        is_pair = pairs is None or at < pairs
        row = a_row(
            kind=RowKind.PAIR if is_pair else RowKind.UNPAIRED,
            rejected="use tox" if is_pair else "",
            number=reply.number,
            reply_id=reply.id,
            created_at=NOW - timedelta(days=1),
        )
        bot.store.evidence.replace(reply.id, Evidence(memories=(), masses=(), rows=(row,)))


def measured(wins: int, total: int) -> Measured:
    """Held-out pairs, each of a thread of its own, of which so many go the adapter's way."""
    return Measured(
        pairs=[
            PairMeasure(
                reply_id=at,
                thread=at,
                weight=1.0,
                chosen=-9.0 if at < wins else -11.0,
                rejected=-10.0,
                base_chosen=-10.0,
                base_rejected=-10.0,
            )
            for at in range(total)
        ],
        answers=[
            *(
                AnswerMeasure(reply_id=at + 1, thread=at, base=FINE, led=FINE, kept=1.0)
                for at in range(total)
            ),
            *(
                AnswerMeasure(
                    probe=f"page.{at}", base=FINE, led=FINE, kept=1.0, base_right=True, right=True
                )
                for at in range(300)
            ),
        ],
        texts=[TextMeasure(tokens=100, base=-300.0, led=-301.0)],
        change=0.4,
    )


def columns(count: int = 16) -> Columns:
    """Questions of which none is as taught before, a quarter with memory, and all with all."""
    poor, good = Outcome(cost=0.5, satisfied=False), Outcome(cost=0.125, satisfied=True)
    return Columns(
        asked=[
            Asked(
                reply_id=at,
                thread=at,
                before=poor,
                learned=poor if at % 4 else good,
                adapter=Outcome(cost=0.25, satisfied=True),
                everything=good,
            )
            for at in range(count)
        ]
    )


@cache
def verdict(wins: int = 14, total: int = 16) -> Verdict:
    """What the gate says of so many wins; computed once each, as exact tests take a moment."""
    return judge([measured(wins, total)], columns=columns())


def keep(bot: Shown, number: int, *, wins: int = 14, **given: Any) -> AdapterVersion:
    """Keeps a version with its files, as a run does that made one."""
    values: dict[str, Any] = {
        "run_id": f"run-{number}",
        "verdict": verdict(wins),
        "metrics": {
            "losses": LOSSES,
            "columns": to_json(columns()),
            "lessons": 64,
            "pairs": 32,
            "threads": 20,
            "steps": 8,
            "seconds": 95.0,
            "dropped": {"nearly the same as another, and joined with it": 3},
            "redacted": 1,
        },
        "created_at": NOW - timedelta(days=30 - number),
    }
    version = a_version(number, **(values | given))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / CONFIG).write_text("{}")
        (folder / WEIGHTS).write_text(version.name)
        files = bot.artifacts.put(version.name, folder)
    return bot.store.adapters.add(a_version(number, **(values | given | {"files": files})))


def promote(bot: Shown, version: AdapterVersion, **given: Any) -> None:
    """Puts a version into force, as the run that made it does."""
    values = {"by": "max", "reason": "It passed the gate.", "at": version.created_at}
    bot.store.adapters.promote(version.repository_id, version.name, **(values | given))


def run(bot: Shown, run_id: str = "now", **given: Any) -> Run:
    """Creates a run of the maintainer that waits."""
    values = {"by": "max", "created_at": NOW - timedelta(minutes=10)}
    return bot.store.runs.create(a_run(run_id, **(values | given)))


def ended(
    bot: Shown, run_id: str, state: RunState, reason: str, *, adapter: str = "", **given: Any
) -> Run:
    """Creates a run, and lets it end 95 seconds after it began."""
    made = run(bot, run_id, **given)
    bot.store.runs.start(run_id, made.created_at)
    at = made.created_at + timedelta(seconds=95)
    return bot.store.runs.finish(run_id, state, at, reason=reason, adapter=adapter)
