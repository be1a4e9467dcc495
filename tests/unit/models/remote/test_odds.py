"""Log-odds of yes from distributions and from answers."""

import math

import pytest

from app.models.remote.odds import counted, least, log_odds, spelled


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("Yes", "yes"),
        (" yes", "yes"),
        ("\u2581YES", "yes"),
        ("\u0120no", "no"),
        ("No, it does not.", "no"),
        ("**Yes**", "yes"),
        ("\nno.", "no"),
        ("yesterday", "yesterday"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_words(token: str, word: str) -> None:
    assert spelled(token) == word


def test_all_spellings_of_a_word_count_together() -> None:
    top = [("Yes", math.log(0.3)), (" yes", math.log(0.3)), ("no", math.log(0.2))]

    # (0.3 + 0.3) / 0.2 = 3
    assert log_odds(top) == pytest.approx(math.log(3))


def test_a_missing_word_has_at_most_the_smallest_probability_given() -> None:
    top = [("yes", math.log(0.5)), ("maybe", math.log(0.1))]

    # 0.5 / 0.1; what is left over, 0.4, is more
    assert log_odds(top) == pytest.approx(math.log(5))


def test_a_missing_word_has_at_most_what_is_left_over() -> None:
    top = [("no", math.log(0.6)), ("maybe", math.log(0.3))]

    # left over: 1 - 0.9 = 0.1, less than 0.3
    assert log_odds(top) == pytest.approx(math.log(0.1 / 0.6))


def test_nothing_left_over_is_not_a_probability_of_nothing() -> None:
    assert least([("yes", 0.0), ("no", -20.0)]) == -20.0


def test_without_either_word_nothing_is_known() -> None:
    assert log_odds([("perhaps", -0.1)]) == 0.0


def test_the_least_probability_that_a_server_writes_does_no_harm() -> None:
    assert log_odds([("yes", 0.0), ("no", -9999.0)]) == 9999.0


def test_answers_are_counted_and_smoothed() -> None:
    # (3 + 0.5) / (1 + 0.5)
    assert counted(["Yes", "yes.", " YES", "no", "well"]) == pytest.approx(math.log(3.5 / 1.5))
    assert counted([]) == 0.0
