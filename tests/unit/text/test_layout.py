"""The visible body: what is laid out is found again, also after people edited it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.layout import FOOTER_OPEN, SOURCES_HEADING, answer_part, lay_out, without_citations

FULL = lay_out("It is so.\n\nAnd so.", "1. [a](b)\n2. [c](d)", "Votes and\nedits teach.")


def test_the_parts_stand_in_order() -> None:
    assert FULL == (
        "It is so.\n\nAnd so.\n\n**Sources**\n\n1. [a](b)\n2. [c](d)\n\n"
        "<sub>Votes and edits teach.</sub>"
    )


@pytest.mark.parametrize(
    "body",
    [
        FULL,
        FULL + "\n\n<!-- treadle {} k 0 -->",
        FULL.replace("\n", "\r\n"),
        FULL.replace("**Sources**", "  **Sources**  "),
        FULL.replace("**Sources**\n\n1. [a](b)\n2. [c](d)\n\n", ""),
        FULL.rsplit("\n\n", 1)[0],
        "It is so.\n\nAnd so.\n\n<!-- treadle {} k 0 -->",
        "  It is so.\n\nAnd so.",
    ],
)
def test_the_answer_is_found_whatever_else_is_left(body: str) -> None:
    assert answer_part(body) == "It is so.\n\nAnd so."


def test_a_mark_inside_a_line_of_the_answer_ends_nothing() -> None:
    answer = f"See {SOURCES_HEADING} and H{FOOTER_OPEN}2</sub>O."
    assert answer_part(lay_out(answer, "1. x", "f")) == answer


@given(
    st.text(st.characters(exclude_characters="\r<*", exclude_categories=["Cs"])),
    st.text(st.characters(exclude_characters="\r<*")),
    st.text(),
)
def test_any_answer_comes_back(answer: str, sources: str, footer: str) -> None:
    assert answer_part(lay_out(answer, sources, footer)) == answer.strip()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It is so. [1]", "It is so."),
        ("It is so. [1]\n\nAnd so. [12]", "It is so.\n\nAnd so."),
        ("So [1] and so.", "So and so."),
        ("```\nx = [1]\n```\n\n[1]", "```\nx = [1]\n```"),
        ("Use `a[1]`, [1](b), b[2] and [a].", "Use `a[1]`, [1](b), b[2] and [a]."),
        ("", ""),
    ],
)
def test_marks_of_sources_are_no_text(answer: str, expected: str) -> None:
    assert without_citations(answer) == expected
