from dataclasses import replace
from datetime import UTC, datetime

import pytest
import torch

from app.domain import Lesson
from app.errors import UserError
from app.training.course import _check, parts
from app.training.snapshot import Snapshot

LESSON = Lesson(
    repository_id=1,
    reply_id=0,
    thread=0,
    question="where?",
    prompt="where?",
    chosen="here",
    weight=1.0,
    people=(),
    urls=(),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def snapshot(folds: list[int], count: int) -> Snapshot:
    lessons = [replace(LESSON, reply_id=at) for at in range(len(folds))]
    return Snapshot(
        lessons=lessons,
        folds=folds,
        count=count,
        kin={0: 0},
        independent=0,
        dropped={},
        redacted=0,
        hash="",
    )


@pytest.mark.parametrize(
    ("folds", "count", "wanted"),
    [
        # One split: what is measured is kept.
        ([0, -1, 0, -1], 1, [("kept", [1, 3], [0, 2], True)]),
        # Folds: each sees all but its own; the one that is kept sees everything.
        (
            [0, 1, -1, 1],
            2,
            [
                ("fold 1 of 2", [1, 2, 3], [0], False),
                ("fold 2 of 2", [0, 2], [1, 3], False),
                ("kept", [0, 1, 2, 3], [], True),
            ],
        ),
        ([-1, -1], 0, [("kept", [0, 1], [], True)]),
    ],
)
def test_each_adapter_is_measured_on_what_it_did_not_see(
    folds: list[int], count: int, wanted: list[tuple[str, list[int], list[int], bool]]
) -> None:
    found = [
        (
            part.name,
            [lesson.reply_id for lesson in part.taught],
            [lesson.reply_id for lesson in part.held_out],
            part.kept,
        )
        for part in parts(snapshot(folds, count))
    ]
    assert found == wanted


def test_kindred_threads_are_measured_as_one() -> None:
    lessons = [replace(LESSON, reply_id=at, thread=at) for at in (4, 7, 9)]
    taken = replace(snapshot([0, 0, -1], 1), lessons=lessons, kin={4: 4, 7: 4, 9: 9})
    (part,) = parts(taken)
    assert [(one.reply_id, one.thread) for one in part.held_out] == [(4, 4), (7, 4)]


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ([1.0], [0.0], "changed nothing"),
        ([1.0], [float("nan")], "came apart"),
        ([float("inf")], [1.0], "came apart"),
    ],
)
def test_an_adapter_that_cannot_be_one_is_told_of(
    a: list[float], b: list[float], words: str
) -> None:
    weights = {"x.lora_A.weight": torch.tensor(a), "x.lora_B.weight": torch.tensor(b)}
    with pytest.raises(UserError, match=words):
        _check(weights)


def test_an_adapter_that_changes_something_will_do() -> None:
    _check({"x.lora_A.weight": torch.tensor([1.0]), "x.lora_B.weight": torch.tensor([0.1])})
