import pytest

from app.training.bobbin.reading import Word, read
from app.training.bobbin.verbs import base, is_third


def said(words: tuple[Word, ...]) -> str:
    return " ".join(word.said for word in words)


@pytest.mark.parametrize(
    ("form", "verb"),
    [
        ("returns", "return"),
        ("passed", "pass"),
        ("using", "use"),
        ("stopped", "stop"),
        ("copies", "copy"),
        ("set", "set"),
        ("table", ""),
        ("bus", ""),
    ],
)
def test_base_form_of_a_verb(form: str, verb: str) -> None:
    assert base(form) == verb


@pytest.mark.parametrize(
    ("word", "third"), [("returns", True), ("pass", False), ("passes", True), ("columns", False)]
)
def test_third_person(word: str, third: bool) -> None:
    assert is_third(word) is third


@pytest.mark.parametrize(
    ("sentence", "act"),
    [
        ("Use `truncate` to empty the table.", "Use truncate to empty the table"),
        ("Returns the number of rows.", "Returns the number of rows"),
        ("With this option you can skip the check.", "skip the check"),
        ("Note that the lock is freed by calling close().", "calling close()"),
        ("The server is slow.", ""),
    ],
)
def test_what_one_does(sentence: str, act: str) -> None:
    assert said(read(sentence).act) == act


def test_aim_is_what_follows_to() -> None:
    assert said(read("Set `HOST` to listen on another address.").aim) == "listen on another address"


@pytest.mark.parametrize(
    "sentence",
    [
        "If the file is missing, it is made.",
        "A new one is made if the file is missing.",
        "It fails, unless disabled, when the file is missing.",
    ],
)
def test_condition_on_either_side(sentence: str) -> None:
    assert said(read(sentence).condition) in ("the file is missing", "disabled")


def test_a_time_is_no_condition() -> None:
    assert read("The cookie is dropped after two weeks.").condition == ()


def test_main_clause() -> None:
    reading = read("The session cookie expires after two weeks.")
    assert said(reading.subject) == "The session cookie"
    assert said(reading.verb) == "expires"
    assert said(reading.rest) == "after two weeks"


def test_parameter_and_its_text() -> None:
    reading = read("timeout: Milliseconds to wait for a connection.")
    assert said(reading.parameter) == "timeout"
    assert [said(run) for run in reading.nouns] == ["Milliseconds", "connection"]


def test_names_in_code_without_marks_and_roles() -> None:
    reading = read("Pass :class:`~loom.Client` or ``max_retries`` to open_session().")
    assert [word.said for word in reading.names] == [
        "loom.Client",
        "max_retries",
        "open_session()",
    ]


def test_errors() -> None:
    reading = read("Raises a ValueError or :exc:`.LoomError` for bad input.")
    assert [word.said for word in reading.errors] == ["ValueError", "LoomError"]


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("At most 10 workers run.", "amount"),
        ("This function is deprecated.", "old"),
        ("The name cannot be changed.", "ban"),
        ("A key is required here.", "duty"),
        ("We recommend the other class.", "better"),
        ("Rows are locked automatically.", "itself"),
        ("It may have several heads.", "several"),
    ],
)
def test_cues(sentence: str, cue: str) -> None:
    assert cue in read(sentence).cues


@pytest.mark.parametrize(
    "sentence",
    [
        "Pass :class:`~loom.Client <loom.client.Client>` and ``x=1`` to `f()`, or (better) both.",
        "A long `` piece of code `` and an unclosed ` mark.",
        "naïve “quoted” words — and 1,000 numbers…",
    ],
)
def test_words_are_where_they_say(sentence: str) -> None:
    reading = read(sentence)
    assert reading.words
    for word in reading.words:
        assert sentence[word.start : word.end] == word.said


def test_an_empty_sentence_has_nothing() -> None:
    assert read("").words == ()
