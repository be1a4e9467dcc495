import pytest

from app.domain import Question
from app.weave.candidates import candidates
from app.weave.confidence import MOST_FOUND, MOST_HITS, MOST_MATCH, Signs, confidence, signs
from app.weave.question import take_apart
from tests.unit.weave.made import passage


def measured(question: str, text: str, *, match: float = 5.0, retrieved: float = 8.0) -> Signs:
    asked = take_apart(Question(text=question), lambda word: 6.0 if word == "\0" else 3.0)
    offered = candidates([passage(text)])
    best = offered[0] if offered else None
    return signs(asked, best, match, retrieved=retrieved, ceiling=6.0)


def test_signs_are_counted_by_hand() -> None:
    # Two of three words of rarity 3; the unit is 6 - ln 3 = 4.901; 8 / 4.901 = 1.632.
    found = measured("weave cloth rapidly", "One can weave cloth.")
    assert found.hits == 2
    assert found.share == pytest.approx(2 / 3)
    assert found.found == pytest.approx(8 / 4.9014, abs=1e-3)
    assert found.match == pytest.approx(5.0 - 2.0)


@pytest.mark.parametrize(
    ("question", "wanting"),
    [
        ("How do I dye the cloth?", 0.0),
        ("How do I weave the silk?", 1 / 2),
        ("Can I weave the silk into a carpet?", 2 / 3),
    ],
)
def test_nouns_that_are_missing_are_wanting(question: str, wanting: float) -> None:
    assert measured(question, "One can weave cloth.").wanting == pytest.approx(wanting)


@pytest.mark.parametrize("sign", ["found", "hits", "share", "match"])
def test_more_evidence_is_more_confidence(sign: str) -> None:
    low = Signs(found=1.0, hits=1.0, share=0.5, match=1.0, wanting=0.3)
    assert confidence(low) < confidence(low._replace(**{sign: getattr(low, sign) + 0.5}))


def test_what_is_wanting_is_less_confidence() -> None:
    low = Signs(found=1.0, hits=1.0, share=0.5, match=1.0, wanting=0.3)
    assert confidence(low) > confidence(low._replace(wanting=0.8))


def test_signs_are_bounded() -> None:
    question = " ".join(f"word{i}" for i in range(99))
    found = measured(question, question, match=1e9, retrieved=1e9)
    assert found.found == MOST_FOUND
    assert found.hits == MOST_HITS
    assert found.match == MOST_MATCH
    assert measured(question, question, match=-5.0).match == 0.0


def test_nothing_found_is_no_confidence() -> None:
    assert confidence(measured("anything", "")) < 0.05
