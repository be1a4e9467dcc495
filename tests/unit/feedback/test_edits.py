"""Edits: the smallest changed spans, and nothing for what was only laid out anew."""

import time
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Change
from app.feedback.edits import changes, distance, spans
from app.feedback.phrases import phrases
from app.feedback.tokens import blocks
from app.text.clean import clean

FIRST = "First we set the project up.\n"
SECOND = "Then we run all of its tests.\n"


def test_the_wrong_file_name_is_one_change_of_two_names() -> None:
    assert changes(
        "Add `.ubiquity-os.config.yml` to the root.",
        "Add `.github/.ubiquibot-config.yml` to the root.",
    ) == [
        Change(
            removed=".ubiquity-os.config.yml",
            added=".github/.ubiquibot-config.yml",
            context="Add `.github/.ubiquibot-config.yml` to the root.",
        )
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("same", "same"),
        ("one two three\nfour five", "one two\nthree four\nfive"),
        ("one two\r\nthree", "one two\nthree\n"),
        ("- one\n- two", "1. one\n2. two"),
        ("* one\n* two", "- one\n\n- two"),
        ("> one two", "one\ntwo"),
        ("**one** two", "one _two_"),
        ("Run `make`.", "Run make."),
        ("# Head\n\ntext", "Head\n----\n\ntext"),
        ("| a | b |\n|--|--|\n| c | d |", "|a|b|\n|:-:|---|\n|c|d|"),
        ("```\na\n```", "~~~sh\na\n~~~"),
        (FIRST + "\n" + SECOND, SECOND + "\n" + FIRST),
        (FIRST + SECOND, SECOND + FIRST),
        (f"a\n\n{FIRST}\nb\n\nc\n\nd", f"a\n\nb\n\nc\n\nd\n\n{FIRST}"),
        ("caf\u00e9", "cafe\u0301"),
        ("a\x00b", "ab"),
        ("a\u200b b", "a b"),
        ("a \ud800 b", "a \udfff b"),
        ("\u202bשלום עולם\u202c", "שלום עולם"),
        ("- a\n  - b c\n  - d", "* a\n    * b c\n    * d"),
        ("1. a b\n2. c d", "1) a b\n2) c d"),
        ("```sh\nnpm ci\nnpm test\n```", "```\n  npm ci\n\n  npm test\n```"),
        ("    npm test", "```\nnpm test\n```"),
        ("| a |\n|--|\n| c |\n| e |", "| a |\n|--|\n| e |\n| c |"),
    ],
)
def test_no_change(before: str, after: str) -> None:
    assert changes(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Use npm here.", "Use yarn here.", [("npm", "yarn")]),
        ("Use npm here.", "Use here.", [("npm", "")]),
        ("Use here.", "Use npm here.", [("", "npm")]),
        ("", "All new.", [("", "All new.")]),
        ("All old.", "", [("All old.", "")]),
        ("Run `a` and `b`.", "Run `c` and `d`.", [("a", "c"), ("b", "d")]),
        ("Run `make tests` now", "Run `make test` now", [("make tests", "make test")]),
        ("See readme.md.", "See README.md.", [("readme.md", "README.md")]),
        ("Pass --dry=1 to it", "Pass --dry=2 to it", [("--dry=1", "--dry=2")]),
        ("Call get_x() twice", "Call get_y() twice", [("get_x()", "get_y()")]),
        ("one two\nthree four", "one two three\nfive", [("four", "five")]),
        ("- a b\n- c d", "1. a b\n2. c e", [("d", "e")]),
        ("| a | b |\n|--|--|\n| c | d |", "| a | b |\n|--|--|\n| c | e |", [("d", "e")]),
        ("```sh\nnpm test\n```", "```sh\nyarn test\n```", [("npm", "yarn")]),
        ("ok 👍 then", "ok 👎🏽 then", [("👍", "👎🏽")]),
        ("שלום עולם טוב", "שלום חבר טוב", [("עולם", "חבר")]),
        ("設定を読む", "構成を読む", [("設定", "構成")]),
        ("a \ud800 b", "a c b", [("\ufffd", "c")]),
        ("Use npm\r\nhere.\r\n\r\nStop.", "Use yarn\nhere.\n\nStop.", [("npm", "yarn")]),
        ("Use n\x00pm here.", "Use yarn here.", [("npm", "yarn")]),
        ("A family 👨‍👩‍👧 here", "A family 👨‍👩‍👦 here", [("👨‍👩‍👧", "👨‍👩‍👦")]),
        ("Flag 🇩🇪 here", "Flag 🇫🇷 here", [("🇩🇪", "🇫🇷")]),
        ("اقرأ الملف الأول", "اقرأ الملف الثاني", [("الأول", "الثاني")]),
        ("הריצו את `npm ci` עכשיו", "הריצו את `yarn ci` עכשיו", [("npm ci", "yarn ci")]),
        ("```\na = 1\nb = 2\n```", "```\na = 1\n  b = 3\n```", [("2", "3")]),
        ("- [ ] do it", "* [x] do it", [("", "x")]),
        ("| a | b |\n|--|--|\n| c | d |", "|a|b|\n|:-|:-|\n|c|d|\n|e|f|", [("", "e|f")]),
        ("See [docs](http://a/b).", "See [docs](http://a/c).", [("http://a/b", "http://a/c")]),
        ("one two three four\nfive", "one two\nthree 4\nfive", [("four", "4")]),
        ("Is it so", "Is it so?", [("", "?")]),
        (
            "Create `.a.yml` in the root of your repository.",
            "Create `.b/a.yml` on the main branch.",
            [
                (".a.yml", ".b/a.yml"),
                ("in", "on"),
                ("root of your repository", "main branch"),
            ],
        ),
        ("Do it.\n\n1. Install it.", "Do it.\n\n1. Join.\n2. Install it.", [("", "Join.")]),
        ("Do it. Stop. Go.", "Do it. Go.", [("Stop.", "")]),
        ("a\n\nwrong\n\nz", "a\n\nz\n\nright", [("wrong", ""), ("", "right")]),
        (
            "The tool reads the file contents now",
            "You should open the settings menu now",
            [("The tool reads the file contents", "You should open the settings menu")],
        ),
    ],
)
def test_smallest_spans(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert [(change.removed, change.added) for change in changes(before, after)] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("It is recommended.", "It is not recommended.", ("recommended", "not recommended")),
        ("Never run make.", "Run make.", ("Never run", "Run")),
        ("Do use it.", "Don't use it.", ("Do use", "Don't use")),
        ("It is not to be used.", "It is to be used.", ("not to be used", "to be used")),
        ("It is not good.", "It is not bad.", ("not good", "not bad")),
        ("Without root access.", "Without user access.", ("Without root", "Without user")),
        ("Do not use the old port.", "Do not use the new port.", ("old", "new")),
        ("Stop, and not there.", "Stop, and there.", ("not", "")),
    ],
)
def test_a_negation_and_what_it_turns_around_are_one_change(
    before: str, after: str, expected: tuple[str, str]
) -> None:
    assert [(change.removed, change.added) for change in changes(before, after)] == [expected]


def test_context_is_the_line_that_the_change_stands_in() -> None:
    before = "Intro.\n\n- Use `npm` here.\n- Stop."
    assert [change.context for change in changes(before, before.replace("npm", "yarn"))] == [
        "- Use `yarn` here."
    ]
    assert [change.context for change in changes(before, "Intro.\n\n- Stop.")] == [
        "- Use `npm` here."
    ]


def test_a_heading_that_git_cuts_inside_a_letter_is_no_fault() -> None:
    before = ("設" * 90 + "\n\n") * 3 + "x one"
    assert [(c.removed, c.added) for c in changes(before, before.replace("one", "two"))] == [
        ("one", "two")
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", 0.0),
        ("a b c d", "a b c d", 0.0),
        ("a b c d", "a x c d", 0.25),
        ("a b c d", "a b", 0.5),
        ("", "a", 1.0),
        ("a b", "x y z w", 1.0),
        ("- a\n- b", "1. a\n2. b", 0.0),
        ("Add `.ubiquity-os.config.yml` to the root.", "Add `x` to the root.", 1 / 6),
    ],
)
def test_distance_is_words_to_change_over_the_longer_text(
    before: str, after: str, expected: float
) -> None:
    assert distance(before, after) == pytest.approx(expected)
    assert distance(after, before) == pytest.approx(expected)


LINE = ["the", "not", "run", "`make test`", "a/b.md", "--x", ".", ",", "tests", "root", "("]
words = st.sampled_from(
    ["the", "not", "run", "`make test`", "a/b.md", "--x", "\n", "\n\n", "\n- ", ".", "é"]
)
texts = st.lists(words, max_size=40).map(" ".join)


def tokens(text: str) -> Counter[str]:
    return Counter(token.key for block in blocks(clean(text)) for token in block.tokens)


@given(texts | st.text(), texts | st.text())
def test_before_less_removed_plus_added_is_after(before: str, after: str) -> None:
    left = tokens(before)
    for span in spans(before, after):
        assert span.removed or span.added
        left.subtract(token.key for token in span.removed)
        left.update(token.key for token in span.added)
    assert +left == tokens(after)
    assert min(left.values(), default=0) >= 0


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_any_text_can_be_compared(before: str, after: str) -> None:
    for change in changes(before, after):
        assert change.removed or change.added
        assert change.context
        assert change.removed in clean(before)
        assert change.added in clean(after)
    assert 0.0 <= distance(before, after) <= 1.0


@given(texts)
def test_a_text_is_no_change_of_itself(text: str) -> None:
    assert changes(text, text) == []
    assert changes(text, text.replace("\n", "\r\n")) == []


def test_a_text_as_long_as_a_comment_can_be_is_compared_quickly() -> None:
    before = " ".join(f"word{n % 4001}{'.' * (n % 9 == 0)}" for n in range(7000))
    after = before.replace("word77.", "changed").replace("word1 ", "word2 ")
    assert len(before) > 60_000
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        assert changes(before, after)
        best = min(best, time.perf_counter() - start)
    assert best < 1.0


@pytest.mark.parametrize(
    "piece",
    [
        ".",
        "/",
        "-",
        "`a ",
        "``a `b ",
        "> ",
        "*",
        "_a",
        ". ",
        "Aa. ",
        "```\n",
        "|",
        "e\u0301",
        "(",
        "設",
    ],
)
def test_no_text_takes_more_than_its_share_of_time(piece: str) -> None:
    hostile = piece * (20_000 // len(piece)) + "x"
    start = time.perf_counter()
    changes("x", hostile)
    phrases(hostile)
    assert time.perf_counter() - start < 5.0


def test_spans_stand_in_order_and_what_is_between_them_is_the_same() -> None:
    random = Random(5)
    for _ in range(400):
        before, after = (" ".join(random.choices(LINE, k=random.randrange(14))) for _ in "12")
        old, new = ([t for b in blocks(text) for t in b.tokens] for text in (before, after))
        found = spans(before, after)
        low = high = 0
        for span in found:
            if span.removed:
                step = old.index(span.removed[0]) - low
            else:
                step = new.index(span.added[0]) - high
            same = [token.key for token in old[low : low + step]]
            assert same == [token.key for token in new[high : high + step]]
            assert new[high + step :][: len(span.added)] == span.added
            low += step + len(span.removed)
            high += step + len(span.added)
        assert [token.key for token in old[low:]] == [token.key for token in new[high:]]
