"""Another try: what an answer that did not help said is not said again, whatever drafts."""

import pytest

from app.domain import Answer, Course, Dictionary, Passage, Question
from app.layouts import Layout
from app.layouts.templates import FENCE
from app.models.extract import Extract
from app.weave.answer import Composer, ModelUse
from app.weave.candidates import candidates
from app.weave.drafting import ComposerConfig
from app.weave.repeated import Repeated
from tests.unit.weave.made import ask, corpus
from tests.unit.weave.models import Scripted, says

PORT = "Which port does the server use by default?"
FIRST = "The server listens on port 8080 by default. [1]"


def answered(composer: Composer, unhelpful: str) -> Answer:
    return composer.answer(
        Question(text=PORT, unhelpful=unhelpful),
        corpus=corpus(),
        memories=(),
        dictionary=Dictionary(repository_id=1),
    )


def test_quotes_other_sentences() -> None:
    assert "listens on port 8080" in ask(PORT).text
    second = answered(Composer(Extract(), ComposerConfig(min_confidence=0.0)), FIRST)
    assert second.text == "Set `LOOM_PORT` to change the port of the server. [1]"


def test_says_that_it_knows_nothing_else() -> None:
    only = "\n\n".join(
        one.text for one in candidates([hit.passage for hit in corpus().search(PORT, 9)])
    )
    second = answered(Composer(Extract(), ComposerConfig(min_confidence=0.0)), only)
    assert (second.text, second.abstained) == ("", True)
    assert second.confidence < ask(PORT).confidence


def test_a_model_is_told_what_did_not_help_and_held_to_it() -> None:
    other = "Set `LOOM_PORT` to choose the port. [1]"
    model = Scripted(script=says(FIRST, other))
    composer = Composer.of(model, ModelUse(layout=Layout.PASSAGES))
    answer = answered(composer, FIRST)
    assert answer.text == other
    prompt = model.sessions[-1].prompt.text
    assert f"{FENCE}\nThe server listens on port 8080 by default.\n{FENCE}" in prompt
    assert [one.course for one in answer.tried] == [Course.FIRST]


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ("", False),
        ("Use `make check`. [1]", True),
        ("So: Use\n`make check`.\n\n[1]", True),
        ("Use `make`. [1]", False),
    ],
)
def test_what_an_answer_holds(answer: str, held: bool) -> None:
    passage = Passage(path="a.md", start_line=1, end_line=1, title="", text="Use `make check`.")
    [candidate] = candidates([passage])
    assert Repeated(answer).holds(candidate) == held
