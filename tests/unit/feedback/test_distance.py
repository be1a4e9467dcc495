"""Token distances, worked by hand."""

import pytest

from app.feedback.distance import NEAR, distance

TEN = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    ("one", "other", "tokens", "share"),
    [
        ("", "", 0, 0.0),
        ("", "Yes", 1, 1.0),
        # Add / the name / to / the / root / the full stop: one of six.
        ("Add `.a.yml` to the root.", "Add `.github/.a.yml` to the root.", 1, 1 / 6),
        (TEN, TEN.replace("ten", "11"), 1, 0.1),
        (TEN, TEN.replace("nine ten", "10 11"), 2, 0.2),
        ("one two\nthree", "one\ntwo three", 0, 0.0),
        ("* one\n* two", "- one\n- two", 0, 0.0),
        ("a\x00b \ud800", "ab \ufffd", 0, 0.0),
    ],
)
def test_tokens_that_differ_are_counted(one: str, other: str, tokens: int, share: float) -> None:
    for left, right in ((one, other), (other, one)):
        found = distance(left, right)
        assert found.tokens == tokens
        assert found.share == pytest.approx(share)
        assert found.near == (share <= NEAR)
