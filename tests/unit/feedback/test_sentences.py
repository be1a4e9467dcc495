"""Sentences of Markdown: prose by sentence, code as a whole."""

import pytest

from app.feedback.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is here. Two is\nthere.", ["One is here.", "Two is there."]),
        ("- One\n- Two. Three.", ["One", "Two.", "Three."]),
        ("# Head\n\nText.", ["Head", "Text."]),
        ("> Quoted\n> text.", ["Quoted text."]),
        (
            "Run:\n\n```sh\nmake\n\n  test\n```\nDone.",
            ["Run:", "```\nmake\n\n  test\n```", "Done."],
        ),
        ("```\na\n```\n```\nb\n```", ["```\na\n```", "```\nb\n```"]),
        ("Use `a. B` here.", ["Use `a. B` here."]),
        ("***", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text)] == expected


def test_layout_and_emphasis_make_no_other_sentence_but_space_in_code_does() -> None:
    def keys(text: str) -> list[object]:
        return [sentence.key for sentence in sentences(text)]

    assert keys("- **One**\n  two") == keys("1. One two")
    assert keys("```\na:\n  b\n```") != keys("```\na:\n    b\n```")
