from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.domain import Lesson
from app.training.recipe import Recipe
from bench import plain_dpo
from tests.tiny_models import save_model

TAUGHT = [
    Lesson(
        repository_id=1,
        reply_id=at,
        thread=at,
        question="where?",
        prompt=f"Where does server {at} listen?\n",
        chosen="Yes, on the port.",
        rejected="On the port.",
        weight=1.0,
        people=(),
        urls=(),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for at in range(6)
]


def test_both_ways_make_the_same_steps(tmp_path: Path) -> None:
    model = save_model(tmp_path / "model")
    recipe = Recipe.read()
    quick = replace(recipe, length=256, dpo=replace(recipe.dpo, epochs=2, rows=4))
    ways = [plain_dpo.treadle(model, TAUGHT, quick), plain_dpo.plain(model, TAUGHT, quick)]
    # Two steps of four and two pairs, twice.
    assert [cost.steps for cost in ways] == [4, 4]
    assert all(cost.seconds > 0 and cost.processor_seconds > 0 for cost in ways)
