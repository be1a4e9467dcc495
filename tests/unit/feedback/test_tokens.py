"""Blocks and tokens: what shapes the page is no token, what means something is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feedback.tokens import blocks
from app.text.clean import clean


def keys(text: str) -> list[list[str]]:
    return [[token.key for token in block.tokens] for block in blocks(clean(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Run it now.", ["Run", "it", "now", "."]),
        ("Run `make test` now", ["Run", "make test", "now"]),
        ("`a` and ``b ` c``", ["a", "and", "b ` c"]),
        ("in .github/.ubiquibot-config.yml.", ["in", ".github/.ubiquibot-config.yml", "."]),
        ("see src/app/ now", ["see", "src/app/", "now"]),
        ("~/x ./y /etc/z", ["~/x", "./y", "/etc/z"]),
        ("pass --dry-run=1, -v", ["pass", "--dry-run=1", ",", "-v"]),
        ("call max_retries() or __init__", ["call", "max_retries()", "or", "__init__"]),
        ("C++ v1.2.3 1,000 a@b.org #12 @ann", ["C++", "v1.2.3", "1,000", "a@b.org", "#12", "@ann"]),
        ("don't, won’t", ["don't", ",", "won’t"]),
        ("(https://a.org/b?c=d).", ["(", "https://a.org/b?c=d", ")", "."]),
        ("**bold** _soft_ ~~gone~~ *it*", ["bold", "soft", "gone", "it"]),
        ("設定を読む", ["設", "定", "を", "読", "む"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("caf\u0065\u0301", ["caf\u00e9"]),
        ("👍🏽 👩‍💻 🇩🇪 ❤️", ["👍🏽", "👩‍💻", "🇩🇪", "❤️"]),
        ("\u202eשלום\u202c עולם", ["שלום", "עולם"]),
        ("a ` b", ["a", "`", "b"]),
    ],
)
def test_tokens_of_a_line(text: str, expected: list[str]) -> None:
    assert keys(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\ntwo\n\nthree", [["one", "two"], ["three"]]),
        (
            "- one\n  more\n* two\n1. three\n2) four",
            [["one", "more"], ["two"], ["three"], ["four"]],
        ),
        ("# Head\ntext", [["Head"], ["text"]]),
        ("Head\n====\ntext", [["Head"], ["text"]]),
        ("a\n\n---\n\nb", [["a"], ["b"]]),
        ("> one\n> two\n\nthree", [["one", "two"], ["three"]]),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", [["a", "b"], ["1", "2"]]),
        ("```sh\nmake `x`\n\n- y\n```\nz", [["make", "`", "x", "`"], ["-", "y"], ["z"]]),
        ("~~~~\n```\n~~~~\nz", [["`", "`", "`"], ["z"]]),
        ("```\nopen", [["open"]]),
        ("", []),
        ("\n \n***\n", []),
    ],
)
def test_blocks_of_a_text(text: str, expected: list[list[str]]) -> None:
    assert keys(text) == expected


def test_lines_of_a_code_block_share_its_number() -> None:
    assert [block.fence for block in blocks("a\n```\nb\nc\n```\nd\n~~~\ne\n~~~")] == [
        None,
        0,
        0,
        None,
        1,
    ]


@given(st.text(st.sampled_from("ab_ \n`*~>#|-.1)[]é\u200b👍") | st.characters(), max_size=200))
def test_tokens_stand_where_they_say_in_order(text: str) -> None:
    whole = clean(text)
    ends = 0
    for block in blocks(whole):
        for token in block.tokens:
            assert ends <= token.start < token.end <= block.end
            assert token.key and token.text.strip()
            ends = token.end
