"""Votes on earlier answers move passages for questions alike, and only so far."""

from dataclasses import replace

import pytest

from app.domain import Dictionary, Hit, Question, Regard
from app.weave.question import take_apart
from app.weave.regarded import BOUND, factor, moved

from .made import NOW, ask, corpus, passage

ASKED = "Which port does the server listen on?"


def a_regard(mass: float = 1.0, trust: float = 1.0, person: str = "ada", **given: str) -> Regard:
    values = {"question": ASKED, "path": "a.md", "digest": passage("text").digest} | given
    return Regard(
        repository_id=1,
        reply_id=1,
        mass=mass,
        trust=trust,
        at=NOW,
        person=person,
        url=f"http://h/{person}",
        **values,
    )


@pytest.mark.parametrize(
    "said, expected",
    [
        ([], 1.0),
        # One writer: 1.6 ** tanh(1 / 4) = 1.6 ** 0.2449.
        ([a_regard()], 1.1220),
        ([a_regard(-1.0)], 1 / 1.1220),
        # One person is one vote, on however many answers.
        ([a_regard(), a_regard(), a_regard()], 1.1220),
        ([a_regard(), a_regard(-1.0, person="ben")], 1.0),
        # 1.6 ** tanh(0.5 / 4) = 1.6 ** 0.1244: a crowd of readers is half a writer.
        ([a_regard(0.25, 0.25, f"p{n}") for n in range(100)], 1.0602),
        # With a writer who says the same: 1 + 2.5, 1.6 ** tanh(3.5 / 4) = 1.6 ** 0.7039.
        ([a_regard(), *(a_regard(0.25, 0.25, f"p{n}") for n in range(100))], 1.3921),
        ([a_regard(person=f"w{n}") for n in range(100)], BOUND),
        ([a_regard(-1.0, person=f"w{n}") for n in range(100)], 1 / BOUND),
    ],
)
def test_how_far_a_passage_moves(said: list[Regard], expected: float) -> None:
    assert factor(said) == pytest.approx(expected, abs=1e-4)


def order(*said: Regard, question: str = ASKED) -> list[str]:
    rarity = corpus().rarity
    hits = [
        Hit(passage=passage("other", "b.md"), score=10.0),
        Hit(passage=passage("text"), score=9.5),
    ]
    found, changed = moved(take_apart(Question(text=question), rarity), hits, said, rarity)
    assert [one.path for one in changed] == (["a.md"] if changed else [])
    return [hit.passage.path for hit in found]


def test_a_passage_rises_for_questions_alike() -> None:
    assert order() == ["b.md", "a.md"]
    assert order(a_regard()) == ["a.md", "b.md"]
    assert order(a_regard(), question="Where are logs written to?") == ["b.md", "a.md"]


def test_a_passage_that_says_something_else_now_stays() -> None:
    assert order(a_regard(digest=passage("old text").digest)) == ["b.md", "a.md"]
    assert order(a_regard(path="c.md")) == ["b.md", "a.md"]


def test_an_answer_tells_which_of_its_sources_were_moved() -> None:
    answer = ask(ASKED)
    source = answer.sources[0]
    liked = a_regard(-1.0, path=source.path, digest=source.digest)
    words = Dictionary(repository_id=1, regards=(liked,))
    [told] = ask(ASKED, words=words).moved
    assert (told.path, told.line, told.urls) == (source.path, source.start_line, ("http://h/ada",))
    assert told.factor == pytest.approx(1 / 1.1220, abs=1e-4)
    assert ask(ASKED, words=replace(words, regards=())).moved == []
    # What was found is as sure as before, whatever people like.
    assert ask(ASKED, words=words).confidence == pytest.approx(answer.confidence)
