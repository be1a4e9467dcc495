"""Questions are all asked before any reply is waited for, and replies name their adapter."""

from typing import cast

import pytest

from app.demo.asking import adapter_of, ask_all
from app.demo.people import LinkBroken, Someone
from app.demo.waiting import Waiting
from tests.unit.demo.played import KEYS, Alive, Played, posted, sealed


def test_replies_are_returned_by_their_questions() -> None:
    alive = Alive()
    ada = Played("ada", lambda asked: f"To {asked}: yes.")
    waiting = Waiting(alive, seconds=7.0)  # type: ignore[arg-type]
    replies = ask_all(cast(Someone, ada), ["One?", "Two?"], title="A title", waiting=waiting)
    assert {question: one.body for question, one in replies.items()} == {
        "One?": "To /ask One?: yes.",
        "Two?": "To /ask Two?: yes.",
    }
    assert ada.titles == ["A title", "A title"]
    assert alive.checks == 2


@pytest.mark.parametrize("adapter", ["", "r1-0001-abcdef01"])
def test_a_reply_names_its_adapter(adapter: str) -> None:
    assert adapter_of(posted(sealed("Yes. [1]", adapter)), KEYS) == adapter


@pytest.mark.parametrize(
    "body", ["Yes.", sealed("Yes.", "r1-0001-abcdef01").replace("abcdef01", "abcdef02")]
)
def test_a_reply_whose_word_cannot_be_trusted_is_a_broken_link(body: str) -> None:
    with pytest.raises(LinkBroken, match="no hidden block that verifies"):
        adapter_of(posted(body), KEYS)
