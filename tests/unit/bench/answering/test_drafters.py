"""Other ways in the place of the product's search: both layouts, with a model by script."""

import pytest

from app.domain import Answer, Question
from app.layouts import Layout
from app.weave.answer import Composer, ComposerConfig, ModelUse
from bench.answering.drafters import drafter
from bench.answering.ways import WAYS, Way, single
from tests.unit.weave.made import corpus, dictionary
from tests.unit.weave.models import Scripted, ScriptedSession, says

QUESTION = "Which port does the server listen on by default?"
PORT = "The server listens on port 8080 by default."
SET = "Set `LOOM_PORT` to change the port of the server."
CONFIG = ComposerConfig(min_confidence=0.0)


def ask(way: Way, model: Scripted, layout: Layout) -> Answer:
    use = ModelUse(layout=layout, pieces=24)
    composer = Composer.drafting(drafter(way, model, use, CONFIG), CONFIG)
    answer = composer.answer(
        Question(text=QUESTION), corpus=corpus(), memories=(), dictionary=dictionary()
    )
    assert [session.closed for session in model.sessions] == [1] * len(model.sessions)
    return answer


def lines(*texts: str, end: str = "") -> Scripted:
    """Says lines of the page at the beginning, in turn, and goes on with an end."""

    def script(session: ScriptedSession, prefix: str) -> list[str]:
        if prefix:
            return [end]
        first = len(session.expanded) % len(texts)
        turned = [*texts[first:], *texts[:first]]
        return [f"[{session.number(text)}] {text}\n" for text in turned]

    return Scripted(script=script)


@pytest.mark.parametrize("way", [single, *WAYS.values()], ids=["single", *WAYS])
def test_a_page_is_searched_by_what_the_model_says_alone(way: Way) -> None:
    # The product would offer the other lines of the page; the model says but this one.
    answer = ask(way, lines(SET), Layout.NUMBERED)
    assert [quote.text for quote in answer.quotes] == [SET]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_ways_that_search_take_the_better_of_what_the_model_says(way: Way) -> None:
    # Sampled in turn, and by rank of their fit the sentence about the port comes first. MiniHF
    # draws, though by odds that are hundreds to one here.
    answer = ask(way, lines(SET, PORT), Layout.NUMBERED)
    assert PORT in [quote.text for quote in answer.quotes]


@pytest.mark.parametrize("way", [single, *WAYS.values()], ids=["single", *WAYS])
@pytest.mark.parametrize("said", ["I do not know.", "[1] Something else.\n"])
def test_what_is_no_line_of_the_page_is_not_said(way: Way, said: str) -> None:
    answer = ask(way, Scripted(script=says(said)), Layout.NUMBERED)
    assert answer.abstained
    assert answer.quotes == ()


@pytest.mark.parametrize("way", [single, *WAYS.values()], ids=["single", *WAYS])
def test_written_text_is_searched_too(way: Way) -> None:
    answer = ask(way, Scripted(script=says("It listens on port 8080 [1].")), Layout.PASSAGES)
    assert "8080" in answer.text
    assert not answer.abstained


def test_a_model_of_whole_answers_is_asked_for_them() -> None:
    model = Scripted(script=says("It listens on port 8080 [1]."), whole=True)
    assert "8080" in ask(WAYS["best-of-n"], model, Layout.PASSAGES).text
    assert {prefix for session in model.sessions for prefix, _ in session.expanded} == {""}
