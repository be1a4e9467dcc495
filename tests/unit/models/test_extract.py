from app.domain import Passage, Piece, Prompt, Question
from app.models.extract import Extract, ExtractSession
from app.weave.candidates import SEPARATOR

SOURCES = (
    Passage(path="a.md", start_line=1, end_line=1, title="", text="One is here. Two is there."),
    Passage(path="b.md", start_line=1, end_line=1, title="", text="Two is there. Three follows."),
)


def texts(pieces: list[Piece]) -> list[str]:
    return [piece.text.removesuffix(SEPARATOR) for piece in pieces]


def test_offers_each_sentence_once_by_source_and_line() -> None:
    prompt = Prompt(text="", question=Question(text="?"), sources=SOURCES)
    (pieces,) = Extract().session(prompt).expand([""], [10])
    assert texts(list(pieces)) == ["One is here.", "Two is there.", "Three follows."]
    assert not any(piece.finished for piece in pieces)


def test_goes_on_without_repeating_and_can_end() -> None:
    session = ExtractSession(["a", "b", "c"])
    pieces = session.expand([f"b{SEPARATOR}", f"a{SEPARATOR}b{SEPARATOR}c{SEPARATOR}"], [10, 10])
    assert [texts(list(batch)) for batch in pieces] == [["", "a", "c"], [""]]
    assert [batch[0].finished for batch in pieces] == [True, True]


def test_never_gives_more_than_asked() -> None:
    session = ExtractSession(["a", "b", "c"])
    assert [len(batch) for batch in session.expand(["", ""], [2, 0])] == [2, 0]


def test_probabilities_of_a_level_add_up_to_one() -> None:
    import math

    (pieces,) = ExtractSession(["a", "b", "c"]).expand([f"a{SEPARATOR}"], [10])
    assert math.isclose(sum(math.exp(piece.logprob) for piece in pieces), 1.0)


def test_nothing_to_quote_is_no_piece() -> None:
    assert ExtractSession([]).expand([""], [5]) == [[]]
