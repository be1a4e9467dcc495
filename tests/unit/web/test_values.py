"""Links, comparisons and charts of the dashboard, as values."""

from datetime import date

import pytest

from app.domain import PhraseWeight
from app.store.figures import Day
from app.web.charts import HALF, days_chart, phrase_bars
from app.web.compare import LONGEST, spans
from app.web.links import Links
from tests.unit.web.bots import REPOSITORY

SIGNS = {"same": "=", "came": "+", "went": "-"}


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://github.com/o/r/issues/1#issuecomment-2", True),
        ("https://github.com", True),
        ("http://github.com/o", False),
        ("https://github.com.evil.test/o", False),
        ("https://evil.test/https://github.com/", False),
        ("https://user@github.com/o", False),
        ("https://github.com:444/o", False),
        ("javascript:alert(1)", False),
        ("//github.com/o", False),
        ("/o", False),
        ("https://github.com/\\evil", False),
        ('https://github.com/"x', False),
        ("https://github.com/a b", False),
        ("https://github.com/\n", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_safe_links(url: str, safe: bool) -> None:
    assert Links(web_url="https://github.com").safe(url) == (url if safe else "")


def test_comment_links_follow_the_configured_address() -> None:
    links = Links(web_url="http://127.0.0.1:9000")
    assert links.comment(REPOSITORY, 4, 801) == (
        "http://127.0.0.1:9000/olivia/shuttle/issues/4#issuecomment-801"
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a b", "a b", ["=a b"]),
        ("run test now", "run check now", ["=run ", "-test", "+check", "= now"]),
        ("", "new", ["+new"]),
        ("old", "", ["-old"]),
        ("", "", []),
        ("a\nb", "a\nc", ["=a\n", "-b", "+c"]),
        ("One. Two.", "One. Six.", ["=One. ", "-Two.", "+Six."]),
        (
            "One two three four. X.",
            "One two three six. X.",
            ["=One two three ", "-four", "+six", "=. ", "=X."],
        ),
        # Of 9 and 9 words and spaces 2 and 2 are shared: 4 / 18 is not alike.
        ("a b c d e", "v w x y z", ["-a b c d e", "+v w x y z"]),
        ("Same. [1]\n\nOther. [2]", "Same. [1]", ["=Same. [1]", "-\n\nOther. [2]"]),
    ],
)
def test_spans(before: str, after: str, expected: list[str]) -> None:
    assert [SIGNS[span.kind] + span.text for span in spans(before, after)] == expected


def test_very_long_texts_are_shown_whole() -> None:
    before = "a " * LONGEST
    assert [span.text for span in spans(before, "b")] == [before, "b"]


def test_days_are_laid_out_on_one_scale() -> None:
    days = [
        Day(day=date(2026, 3, 1), liked=1.0, disliked=0.5, corrected=1.0),
        Day(day=date(2026, 3, 3), liked=0.0, disliked=1.0, corrected=0.0),
        Day(day=date(2026, 2, 1), liked=9.0, disliked=9.0, corrected=9.0),
    ]
    chart = days_chart(days, date(2026, 3, 3), 3)
    # The highest side is 1 + 1 = 2 for 60 units, so 1 is 30 high and 0.5 is 15; a day is
    # 600 / 3 = 200 wide, its bar 152 of them, 24 from its edge.
    assert [(b.series, b.x, b.y, b.width, b.height) for b in chart.bars] == [
        ("liked", 24.0, 30.0, 152.0, 30.0),
        ("corrected", 24.0, 0.0, 152.0, 30.0),
        ("disliked", 24.0, HALF, 152.0, 15.0),
        ("disliked", 424.0, HALF, 152.0, 30.0),
    ]
    assert chart.most == 2.0
    assert chart.first == date(2026, 3, 1)
    assert "liked 1.00, disliked 1.50, corrected 1.00" in chart.words


def test_no_feedback_is_no_bar() -> None:
    chart = days_chart([], date(2026, 3, 3), 30)
    assert chart.bars == []
    assert chart.first == date(2026, 2, 2)


def test_phrase_bars_of_both_signs_share_a_scale() -> None:
    def weight(phrase: str, z: float) -> PhraseWeight:
        return PhraseWeight(phrase=phrase, z=z, liked=0.0, disliked=0.0)

    weights = [weight("a", 4.0), weight("b", -2.0), weight("c", -1.0), weight("d", 0.0)]
    liked = phrase_bars(weights, liked=True, limit=5, threshold=2.0)
    disliked = phrase_bars(weights, liked=False, limit=5, threshold=2.0)
    assert [(bar.weight.phrase, bar.share, bar.strong) for bar in liked] == [("a", 100.0, True)]
    assert [(bar.weight.phrase, bar.share, bar.strong) for bar in disliked] == [
        ("b", 50.0, True),
        ("c", 25.0, False),
    ]
    assert len(phrase_bars(weights, liked=False, limit=1, threshold=2.0)) == 1
    assert phrase_bars([], liked=True, limit=5, threshold=2.0) == []
