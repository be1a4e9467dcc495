import json
import math

import pytest

from app.corpora import decomposition
from app.corpora.decomposition import MARGIN, combined, distilled
from app.errors import UserError
from app.layouts import Layout
from app.weave.principles import Principle
from tests.unit.corpora.made import Scripted, row

YES = Principle(name="a", question="Is it brief?")
NO = Principle(name="b", question="Is it rude?", expected=False)
HEAVY = Principle(name="c", question="Is it true?", weight=3.0)
IGNORED = Principle(name="d", question="Is it long?", weight=0.0)


@pytest.mark.parametrize(
    ("said", "easier", "odds"),
    [
        ([2.0], [YES], 2.0),
        ([2.0], [NO], -2.0),
        ([2.0, 2.0, 2.0], [YES, YES, HEAVY], 2.0),
        ([1.0, -1.0], [YES, NO], 1.0),
        ([9.0, -4.0, 7.0], [YES, IGNORED, YES], 8.0 - math.log(math.cosh(1.0))),
        ([math.nan], [YES], 0.0),
        ([math.inf], [YES], 30.0),
    ],
)
def test_the_odds_of_a_hard_question(
    said: list[float], easier: list[Principle], odds: float
) -> None:
    assert combined(said, easier) == pytest.approx(odds)


def test_one_sure_no_decides_and_many_do_not_add_up() -> None:
    assert combined([5.0, 5.0, 5.0, -5.0], [YES] * 4) < -3.0
    assert combined([1.0] * 20, [YES] * 20) == pytest.approx(1.0)


def test_texts_are_labelled_by_the_easier_questions() -> None:
    odds = {
        ("brief", YES.question): 4.0, ("brief", NO.question): -4.0,
        ("rude", YES.question): 4.0, ("rude", NO.question): 4.0,
        ("unsure", YES.question): 0.3, ("unsure", NO.question): -0.2,
    }  # fmt: skip
    model = Scripted(judge=lambda text, question: odds[text, question])
    texts = [row(answer=answer, split="test") for answer in ("brief", "rude", "unsure", "brief")]

    made = distilled(model, texts, "Is it polite?", [YES, NO, IGNORED], layout=Layout.PASSAGES)

    assert [(one.answer, one.label, one.odds) for one in made] == [
        ("brief", True, 4.0),
        ("rude", False, pytest.approx(-4.0 + math.log(2) - math.log1p(math.exp(-8)), abs=1e-4)),
    ]
    assert {(one.question, one.name, one.split) for one in made} == {
        ("Is it polite?", "distilled", "test")
    }
    assert all(abs(one.odds or 0) >= MARGIN for one in made)
    # Each text once, and nothing is asked that has no weight.
    assert len(model.asked) == 3 * 2


def test_parts_without_weight_decide_nothing() -> None:
    with pytest.raises(UserError, match="No part"):
        distilled(Scripted(), [row()], "Is it polite?", [IGNORED], layout=Layout.PASSAGES)


def test_a_model_takes_a_question_apart() -> None:
    item = {"question": "Is each sentence sourced?", "answer": "yes", "weight": 3}
    model = Scripted(says=[json.dumps({"items": [item]})])

    (found,) = decomposition.parts(model, "Is it grounded?", count=1)

    assert (found.question, found.weight) == ("Is each sentence sourced?", 3.0)
    assert "Is it grounded?" in model.formed[0][0]
