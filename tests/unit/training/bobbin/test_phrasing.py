import pytest

from app.text.units import Form, Unit
from app.training.bobbin.phrasing import alike, reads_well, sentence


@pytest.mark.parametrize(
    "text",
    [
        "Returns the number of edges in the graph.",
        "If `timeout` is None, the call waits until the lock is free.",
        "Set `HOST` to listen on another address (the default is local).",
        "See https://example.org/guide for how the cache is kept.",
    ],
)
def test_whole_sentences_read_well(text: str) -> None:
    assert reads_well(text)


@pytest.mark.parametrize(
    "text",
    [
        "Returns it.",
        "word " * 61 + "of the end.",
        "The " + "long word of a sentence " * 20 + "ends.",
        "returns the number of edges in the graph.",
        "Returns the number of edges in the",
        "The value of `timeout is how long the call waits.",
        "The call waits (at most a second for the lock.",
        "1.0 2.0 3.0 4.0 5.0 6.0 is 7.0 and 8.0.",
        "Zahlen werden ohne Vorzeichen gelesen.",
        "The file is licensed under a licence of its own.",
        "Copyright the authors of this file and of others.",
        "Write to someone@example.org if the lock is not free.",
        "TODO say when the lock is free again.",
        "The result is >>> value of the call.",
        "The format is %s for all of the lines.",
        "The token is ghp_ and then what follows it.",
        "The sum is \\frac of all the values in it.",
        "This is 日本語 in the middle of a line.",
    ],
)
def test_other_lines_do_not(text: str) -> None:
    assert not reads_well(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("timeout (float): seconds to wait for the lock", True),
        ("timeout (float): seconds to wait for", False),
        ("timeout of the lock, in seconds:", False),
        ("| the first cell of a row", False),
    ],
)
def test_items_of_a_list_need_no_full_stop(text: str, kept: bool) -> None:
    assert reads_well(text, Form.ITEM) is kept


def test_a_sentence_is_one_line() -> None:
    unit = Unit(text="The lock is  free\nas soon as all are done.", start_line=1, end_line=2)

    assert sentence(unit) == "The lock is free as soon as all are done."


def test_nothing_in_a_sentence_looks_like_the_number_of_a_source() -> None:
    unit = Unit(text="The lock is free as [1] and others say.", start_line=1, end_line=1)

    assert sentence(unit) == "The lock is free as (1) and others say."


@pytest.mark.parametrize("form", [Form.CODE, Form.ROW, Form.SIGNATURE])
def test_code_is_no_sentence(form: Form) -> None:
    unit = Unit(text="The lock is free for all of us.", start_line=1, end_line=1, form=form)

    assert sentence(unit) is None


def test_copies_that_differ_in_numbers_and_marks_are_alike() -> None:
    assert alike("The port is `8080`, by default.") == alike("The port is 9090 by default!")
    assert alike("The port is open.") != alike("The port is shut.")
