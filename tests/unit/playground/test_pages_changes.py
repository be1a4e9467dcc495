"""What an edit changed, and times in words."""

from datetime import UTC, datetime, timedelta

import pytest

from playground.pages.ages import age
from playground.pages.changes import LONGEST, spans

SIGNS = {"same": "=", "added": "+", "removed": "-"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a b c", "a b c", ["=a b c"]),
        ("run test now", "run check now", ["=run ", "-test", "+check", "= now"]),
        ("a", "a b", ["=a", "+ b"]),
        ("a b", "a", ["=a", "- b"]),
        ("", "new", ["+new"]),
        ("old", "", ["-old"]),
        ("", "", []),
        ("`make test`", "`make check`", ["=`make ", "-test", "+check", "=`"]),
    ],
)
def test_spans(before: str, after: str, expected: list[str]) -> None:
    assert [SIGNS[span.kind] + span.text for span in spans(before, after)] == expected


def test_very_long_texts_are_shown_whole() -> None:
    before, after = "a " * LONGEST, "b"
    assert [span.text for span in spans(before, after)] == [before, after]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (40, "40 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (86_400, "1 d ago"),
        (86_400 * 60, "2026-01-01"),
    ],
)
def test_ages(seconds: int, words: str) -> None:
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert age(at, at + timedelta(seconds=seconds)) == words
