import pytest

from app.text.sentences import sentences, spans


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Use v1.2.3, e.g. with foo. Then go.", ["Use v1.2.3, e.g. with foo.", "Then go."]),
        ("Edit a.b.py now. See it.", ["Edit a.b.py now.", "See it."]),
        ("It runs `x. Y` first. Done!", ["It runs `x. Y` first.", "Done!"]),
        ("Is it? Yes! Good…", ["Is it?", "Yes!", "Good…"]),
        ("No. 5 is ok.", ["No. 5 is ok."]),
        ("Tools, libraries, etc. They help.", ["Tools, libraries, etc.", "They help."]),
        ("By J. Smith. He wrote it.", ["By J. Smith.", "He wrote it."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("i.e. this one", ["i.e. this one"]),
        ("It is 3.5 long", ["It is 3.5 long"]),
        ("As follows:\nthen this", ["As follows:", "then this"]),
        ("one line\nand its end. Next", ["one line\nand its end.", "Next"]),
        ("   ", []),
        ("", []),
    ],
)
def test_sentences(text: str, wanted: list[str]) -> None:
    assert sentences(text) == wanted


def test_spans_point_into_the_text() -> None:
    text = "  One here.  Two there. "
    assert [text[low:high] for low, high in spans(text)] == ["One here.", "Two there."]
