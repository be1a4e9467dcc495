import pytest

from app.domain import Question
from app.weave.candidates import candidates
from app.weave.confidence import MOST, Signs, confidence, signs
from app.weave.question import take_apart
from tests.unit.weave.made import passage


def measured(question: str, text: str, retrieved: float = 8.0) -> Signs:
    asked = take_apart(Question(text=question), lambda word: 6.0 if word == "\0" else 3.0)
    offered = candidates([passage(text)])
    return signs(asked, [1.0] * len(offered), offered, retrieved=retrieved, ceiling=6.0)


def test_matched_counts_words_by_their_rarity() -> None:
    # two of three words of rarity 3, in units of 6 - ln 3 = 4.901: 2/3 * 9 / 4.901 = 1.224
    found = measured("weave cloth rapidly", "One can weave cloth.")
    assert found.matched == pytest.approx(1.224, abs=1e-3)
    assert found.share == pytest.approx(2 / 3)
    assert found.missing == pytest.approx(1 / 3)
    assert found.found == pytest.approx(8 / 4.9014, abs=1e-3)


def test_more_evidence_is_more_confidence() -> None:
    low = Signs(matched=1.0, found=1.0, share=0.5, missing=0.3)
    assert confidence(low) < confidence(low._replace(share=0.7))
    assert confidence(low) < confidence(low._replace(found=3.0))
    assert confidence(low) < confidence(low._replace(matched=3.0))
    assert confidence(low) > confidence(low._replace(missing=0.8))


def test_signs_are_bounded() -> None:
    question = " ".join(f"word{i}" for i in range(99))
    found = measured(question, question, retrieved=1e9)
    assert found.matched <= MOST
    assert found.found == 2 * MOST


def test_nothing_found_is_no_confidence() -> None:
    assert confidence(measured("anything", "")) < 0.05
