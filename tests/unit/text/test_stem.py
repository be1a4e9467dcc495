import pytest

from app.text.stem import stem


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("installing", "instal"),
        ("installation", "instal"),
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("ties", "tie"),
        ("cats", "cat"),
        ("gas", "gas"),
        ("agreed", "agre"),
        ("hopping", "hop"),
        ("hoping", "hope"),
        ("relational", "relat"),
        ("conditional", "condit"),
        ("hopefulness", "hope"),
        ("generously", "generous"),
        ("communication", "communic"),
        ("happy", "happi"),
        ("say", "say"),
        ("yes", "yes"),
        ("dying", "die"),
        ("succeeding", "succeed"),
        ("don't", "don't"),
        ("o'brien's", "o'brien"),
        ("it’s", "it"),
        ("v2", "v2"),
        ("naïve", "naïve"),
        ("", ""),
    ],
)
def test_stems_as_porter2_does(word: str, wanted: str) -> None:
    assert stem(word) == wanted


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("serialise", "serialize"),
        ("organisation", "organization"),
        ("initialised", "initializes"),
        ("analyse", "analyze"),
        ("colour", "colors"),
        ("retries", "retry"),
        ("configured", "configuring"),
    ],
)
def test_same_stem(first: str, second: str) -> None:
    assert stem(first) == stem(second)


def test_different_words_keep_different_stems() -> None:
    assert len({stem(word) for word in ("test", "text", "user", "use", "universe")}) == 5
