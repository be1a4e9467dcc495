"""Whole texts: what could be posted as it is, in the form in which replies are learned from."""

import pytest

from app.domain import Piece, WholeText
from app.layouts import Layout
from app.layouts.remarks import without_remarks
from app.text.layout import without_citations
from app.weave.claims import Ungrounded
from app.weave.drafting import Attempt, ComposerConfig, Said
from app.weave.evaluator import BANNED
from app.weave.grounding import Grounding
from app.weave.record import Look, Trail
from app.weave.tree import Node
from app.weave.whole import BEGINNINGS, DRAFTS, drafts, quoted, written
from tests.unit.weave.made import ask, corpus, dictionary, memory, passage
from tests.unit.weave.models import Scripted, ask_model, says

TESTS = "How do I run the tests?"
PORT = "Which port does the server use by default?"


def grow(node: Node, text: str, score: float, *, finished: bool = True) -> Node:
    piece = Piece(text=text, finished=finished, logprob=-1.0)
    child = Node(text=node.text + text, piece=piece, score=score, depth=node.depth + 1, parent=node)
    node.children.append(child)
    return child


def attempt(root: Node, chosen: str = "", *, whole: bool = False) -> Attempt:
    """Makes one whose texts are said as they are; those with a question mark cannot be."""

    def say(text: str) -> WholeText | None:
        return None if "?" in text else WholeText(text=text, score=0.0)

    trail = Trail(root=root, chosen=chosen, look=lambda text: Look(), say=say, whole=whole)
    return Attempt(said=(Said(text=chosen, passage=passage("p")),) if chosen else (), trail=trail)


def texts(*attempts: Attempt, most: int = 99, characters: int = 1000) -> tuple[list[str], int]:
    found, more = drafts(attempts, most=most, characters=characters)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    return [one.text for one in found], more


def test_ended_texts_alone_are_whole_where_texts_are_written() -> None:
    root = Node(text="")
    first = grow(root, "a", 9.0, finished=False)
    grow(first, "b", 2.0)
    grow(first, "c", 3.0, finished=False)
    grow(root, "d", 1.0)
    assert texts(attempt(root)) == (["ab", "d"], 0)
    assert texts(attempt(root, "ac")) == (["ac", "ab", "d"], 0)
    assert texts(attempt(root, whole=True)) == (["a", "ac", "ab", "d"], 0)


@pytest.mark.parametrize("score", [BANNED, float("nan"), float("-inf")])
def test_what_is_out_of_question_or_cannot_be_said_is_no_draft(score: float) -> None:
    root = Node(text="")
    grow(root, "a", score)
    grow(root, "what?", 3.0)
    grow(root, "b", 1.0)
    grow(root, " b\n", 2.0)
    assert texts(attempt(root)) == ([" b\n"], 0)


def test_the_best_of_other_beginnings_come_before_the_next_best() -> None:
    root = Node(text="")
    first = grow(root, "a", 0.0, finished=False)
    for at in range(9):
        grow(first, str(at), 90.0 + at)
    for at in range(9):
        grow(root, "bcdefghij"[at], float(at))
    found, more = texts(attempt(root, "a3"))
    # The chosen one, the best of five other beginnings, and the two that score best.
    assert found == ["a8", "a7", "a3", "j", "i", "h", "g", "f"]
    assert (len(found), more) == (3 + BEGINNINGS, 18 - 8)


def test_what_attempts_came_to_is_taken_first_the_last_ones_before_all() -> None:
    one, two = Node(text=""), Node(text="")
    for at in range(5):
        grow(one, f"a{at}", 5.0 + at)
        grow(two, f"b{at}", float(at))
    assert texts(attempt(one, "a0"), attempt(two, "b0"), most=1) == (["b0"], 9)
    assert texts(attempt(one, "a0"), attempt(two, "b0"), most=2) == (["a0", "b0"], 8)
    assert texts(Attempt(), attempt(two), most=1) == (["b4"], 4)


@pytest.mark.parametrize(
    ("most", "characters", "found"),
    [
        (0, 1000, []),
        (2, 1000, ["aaaa", "bb"]),
        (9, 6, ["aaaa", "bb"]),
        (9, 5, ["bb"]),
        (9, 0, []),
    ],
)
def test_no_more_is_kept_than_is_wanted(most: int, characters: int, found: list[str]) -> None:
    root = Node(text="")
    for score, text in enumerate(["d", "ccccccc", "bb", "aaaa"]):
        grow(root, text, float(score))
    # What was chosen is taken first.
    kept, more = texts(attempt(root, "bb"), most=most, characters=characters)
    assert (kept, more) == (found, 4 - len(found))


def test_quotations_are_said_without_marks_and_remarks() -> None:
    here, there = passage("Run `make`. It runs `nowhere.py`.", "a.md"), passage("So.", "b.md")
    said = [
        Said(text="Run `make`.", passage=here, lead="In short:"),
        Said(text="It runs `nowhere.py`.", passage=here),
        Said(text="So.", passage=there),
    ]
    grounding = Grounding.of(corpus(), ())
    found = quoted(said, grounding, Ungrounded.MARK)
    assert found is not None
    assert found.text == "In short: Run `make`. It runs `nowhere.py`.\n\nSo."
    dropped = quoted(said, grounding, Ungrounded.DROP)
    assert dropped is not None and "nowhere" not in dropped.text
    assert quoted(said[1:2], grounding, Ungrounded.DROP) is None


def test_texts_are_told_which_corrections_they_quote() -> None:
    taught = passage("So.", "a.md")
    correction = Said(
        text="So.",
        passage=type(taught)(
            path="", start_line=1, end_line=1, title="", text="So.", url="http://h/1", memory_id=4
        ),
    )
    found = written("So. [1] No. [2]", [correction, correction, Said(text="No.", passage=taught)])
    assert found == WholeText(text="So. No.", score=0.0, taught=("http://h/1",))
    assert written("[1]", []) is None


@pytest.mark.parametrize("layout", [None, *Layout])
def test_the_posted_text_is_a_draft_in_the_form_that_is_learned_from(layout: Layout | None) -> None:
    taught = memory(PORT, "It is port 9090.", before="It is 8080.")
    if layout is None:
        answer = ask(PORT, memories=[taught])
    else:
        said = "It listens on port 8080. [1]", "Set `LOOM_PORT` to change it. [2]", "Port 1. [3]"
        model = Scripted(script=says(*said))
        answer = ask_model(model, PORT, layout=layout, memories=[taught])
    posted = without_remarks(without_citations(answer.text))
    assert posted in [one.text for one in answer.drafts]
    assert 1 < len(answer.drafts) <= DRAFTS
    assert len({one.text for one in answer.drafts}) == len(answer.drafts)
    if layout is not Layout.PASSAGES:
        quoting = [one for one in answer.drafts if "9090" in one.text]
        assert quoting and all(one.taught == (taught.url,) for one in quoting)


def test_drafts_of_a_refused_answer_are_kept() -> None:
    struck = dictionary(make__check=-9.0, network=-9.0, run=-9.0)
    answer = ask(TESTS, words=struck, config=ComposerConfig(min_score=9.0, max_restarts=1))
    assert answer.refused and len(answer.tried) == 2
    assert len(answer.drafts) > 1
