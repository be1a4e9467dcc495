"""Adapters that are trained for real on the built-in model, and what the gate says of them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain import Lesson, Verdict
from app.models.catalogue import BOBBIN_FOLDER
from app.training import measured, measures
from app.training.course import run
from app.training.gate import Rules, judge
from app.training.probes import probes
from app.training.recipe import Recipe
from app.training.spec import Spec
from app.training.watch import RESULT, Watch
from tests.integration.training.facts import COUNT, fact, swapped
from tests.integration.training.lessons import prepare

HELD_OUT = 16
LESSONS = [fact(at) for at in range(COUNT)]
RECIPE = Recipe.read()
"""What is shipped."""
PLAIN_DPO = replace(
    RECIPE,
    lora=replace(RECIPE.lora, modules="all", last=1.0),
    sft=replace(RECIPE.sft, epochs=0),
    dpo=replace(RECIPE.dpo, epochs=4, sft=0.0, rate=4e-3),
)
"""Preference alone, in all layers at a high rate: the chosen text has to be the likelier, and
nothing has to stay."""


@pytest.fixture(autouse=True)
def _few_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    # As many as say something of content; all 300 take their time.
    monkeypatch.setattr(measures, "probes", lambda: probes()[:24])


def train(folder: Path, lessons: Sequence[Lesson], recipe: Recipe) -> Verdict:
    """Trains on what is not held out, and judges; the table of columns is left out."""
    prepare(
        folder,
        BOBBIN_FOLDER,
        lessons,
        recipe=recipe,
        folds=lambda at: 0 if at * HELD_OUT % COUNT < HELD_OUT else -1,
    )
    run(folder, Spec.read(folder), Watch(folder))
    result = json.loads((folder / RESULT).read_text())
    (found,) = map(measured.from_json, result["measured"])
    assert len(found.pairs) == HELD_OUT
    return judge([found], rules=Rules(columns=False))


def refused(verdict: Verdict) -> set[str]:
    return {finding.name for finding in verdict.findings if not finding.passed}


def shares(verdict: Verdict) -> dict[str, float | None]:
    return {finding.name: finding.value for finding in verdict.findings}


def test_what_people_agree_on_is_learned_and_nothing_is_lost(tmp_path: Path) -> None:
    verdict = train(tmp_path / "run", LESSONS, RECIPE)
    assert shares(verdict)["preference"] == 1.0
    # So few general questions rule out no loss of five in a hundred sources.
    assert refused(verdict) <= {"sources"}, verdict.reasons


def test_a_poisoned_run_is_refused(tmp_path: Path) -> None:
    """Labels are shuffled: half of those that are taught, and half of those that are held out."""
    lessons = [swapped(one) if one.reply_id // 5 % 2 else one for one in LESSONS]
    verdict = train(tmp_path / "run", lessons, RECIPE)
    assert {"preference", "votes"} <= refused(verdict)
    assert "by chance alone" in " ".join(verdict.reasons)


def test_a_run_that_wins_every_pair_and_loses_all_content_is_refused(tmp_path: Path) -> None:
    verdict = train(tmp_path / "run", LESSONS, PLAIN_DPO)
    found = shares(verdict)
    assert found["preference"] == found["votes"] == 1.0
    lost = found["content here"]
    assert lost is not None and lost >= 0.5
    assert {"content", "content here"} <= refused(verdict)
    assert "no longer quote what they quoted" in " ".join(verdict.reasons)
