"""Picks: which texts are offered, and the pairs of the picked one over a few of the others."""

import pytest

from app.domain import (
    AskTree,
    Outcome,
    Passage,
    Pick,
    Reply,
    RowOrigin,
    SourceKind,
    Tried,
    WholeText,
)
from app.feedback.picks import PAIRS, Offered, offered, offered_before, others, pairs
from tests.stored import NOW, a_reply, later

BODY = "In  the root. [1]\n\n**Sources**\n\n1. `a.md:1-2`"


def a_tree(*drafts: tuple[str, float], score: float = 0.5) -> AskTree:
    return AskTree(
        ask_key="ask:N29:c1",
        repository_id=1,
        question="Where?",
        outcome=Outcome.ANSWERED,
        min_score=0.0,
        tried=[Tried(text="?", score=9.0), Tried(text="In the root.", score=score)],
        created_at=NOW,
        drafts=[WholeText(text=text, score=score, taught=["http://h/1"]) for text, score in drafts],
    )


def an_answer(body: str = BODY, **given: object) -> Reply:
    return a_reply(body=body, question="Where?", **given)


def told(texts: list[Offered]) -> list[tuple[str, float | None, bool]]:
    return [(one.text, one.score, one.posted) for one in texts]


@pytest.mark.parametrize(
    ("drafts", "found"),
    [
        (
            [("In docs.", 2.0), ("In the root.", 1.0)],
            [("In docs.", 2.0, False), ("In  the root.", 1.0, True)],
        ),
        # Not kept: it is offered all the same, with the score of the last attempt.
        (
            [("In docs.", 2.0), ("No.", -1.0)],
            [("In docs.", 2.0, False), ("In  the root.", 0.5, True), ("No.", -1.0, False)],
        ),
        ([], [("In  the root.", 0.5, True)]),
        ([("No.", 1.0), ("No. ", 1.0)], [("No. ", 1.0, False), ("In  the root.", 0.5, True)]),
    ],
)
def test_drafts_are_offered_and_what_was_posted_as_it_was(
    drafts: list[tuple[str, float]], found: list[tuple[str, float | None, bool]]
) -> None:
    assert told(offered(a_tree(*drafts), an_answer())) == found


def test_what_says_that_there_is_no_answer_is_not_offered() -> None:
    abstained = an_answer(block={"search": {"abstained": True}})
    assert told(offered(a_tree(("No.", 1.0)), abstained)) == [("No.", 1.0, False)]


def test_a_posted_text_that_is_not_kept_tells_what_it_quotes() -> None:
    correction = Passage(
        path="",
        start_line=1,
        end_line=1,
        title="",
        text="In the root.",
        kind=SourceKind.CORRECTION,
        url="http://h/7",
        memory_id=3,
    )
    file = Passage(path="a.md", start_line=1, end_line=2, title="", text="No.")
    [one] = offered(a_tree(), an_answer(sources=(correction, file, correction)))
    assert one.taught == ("http://h/7",)


def test_the_posted_text_and_the_best_others_are_picked_over() -> None:
    texts = [Offered(text=str(at), score=-at, posted=at == 6) for at in range(8)]
    assert [one.text for one in others(texts, texts[1])] == ["6", "0", "2", "3"]
    assert [one.text for one in others(texts, texts[6])] == ["0", "1", "2", "3"]
    assert len(others(texts, texts[0])) == PAIRS
    assert others(texts[:1], texts[0]) == []


def test_a_pick_makes_a_pair_with_each_of_the_others() -> None:
    pick = Pick(
        ask_key="ask:N29:c1",
        repository_id=1,
        chosen="In docs.",
        others=["In the root.", "No."],
        by="the dashboard",
        at=later(9),
    )
    found = pairs(pick, an_answer(id=7, number=3))
    assert [(row.chosen, row.rejected) for row in found] == [
        ("In docs.", "In the root."),
        ("In docs.", "No."),
    ]
    for row in found:
        assert (row.origin, row.reply_id, row.number) == (RowOrigin.PICK, 7, 3)
        assert (row.prompt, row.weight, row.created_at) == ("Where?", 1.0, later(9))
        assert (row.people, row.urls) == (("the dashboard",), (an_answer().url,))
    assert told(offered_before(pick, an_answer())) == [
        ("In docs.", None, False),
        ("In the root.", None, True),
        ("No.", None, False),
    ]
