import pytest

from app.corpora.showing import LONGEST, printable, shown


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("plain ünï 漢", "plain ünï 漢"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\x07\x08\x7f\x00", "a\\rb\\x07\\x08\\x7f\\x00"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("\udcff", "\\udcff"),
        ("line\n\ttab", "line\n\ttab"),
    ],
)
def test_only_what_prints_is_printed(text: str, plain: str) -> None:
    assert printable(text) == plain


def test_every_character_below_the_letters_and_around_them_is_harmless() -> None:
    said = printable("".join(map(chr, range(0x2100))))

    assert all(mark.isprintable() or mark in "\n\t" for mark in said)


def test_a_row_is_laid_out_by_its_values() -> None:
    row = {"name": "a", "label": True, "sources": ["one", "tw\x1bo"], "text": "x\ny", "\x1b": None}

    assert shown(row) == (
        "name: a\nlabel: true\nsources:\n  | one\n  | tw\\x1bo\ntext:\n  | x\n  | y\n\\x1b: null"
    )


def test_a_long_value_is_cut_and_says_so() -> None:
    assert shown({"a": "x" * (LONGEST + 7)}).endswith("  | … (7 more characters)")
