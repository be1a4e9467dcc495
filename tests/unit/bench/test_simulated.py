"""Simulated feedback, of pages that a played model answers."""

from collections.abc import Sequence
from itertools import islice

import pytest

from app.layouts.numbered import Line, unknown
from app.training.bobbin.heldout import answer, prompt, question
from app.training.bobbin.pages import Document, Page, Turn
from bench.simulated import Replied, Signals, lessons, pages, replies

LOOM = Document(
    package="loom",
    name="loom/server.py",
    sentences=(
        "Set `max_retries` to limit how often a failed request is sent again.",
        "The server listens on port 8080 unless another address is configured.",
        "If the configuration file is missing, default values are used for every option.",
        "Returns the number of rows that were deleted from the database table.",
        "Use `Client.stream()` to download large files without loading them into memory.",
        "Sessions are stored in an encrypted cookie that expires after two weeks.",
        "Call close() to release the worker threads and flush pending log messages.",
        "The scheduler starts jobs in the order in which they were submitted.",
    ),
)
SOURCES = ("The port is 8080.", "The host is a name.")
PAGE = Page(sources=SOURCES, turns=(Turn(question="which port?", gold=(0,)),))
GIVEN = [
    Replied(page=PAGE, said=f"[1] {SOURCES[0]}", shown=f"{SOURCES[0]} ({at})") for at in range(20)
]


class Played:
    """Says the same to every page."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.asked: list[str] = []

    def answers(self, prompts: Sequence[str], most: Sequence[int]) -> list[str]:
        assert len(most) == len(prompts)
        self.asked += prompts
        return [self.said] * len(prompts)


def test_no_answer_is_asked_for_twice_and_pages_come_to_an_end() -> None:
    made = list(pages([LOOM], "seed"))
    answers = [answer(question(page), page.sources).split("] ")[1] for page in made]
    assert len(set(answers)) == len(answers) <= len(LOOM.sentences)
    assert set(answers) <= set(LOOM.sentences) and len(answers) > 3
    assert all(5 <= len(page.sources) <= 7 for page in made)
    assert list(pages([LOOM], "seed")) == made
    assert list(islice(pages([LOOM], "other"), 2)) != made[:2]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (str(Line(number=2, text=SOURCES[1])), SOURCES[1]),
        (f"[2] {SOURCES[1]}\n[1] {SOURCES[0]}\n", f"{SOURCES[1]}\n\n{SOURCES[0]}"),
        # It says that it does not know.
        (unknown(), None),
        # It has words of its own, the rule's among them.
        (f"In short: [1] {SOURCES[0]}", None),
        (f"[1] {SOURCES[0]}\nNote: [2] {SOURCES[1]}", None),
        # What it says is on no page, or under another number.
        ("[1] The port is 8081.", None),
        (f"[2] {SOURCES[0]}", None),
        (f"[7] {SOURCES[0]}", None),
        ("", None),
    ],
)
def test_a_maintainer_edits_replies_that_say_sentences(said: str, shown: str | None) -> None:
    model = Played(said)
    found = list(replies(model, iter([PAGE])))
    assert [(one.said, one.shown) for one in found] == ([(said.strip(), shown)] if shown else [])
    assert model.asked == [prompt(PAGE)]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("edits", "eeee eeee"), ("votes", "-+-+ -+-+"), ("mixed", "e+e- e+e-")],
)
def test_each_signal_is_a_lesson_of_its_own_thread(kind: str, wanted: str) -> None:
    made = lessons(GIVEN, Signals(count=8, kind=kind))  # type: ignore[arg-type]
    marks = {(True, True): "e", (True, False): "+", (False, True): "-"}
    assert [marks[bool(one.chosen), bool(one.rejected)] for one in made] == list(
        wanted.replace(" ", "")
    )
    assert [(one.thread, one.reply_id) for one in made] == [(at, at) for at in range(1, 9)]
    for one, given in zip(made, GIVEN, strict=False):
        assert one.prompt == prompt(PAGE) and one.question == "which port?"
        assert one.chosen in ("", f"In short: {given.said}")
        assert one.rejected in ("", given.said)
        assert one.wanted == (f"In short: {given.shown}" if one.chosen else "")


def test_flipped_signals_say_the_opposite_and_more_of_them_include_fewer() -> None:
    def flipped(share: float) -> set[int]:
        made = lessons(GIVEN, Signals(count=20, flipped=share))
        return {one.thread for one in made if one.rejected.startswith("In short:")}

    # 10 % and 30 % of 20.
    assert len(flipped(0.1)) == 2 and len(flipped(0.3)) == 6
    assert flipped(0.0) == set() and flipped(0.1) < flipped(0.3)
    assert len(flipped(1.0)) == 20
    down = lessons(GIVEN, Signals(count=2, kind="votes", flipped=1.0))
    assert [bool(one.chosen) for one in down] == [True, False]
    assert down[0].chosen == GIVEN[0].said


def test_there_must_be_a_reply_for_each_signal() -> None:
    with pytest.raises(ValueError, match="only 20 replies for 21 signals"):
        lessons(GIVEN, Signals(count=21))
