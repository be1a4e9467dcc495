import random

import pytest

from app.training.bobbin.encode import written
from app.training.bobbin.heldout import Asked, by_hand, checked, prompt, question, single
from app.training.bobbin.lexical import Overlap
from app.training.bobbin.pages import Check, Page, Turn

SOURCES = ("It listens on port 8080.", "Set `HOST` to move it.", "Logs go to a file.")
WHERE = Turn(question="where does it listen?", gold=(0,))
MOVE = Turn(question="how do I move it?", gold=(1, 2), lead="Short answer:")
NOTHING = Turn(question="is it free?", gold=())
QUOTES = Check(
    asked="where are logs?",
    answer="[3] Logs go to a file.",
    question="Does the answer quote the sources?",
    yes=True,
)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ((WHERE,), "[1] It listens on port 8080."),
        ((WHERE, MOVE), "[2] Set `HOST` to move it.\n[3] Logs go to a file."),
        ((MOVE, NOTHING), "The sources do not answer this."),
        ((WHERE, QUOTES), "yes"),
    ],
)
def test_prompt_is_a_trained_page_without_its_last_answer(turns, expected):
    page = Page(sources=SOURCES, keep=("port",), avoid=("host",), turns=turns)
    assert written(page) == prompt(page) + expected


def test_single_asks_the_last_turn_alone():
    page = single(Page(sources=SOURCES, keep=("port",), turns=(WHERE, MOVE)))
    assert page == Page(sources=SOURCES, keep=("port",), turns=(MOVE,))


def test_question_and_check_are_told_apart():
    asked, judged = Page(sources=SOURCES, turns=(WHERE,)), Page(sources=SOURCES, turns=(QUOTES,))
    assert (question(asked), checked(judged)) == (WHERE, QUOTES)
    with pytest.raises(TypeError):
        question(judged)
    with pytest.raises(TypeError):
        checked(asked)


ASKED = Asked(
    question="which port does the server use?",
    answers=("It listens on port 8080.", "The port is 8080."),
    near=("The port is 8080.", "A server.", "A port of the server.", "Logs.", "Hosts.", "Server!"),
    far=("Elsewhere.",),
)


def test_by_hand_draws_other_sentences_of_the_file():
    pages = [by_hand(ASKED, random.Random(seed)) for seed in range(30)]
    for page in pages:
        (turn,) = page.turns
        assert isinstance(turn, Turn)
        assert page.sources[turn.gold[0]] == ASKED.answers[0]
        assert len(set(page.sources)) == 4
        assert not {"The port is 8080.", "Elsewhere."} & set(page.sources)
    assert {page.turns[0].gold for page in pages} == {(at,) for at in range(4)}
    assert by_hand(ASKED, random.Random(5)) == pages[5]


def test_by_hand_draws_the_hardest_where_there_is_an_overlap():
    page = by_hand(ASKED, random.Random(0), Overlap(ASKED.near))
    assert set(page.sources) == {
        ASKED.answers[0],
        "A port of the server.",
        "A server.",
        "Server!",
    }


def test_by_hand_takes_from_other_files_where_one_has_too_few():
    few = Asked(question="?", answers=("Yes.",), near=("Near.",), far=("Far.", "Farther.", "No."))
    assert "Near." in by_hand(few, random.Random(0)).sources
    with pytest.raises(ValueError, match="only 1"):
        by_hand(Asked(question="?", answers=("Yes.",), near=("Near.",)), random.Random(0))
