"""Pieces end with whole characters and know what they cost in probability."""

import pytest

from app.domain import Piece
from app.models.remote.pieces import piece
from app.models.remote.replies import Choice, Token


def choice(text: str, reason: str = "length", *tokens: tuple[str, float]) -> Choice:
    read = tuple(Token(text=word, logprob=value) for word, value in tokens)
    return Choice(text=text, reason=reason, tokens=read or None)


def test_the_log_probability_is_the_sum_of_the_tokens() -> None:
    found = piece(choice(" ab", "length", (" a", -0.5), ("b", -0.25)), chat=False)

    assert found == Piece(text=" ab", finished=False, logprob=-0.75)


@pytest.mark.parametrize(
    ("reason", "chat", "finished"),
    [
        ("stop", False, True),
        ("length", False, False),
        ("", False, False),
        ("abort", False, False),
        ("stop", True, True),
        ("length", True, False),
        ("", True, True),
    ],
)
def test_finished(reason: str, chat: bool, finished: bool) -> None:
    found = piece(choice("a", reason), chat=chat)

    assert found == Piece(text="a", finished=finished, logprob=0.0)


def test_part_of_a_character_is_cut_off_with_its_tokens() -> None:
    cut = choice("a\ufffd", "length", ("a", -0.5), ("\ufffd", -1.0), ("\ufffd", -2.0))

    assert piece(cut, chat=False) == Piece(text="a", finished=False, logprob=-0.5)


def test_part_of_a_character_in_other_spellings() -> None:
    cut = choice("a\ufffd", "length", ("a", -0.5), ("bytes:\\xe2", -1.0))

    assert piece(cut, chat=False) == Piece(text="a", finished=False, logprob=-0.5)


def test_the_end_of_a_text_costs_too() -> None:
    ended = choice("", "stop", ("</s>", -0.5))

    assert piece(ended, chat=False) == Piece(text="", finished=True, logprob=-0.5)


@pytest.mark.parametrize(
    "given", [choice("\ufffd"), choice(""), choice("bad words", "content_filter")]
)
def test_what_cannot_be_used_is_no_piece(given: Choice) -> None:
    assert piece(given, chat=False) is None
