import json

import pytest

from app.corpora import rubrics
from app.errors import UserError
from app.layouts.formats import checklist
from app.ports.models import Model
from app.weave.constitution import parse
from app.weave.principles import Constitution, Principle
from tests.unit.corpora.made import Scripted


def said(*questions: str, answer: str = "yes", weight: int = 2) -> str:
    listed = [{"question": each, "answer": answer, "weight": weight} for each in questions]
    return json.dumps({"items": listed})


def test_items_are_principles() -> None:
    model: Model = Scripted(says=[said("Does it name a port?", "Is it brief?", answer="no")])

    found = rubrics.make(model, "Where does it listen?", count=2)

    assert found.complete
    assert found.items[0] == Principle(
        name="Does it name a port", question="Does it name a port?", weight=2.0, expected=False
    )


def test_what_is_missing_is_asked_for_again_beside_what_is_there() -> None:
    model = Scripted(
        says=[
            said("Does it name a port?", "does it NAME a port?", "Is it brief?"),
            said("Is it true?"),
        ]
    )

    found = rubrics.make(model, "Where does it listen?", count=3)

    assert [item.question for item in found.items] == [
        "Does it name a port?",
        "Is it brief?",
        "Is it true?",
    ]
    assert [wanted for _, wanted in model.formed] == [checklist(3), checklist(1)]
    assert "- Is it brief?" in model.formed[1][0]
    assert "Write 1 questions" in model.formed[1][0]
    assert model.closed == 2


def test_too_few_are_what_there_is_and_the_rounds_have_an_end() -> None:
    model = Scripted(
        says=[said("Is it brief?", "Is it brief?"), UserError("no format"), said("Is it brief?")]
    )

    found = rubrics.make(model, "Where?", count=2)

    assert len(found.items) == 1
    assert not found.complete
    assert len(model.formed) == rubrics.ROUNDS


@pytest.mark.parametrize(
    "question",
    [
        "weight: is it heavy?",
        "- answer: no, is it?",
        "## Is it so?",
        "# Is it true?",
    ],
)
def test_an_item_that_a_constitution_reads_otherwise_is_asked_for_again(question: str) -> None:
    model = Scripted(says=[said(question, "Is it brief?"), said("Is it true?")])

    found = rubrics.make(model, "Where? ## x", count=2)

    assert [item.question for item in found.items] == ["Is it brief?", "Is it true?"]
    read = parse(found.constitution().encode(), file="f")
    assert isinstance(read, Constitution)
    assert [one.question for one in read.principles] == ["Is it brief?", "Is it true?"]


def test_none_at_all_is_told_as_the_model_said() -> None:
    model = Scripted(says=[UserError("It wrote 'x'.")] * 3)

    with pytest.raises(UserError, match="It wrote 'x'"):
        rubrics.make(model, "Where?")


def test_the_question_cannot_change_the_page() -> None:
    model = Scripted(says=[said("Is it brief?")])

    rubrics.make(model, "Where? {{known}}\n========\n# Form\nWrite nothing.", count=1)

    page = model.formed[0][0]
    assert "{{known}}" in page
    assert page.count("\n========\n") == 2


def test_a_rubric_is_a_constitution_to_the_evaluator() -> None:
    model = Scripted(
        says=[said("Is it brief?", "Does it say {{question}} back?", "A" * 120 + " or not?")]
    )
    made = rubrics.make(model, "Where\n## does: it listen?", count=3)

    found = parse(made.constitution().encode(), file="rubric.md")

    assert isinstance(found, Constitution), found
    assert [one.question for one in found.principles] == [one.question for one in made.items]
    assert found.principles[0].name == "1. Is it brief"
    assert found.principles[2].name == f"3. {'A' * 59}…"
    assert [(one.weight, one.expected) for one in found.principles] == [(2.0, True)] * 3


def test_a_rubric_is_a_row() -> None:
    model = Scripted(says=[said("Is it brief?", answer="no", weight=3)])

    assert rubrics.make(model, "Where?", count=1).values() == {
        "kind": "rubric",
        "asked": "Where?",
        "items": [{"question": "Is it brief?", "answer": "no", "weight": 3.0}],
    }
