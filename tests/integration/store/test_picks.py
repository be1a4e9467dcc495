"""What people picked, on both databases."""

from dataclasses import replace

import pytest

from app.domain import OPERATOR, AuditEntry, Pick, ReplyState
from app.store import Store
from tests.stored import NOW, a_reply, a_repository, an_ask, later

PICK = Pick(
    ask_key="ask:N29:c1",
    repository_id=1,
    chosen="Run it \x00.",
    others=["Do not.", "Ask."],
    taught=["http://h/1"],
    by="the dashboard",
    at=NOW,
)
TOLD = AuditEntry(at=NOW, person=OPERATOR, act="picked", subject="reply 1", url="")
UNTOLD = replace(TOLD, act="took back a pick")


@pytest.fixture
def asked(store: Store) -> Store:
    store.repositories.save(a_repository())
    store.asks.open(an_ask())
    store.replies.add(a_reply(trigger_node_id="N29", command_key="c1", question="How?"))
    return store


def acts(store: Store) -> list[str]:
    return [one.act for one in store.audit.newest(1, 9)]


def test_what_is_picked_comes_back_with_its_reply(asked: Store) -> None:
    assert asked.picks.set(PICK, TOLD)
    kept = replace(PICK, chosen="Run it \N{REPLACEMENT CHARACTER}.")
    assert asked.picks.get(PICK.ask_key) == kept
    [(found, reply)] = asked.picks.stream(1)
    assert (found, reply.question) == (kept, "How?")
    assert (asked.picks.count(1), asked.picks.count(2)) == (1, 0)
    assert acts(asked) == ["picked"]


def test_another_pick_takes_the_place_of_the_first(asked: Store) -> None:
    asked.picks.set(PICK, TOLD)
    other = replace(PICK, chosen="Ask.", others=["Run it."], taught=[], at=later(1))
    assert asked.picks.set(other, TOLD)
    assert asked.picks.get(PICK.ask_key) == other
    assert acts(asked) == ["picked", "picked"]


def test_a_pick_is_taken_back_once(asked: Store) -> None:
    asked.picks.set(PICK, TOLD)
    assert not asked.picks.lift(2, PICK.ask_key, UNTOLD)
    assert asked.picks.lift(1, PICK.ask_key, UNTOLD)
    assert not asked.picks.lift(1, PICK.ask_key, UNTOLD)
    assert asked.picks.get(PICK.ask_key) is None
    assert acts(asked) == ["took back a pick", "picked"]


@pytest.mark.parametrize("state", [ReplyState.DELETED, ReplyState.TAKEN_BACK])
def test_nothing_is_picked_or_told_of_a_reply_that_is_gone(asked: Store, state: ReplyState) -> None:
    asked.picks.set(PICK, TOLD)
    [reply] = asked.replies.recent(1, 9)
    asked.replies.set_state(reply.id, state)
    assert list(asked.picks.stream(1)) == [] and asked.picks.count(1) == 0
    assert not asked.picks.set(replace(PICK, chosen="Ask."), TOLD)
    assert not asked.picks.set(replace(PICK, ask_key="ask:N30:c1"), TOLD)
    assert acts(asked) == ["picked"]


def test_a_pick_outlives_its_tree_and_goes_with_its_repository(asked: Store) -> None:
    asked.picks.set(PICK, TOLD)
    asked.trees.prune(later(9))
    assert asked.picks.count(1) == 1
    asked.forgotten.add(1, NOW)
    assert asked.picks.get(PICK.ask_key) is None
