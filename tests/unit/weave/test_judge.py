import math
from collections.abc import Sequence

import pytest

from app.weave.judge import BOUND, Judge


class Oracle:
    """Says yes with the odds that a text's length gives; keeps what it was asked."""

    def __init__(self, short: int = 0) -> None:
        self.calls: list[tuple[list[str], str]] = []
        self._short = short

    def yes_no(self, texts: Sequence[str], question: str) -> list[float]:
        self.calls.append((list(texts), question))
        return [float(len(text)) for text in texts][self._short :]


def test_adds_up_weighted_and_bounded_answers() -> None:
    judge, oracle = Judge({"a?": 1.0, "b?": -0.5}), Oracle()
    assert judge.score(oracle, ["x", "xxx", "x" * 9]) == [0.5, 1.5, 2.0]
    assert [question for _, question in oracle.calls] == ["a?", "b?"]


def test_asks_about_each_text_once() -> None:
    judge, oracle = Judge({"a?": 1.0}), Oracle()
    judge.score(oracle, ["x", "xx", "x"])
    assert judge.score(oracle, ["xx", "xxx"]) == [2.0, 3.0]
    assert judge.score(oracle, ["xx"]) == [2.0]
    assert [texts for texts, _ in oracle.calls] == [["x", "xx"], ["xxx"]]


def test_questions_without_weight_are_not_asked() -> None:
    oracle = Oracle()
    assert Judge({"a?": 0.0}).score(oracle, ["x"]) == [0.0]
    assert Judge({}).score(oracle, ["x"]) == [0.0]
    assert oracle.calls == []


def test_a_wrong_number_of_answers_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 texts, got 1"):
        Judge({"a?": 1.0}).score(Oracle(short=1), ["x", "xx"])


def test_what_is_no_number_says_nothing() -> None:
    class Overflown:
        def yes_no(self, texts: Sequence[str], question: str) -> Sequence[float]:
            return [math.nan, math.inf][: len(texts)]

    assert Judge({"Is it so?": 1.0}).score(Overflown(), ["a", "b"]) == [0.0, BOUND]
