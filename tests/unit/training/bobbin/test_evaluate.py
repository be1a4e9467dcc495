"""A model that says what it is told to, and is as sure of its words as it is told to be."""

from collections.abc import Sequence

import pytest

from app.layouts.numbered import unknown
from app.training.bobbin.evaluate import ask, content, exact, refusals, right, verdicts
from app.training.bobbin.heldout import prompt
from app.training.bobbin.pages import Check, Page, Turn
from app.training.bobbin.shares import Share

SOURCES = ("It listens on port 8080.", "Set `HOST` to move it.", "Logs go to a file.")


def about(question: str, *gold: int) -> Page:
    return Page(sources=SOURCES, turns=(Turn(question=question, gold=gold),))


def judged(answer: str, yes: bool) -> Page:
    asked = Check(asked="where?", answer=answer, question="Does it quote?", yes=yes)
    return Page(sources=SOURCES, turns=(asked,))


class Told:
    """Stands for a model."""

    def __init__(self, said: dict[str, str] | None = None, best: int = 0) -> None:
        self.said = said or {}
        self.best = best

    end = 0

    def ids(self, text: str) -> list[int]:
        return [ord(letter) for letter in text]

    def answers(self, prompts: Sequence[str], most: Sequence[int]) -> list[str]:
        found = [next(s for q, s in self.said.items() if q in p) for p in prompts]
        return [said[:limit] for said, limit in zip(found, most, strict=True)]

    def both(self, prompts, most, texts):
        assert texts[0][1] == "[2] Set `HOST` to move it."
        told = [
            [[0.0 if at == self.best else -1.0] * (len(text) + 1) for at, text in enumerate(group)]
            for group in texts
        ]
        return self.answers(prompts, most), told

    def yes(self, prompts: Sequence[str]) -> list[float]:
        return [2.0 if "8080.\nCheck: " in prompt else -0.5 for prompt in prompts]


@pytest.mark.parametrize(
    ("said", "gold", "expected"),
    [
        ("[1] It listens on port 8080.", (0,), True),
        ("[1] It listens on port 8081.", (0,), False),
        ("[2] Set `HOST` to move it.", (0,), False),
        ("[1] It listens on port 8080.\n[3] Logs go to a file.", (0,), False),
        ("[1] It listens on port 8080.\n[3] Logs go to a file.", (0, 2), True),
        ("[3] Logs go to a file.\n[1] It listens on port 8080.", (0, 2), False),
        ("Short answer: [1] It listens on port 8080.", (0,), False),
        ("It listens on port 8080.", (0,), False),
        ("", (0,), False),
    ],
)
def test_exact_is_the_right_sentences_and_nothing_more(said, gold, expected):
    assert exact(said, about("where?", *gold)) is expected


def test_content_counts_each_way_of_being_right():
    pages = [about("where?", 0), about("which file?", 2), about("what moves it?", 1)]
    said = {
        "where?": "[1] It listens on port 8080.",
        "which file?": "[3] Logs go astray.",
        "what moves it?": unknown(),
    }
    found = content(ask(Told(said, best=2), pages))
    assert found.exact == Share(hits=1, total=3)
    assert found.source == Share(hits=2, total=3)
    assert found.restricted == Share(hits=1, total=3)
    assert found.refused == Share(hits=1, total=3)


def test_right_counts_exact_answers():
    pages = [about("where?", 0), about("which file?", 2)]
    said = {"where?": "[1] It listens on port 8080.", "which file?": "[3] Logs go astray."}
    assert right(Told(said), pages) == Share(hits=1, total=2)


def test_verdicts_are_right_where_the_odds_agree():
    pages = [
        judged("[1] It listens on port 8080.", True),
        judged("[1] It listens on port 8080.", False),
        judged("[1] It listens.", False),
    ]
    assert "8080.\nCheck: " in prompt(pages[0])
    assert verdicts(Told(), pages) == Share(hits=2, total=3)


def test_refusals_are_counted():
    pages = [about("is it free?"), about("where?")]
    assert refusals(Told({"free": unknown(), "where": "[1] No."}), pages) == Share(hits=1, total=2)
