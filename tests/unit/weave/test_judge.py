"""What a model says of drafts, principle by principle, and what that comes to."""

import math
from collections.abc import Sequence

import pytest

from app.domain import Calibration
from app.weave.judge import BOUND, READ, Judge
from app.weave.principles import Principle, soft_minimum

A = Principle(name="a", question="a?")
B = Principle(name="b", question="b?")


class Oracle:
    """Says yes with the odds that a text's length gives; keeps what it was asked."""

    def __init__(self, short: int = 0) -> None:
        self.calls: list[tuple[list[str], str]] = []
        self._short = short

    def yes_no(self, texts: Sequence[str], question: str) -> list[float]:
        self.calls.append((list(texts), question))
        return [float(len(text)) for text in texts][self._short :]


class Says:
    """Says the same of every text, by question."""

    def __init__(self, **odds: float) -> None:
        self._odds = odds

    def yes_no(self, texts: Sequence[str], question: str) -> list[float]:
        return [self._odds[question.rstrip("?")]] * len(texts)


def test_one_principle_is_its_own_bounded_odds() -> None:
    assert Judge({"a?": A}).score(Oracle(), ["x", "xxx", "x" * 9]) == [1.0, 3.0, BOUND]


def test_takes_the_soft_minimum_of_several_by_weight() -> None:
    heavy = Principle(name="b", question="b?", weight=3.0)
    judge = Judge({"a?": A, "b?": heavy})
    assert judge.score(Says(a=3.0, b=-1.0), ["x"]) == [
        pytest.approx(soft_minimum([3.0, -1.0], [1.0, 3.0]))
    ]


def test_the_expected_answer_turns_the_sign() -> None:
    no = Principle(name="a", question="a?", expected=False)
    judge = Judge({"a?": no})
    assert judge.score(Says(a=2.0), ["x"]) == [-2.0]
    (opinion,) = judge.opinions("x")
    assert (opinion.principle, opinion.key, opinion.odds) == ("a", no.key, -2.0)


def test_odds_are_calibrated_before_they_are_bounded() -> None:
    judge = Judge({"a?": A}, calibrations={A.key: Calibration(temperature=5.0, offset=-0.5)})
    assert judge.score(Says(a=10.0), ["x"]) == [1.5]
    (opinion,) = judge.opinions("x")
    assert (opinion.odds, opinion.score) == (10.0, 1.5)


def test_strength_is_put_on_last() -> None:
    assert Judge({"a?": A}, strength=0.25).score(Says(a=9.0), ["x"]) == [BOUND / 4]


def test_asks_about_each_text_once() -> None:
    judge, oracle = Judge({"a?": A}), Oracle()
    judge.score(oracle, ["x", "xx", "x"])
    assert judge.score(oracle, ["xx", "xxx"]) == [2.0, 3.0]
    assert judge.score(oracle, ["xx"]) == [2.0]
    assert [texts for texts, _ in oracle.calls] == [["x", "xx"], ["xxx"]]


def test_principles_without_weight_are_not_asked() -> None:
    oracle = Oracle()
    idle = Principle(name="a", question="a?", weight=0.0)
    assert Judge({"a?": idle}).score(oracle, ["x"]) == [0.0]
    assert Judge({}).score(oracle, ["x"]) == [0.0]
    assert oracle.calls == []
    assert Judge({"a?": idle, "b?": B}).score(oracle, ["xx"]) == [2.0]


def test_keeps_what_each_principle_said() -> None:
    judge = Judge({"a?": A, "b?": B})
    judge.score(Says(a=1.0, b=-7.0), ["x"])
    assert [(one.principle, one.odds, one.score) for one in judge.opinions("x")] == [
        ("a", 1.0, 1.0),
        ("b", -7.0, -BOUND),
    ]
    assert judge.opinions("never judged") == ()


def test_a_wrong_number_of_answers_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 texts, got 1"):
        Judge({"a?": A}).score(Oracle(short=1), ["x", "xx"])


def test_what_is_no_number_says_nothing() -> None:
    class Overflown:
        def yes_no(self, texts: Sequence[str], question: str) -> Sequence[float]:
            return [math.nan, math.inf][: len(texts)]

    judge = Judge({"a?": A})
    assert judge.score(Overflown(), ["a", "b"]) == [0.0, BOUND]
    assert [judge.opinions(text)[0].odds for text in "ab"] == [0.0, READ], "JSON can hold them"
