import math

import pytest

from app.domain import Passage, Question
from app.weave.candidates import candidates
from app.weave.features import Features
from app.weave.question import take_apart
from app.weave.relevance import (
    LENGTH_COST,
    coefficients,
    draft_score,
    log_odds,
    logit,
    match,
    probability,
    sentence_scores,
)

W = frozenset


def rarity(word: str) -> float:
    return {"the": 0.1}.get(word, 3.0)


def best(question: str, text: str, path: str = "a.md") -> str:
    passage = Passage(path=path, start_line=1, end_line=9, title="", text=text)
    asked = take_apart(Question(text=question), rarity)
    offered = candidates([passage])
    scores = sentence_scores(asked, offered, [1.0])
    return offered[max(range(len(scores)), key=scores.__getitem__)].text


@pytest.mark.parametrize(
    ("question", "text", "wanted"),
    [
        (
            "How do I run the tests?",
            "Weaving is an old craft. Call `make check` to execute the test suite. Bye to you.",
            "Call `make check` to execute the test suite.",
        ),
        (
            "Which port is the default?",
            "The server is written in Python. The port defaults to 8080 unless it is set.",
            "The port defaults to 8080 unless it is set.",
        ),
        (
            "What does max_size do?",
            "A size is given in bytes. `max_size` bounds what is read. Sizes are many things.",
            "`max_size` bounds what is read.",
        ),
    ],
)
def test_the_sentence_that_answers_scores_best(question: str, text: str, wanted: str) -> None:
    assert best(question, text) == wanted


def test_log_odds_are_those_of_a_softmax() -> None:
    # softmax(0, ln 3) = 1/4, 3/4
    assert log_odds([0.0, math.log(3)]) == pytest.approx([-math.log(3), math.log(3)])
    assert log_odds([]) == []
    assert log_odds([1000.0, -1000.0])[0] > 20


def test_a_draft_of_two_halves_is_surer_than_either() -> None:
    # (1 - 0.5 * 0.75) * 0.9 = 0.5625
    wanted = math.log(0.5625 / 0.4375) - LENGTH_COST
    assert draft_score([0.0, math.log(1 / 3)], [W("ab"), W("cd")]) == pytest.approx(wanted)


def test_saying_the_same_again_gains_nothing() -> None:
    once = draft_score([1.0], [W("abcd")])
    assert draft_score([1.0, 1.0], [W("abcd"), W("abcd")]) == pytest.approx(once - LENGTH_COST)


def test_nothing_is_added_to_what_is_nearly_certain() -> None:
    assert draft_score([6.0, 0.0], [W("ab"), W("cd")]) < draft_score([6.0], [W("ab")])


def test_an_irrelevant_sentence_costs() -> None:
    assert draft_score([2.0, -9.0], [W("ab"), W("cd")]) < draft_score([2.0], [W("ab")])


def test_order_does_not_matter() -> None:
    words = [W("ab"), W("cd"), W("abx")]
    assert draft_score([1.0, 0.0, -1.0], words) == pytest.approx(
        draft_score([-1.0, 0.0, 1.0], words[::-1])
    )


@pytest.mark.parametrize("value", [-20.0, -1.0, 0.0, 3.0, 20.0])
def test_logit_and_probability_are_inverse(value: float) -> None:
    assert logit(probability(value)) == pytest.approx(value, abs=1e-3)


def test_extremes_are_bounded() -> None:
    assert 0 < probability(-1e9) < probability(1e9) <= 1
    assert math.isfinite(logit(0.0)) and math.isfinite(logit(1.0))


@pytest.mark.parametrize("name", ["sentence", "confidence"])
def test_coefficients_match_the_features(name: str) -> None:
    from app.weave.confidence import Signs
    from app.weave.features import Features

    fields = {"sentence": set(Features._fields), "confidence": {*Signs._fields, "bias"}}
    assert set(coefficients(name)) == fields[name]


def test_a_match_is_of_words_and_not_of_form() -> None:
    nothing = Features(*(0.0 for _ in Features._fields))
    words = nothing._replace(exact=0.5, retrieval=1.0)
    model = coefficients("sentence")
    assert match(words) == pytest.approx(0.5 * model["exact"] + model["retrieval"])
    assert match(words._replace(code=1.0, cue=1.0, amount=3.0, hits=2.0)) == match(words)
