"""Runs of training made ready: lessons of a tiny made-up repository, and a recipe of seconds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain import Lesson
from app.layouts import Layout, numbered
from app.training import snapshot
from app.training.recipe import Recipe
from app.training.spec import Spec

NAMES = ("host", "port", "path", "user", "mode", "size", "time", "line")


def lesson(at: int, **values: Any) -> Lesson:
    """A pair of its own thread: the chosen answer begins with a lead."""
    # Unlike enough that no two are joined as nearly the same.
    name = NAMES[at % len(NAMES)] + chr(ord("a") + at) * 4
    sources = [f"The {name} is set in file {at}.", f"No {name} is read twice."]
    return Lesson(
        **{
            "repository_id": 1,
            "reply_id": at,
            "thread": at,
            "question": f"where is the {name} set?",
            "prompt": numbered.page(sources, f"where is the {name} set?"),
            "chosen": f"In short: [1] {sources[0]}",
            "rejected": f"[1] {sources[0]}",
            "weight": 0.5 + 0.5 * (at % 2),
            "people": ("ana",),
            "urls": (),
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
            **values,
        }
    )


def quick(**values: Any) -> Recipe:
    """The recipe with few steps of few rows, and checkpoints every few steps."""
    made = Recipe.read()
    return replace(
        made,
        length=1024,
        lora=replace(made.lora, rank=2, alpha=4),
        sft=replace(made.sft, forms=("plain", "pn"), epochs=1, rows=4),
        dpo=replace(made.dpo, epochs=1, rows=2),
        checkpoint=replace(made.checkpoint, steps=3, seconds=1000.0),
        **values,
    )


def prepare(
    folder: Path,
    model: Path,
    lessons: Sequence[Lesson],
    *,
    recipe: Recipe | None = None,
    folds: Callable[[int], int] | None = None,
    count: int = 1,
) -> Path:
    """Writes a run's folder; `folds` gives each lesson's fold, every third 0 unless told."""
    folder.mkdir()
    taken = snapshot.take(lessons)
    assert len(taken.lessons) == len(lessons)
    dealt = [(folds or (lambda at: -1 if at % 3 else 0))(one.reply_id) for one in taken.lessons]
    lines = snapshot._lines(taken.lessons, dealt)
    hashed = snapshot.hashlib.sha256(lines).hexdigest()
    snapshot.write(replace(taken, folds=dealt, count=count, hash=hashed), folder)
    Spec(
        model=str(model),
        layout=Layout.NUMBERED,
        device="cpu",
        threads=1,
        nice=0,
        seed=5,
        recipe=recipe or quick(),
        adapter="r1-0001-abcdef01",
    ).write(folder)
    return folder
