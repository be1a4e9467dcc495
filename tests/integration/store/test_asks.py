"""Asks and their drafts, on both databases."""

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

import app.store.asks as store_asks
from app.domain import AskState, DraftRecord, Passage, SourceKind
from app.errors import TransientError
from app.store import Store
from app.store.holder import place
from tests.stored import ANN, BEN, NOW, a_repository, an_ask, later


@pytest.fixture(autouse=True)
def _known_repository(store: Store) -> None:
    store.repositories.save(a_repository())


def test_an_ask_opens_once(store: Store) -> None:
    first = an_ask(asker=ANN)
    assert store.asks.open(first)
    assert not store.asks.open(replace(first, delivery_guid="g2"))
    assert store.asks.get(first.key) == first
    assert store.asks.get("ask:other:c1") is None


def test_an_ask_opens_once_for_many_at_a_time(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: store.asks.open(an_ask()), range(16)))
    assert sorted(opened) == [False] * 15 + [True]


def test_an_ask_of_an_unknown_repository_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.asks.open(an_ask(repository_id=99))


def test_a_refused_write_does_not_say_what_was_written(store: Store) -> None:
    record = DraftRecord(body="my cat is called Fluff", question="", answer="", created_at=NOW)
    with pytest.raises(IntegrityError) as caught:
        store.asks.save_draft("ask:none:c1", record)
    assert re.search(r"INSERT INTO (treadle\.)?draft ", str(caught.value))
    assert "Fluff" not in str(caught.value)


def test_state_and_reason(store: Store) -> None:
    ask = an_ask()
    store.asks.open(ask)
    store.asks.set_state(ask.key, AskState.REFUSED, "over the limit")
    assert store.asks.get(ask.key) == replace(ask, state=AskState.REFUSED)
    assert store.asks.reason(ask.key) == "over the limit"
    assert store.asks.reason("ask:other:c1") == ""


@pytest.mark.parametrize("state", AskState)
def test_a_draft_takes_an_ask_on_only_where_it_waits(store: Store, state: AskState) -> None:
    ask = an_ask(state=state)
    store.asks.open(ask)
    store.asks.save_draft(ask.key, DraftRecord(body="b", question="", answer="", created_at=NOW))
    found = store.asks.get(ask.key)
    assert found is not None
    assert found.state is (AskState.DRAFTED if state is AskState.QUEUED else state)


def test_earlier_counts_what_one_person_asked_before(store: Store) -> None:
    store.repositories.save(a_repository(id=2))
    for node, given in {
        "a": {"asker": ANN, "state": AskState.ANSWERED, "created_at": later(-3)},
        "b": {"asker": ANN, "state": AskState.REFUSED, "created_at": later(-2)},
        "c": {"asker": ANN, "state": AskState.FAILED, "created_at": later(-2)},
        "d": {"asker": ANN, "state": AskState.IGNORED, "created_at": later(-2)},
        "e": {"asker": ANN, "command": "help", "created_at": later(-2)},
        "f": {"asker": BEN, "created_at": later(-2)},
        "g": {"asker": ANN, "repository_id": 2, "created_at": later(-2)},
        "h": {"asker": ANN, "created_at": later(-9)},
        "i": {"created_at": later(-2)},
        "j": {"asker": ANN},
        "k": {"asker": ANN},
        "l": {"asker": ANN, "created_at": later(1)},
    }.items():
        store.asks.open(an_ask(node, **given))

    def earlier(node: str, *, helping: bool = False) -> int:
        value = store.asks.get(f"ask:{node}:c1")
        assert value is not None
        return store.asks.earlier(value, since=later(-5), helping=helping)

    # Of two that came at the same time, the one with the lower key is the earlier one.
    assert earlier("j") == 2
    assert earlier("k") == 3
    assert earlier("l") == 4
    assert earlier("j", helping=True) == 1
    assert earlier("f") == 0
    assert earlier("i") == 0


def test_a_draft_comes_back_whole(store: Store) -> None:
    store.asks.open(an_ask())
    assert store.asks.draft(an_ask().key) is None
    record = DraftRecord(
        body="Use `make`.\n\n<!-- treadle {} -->",
        question="How?",
        answer="Use `make`.",
        block={"v": 1, "sources": ["a.md:1-2"]},
        sources=(
            Passage(path="a.md", start_line=1, end_line=2, title="A", text="Use `make`."),
            Passage(
                path="",
                start_line=1,
                end_line=1,
                title="",
                text="é",
                kind=SourceKind.CORRECTION,
                url="http://h/c",
                author="ann",
                memory_id=4,
            ),
        ),
        dictionary_version=2,
        details={"phrases": [["make", 2.5]]},
        created_at=NOW,
    )
    store.asks.save_draft(an_ask().key, replace(record, body="earlier"))
    store.asks.save_draft(an_ask().key, record)
    assert store.asks.draft(an_ask().key) == record


def test_one_at_a_time_posts_for_an_ask(store: Store) -> None:
    posted: list[str] = []
    barrier = threading.Barrier(4)

    def publish(_: int) -> None:
        barrier.wait(10)
        with store.asks.posting("ask:N1:c1"):
            if not posted:
                # The others run meanwhile, and write to the database as well.
                store.workers.beat("a", NOW)
                posted.append("reply")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(publish, range(4)))
    assert posted == ["reply"]


def test_asks_do_not_wait_for_each_other(store: Store) -> None:
    with store.asks.posting("ask:N1:c1"), store.asks.posting("ask:N2:c1"):
        pass


def test_posting_is_given_back_after_a_fault(store: Store) -> None:
    with pytest.raises(TransientError, match="down"), store.asks.posting("k"):
        raise TransientError("down")
    with store.asks.posting("k"):
        pass


@pytest.mark.parametrize(
    "holder",
    ["elsewhere:pid:[1]/7/ab/cd", f"{place()}/{os.getppid()}/ab/cd"],
    ids=["elsewhere", "here"],
)
def test_who_waits_too_long_for_another_tries_later(
    store: Store, monkeypatch: pytest.MonkeyPatch, holder: str
) -> None:
    monkeypatch.setattr(store_asks, "POSTING_PATIENCE", 0.2)
    now = datetime.now(UTC)
    assert store.workers.lease("k", holder, now, now + timedelta(minutes=2))
    with pytest.raises(TransientError, match="another worker"), store.asks.posting("k"):
        pass
    store.workers.release("k", holder)
    assert store.workers.lease("k", holder, now, now - timedelta(seconds=1))
    with store.asks.posting("k"):
        pass


def test_what_a_killed_process_held_is_free_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_asks, "POSTING_PATIENCE", 0)
    now = datetime.now(UTC)
    killed = f"{place()}/{os.getpid()}/0123456789abcdef/cd"
    assert store.workers.lease("k", killed, now, now + timedelta(minutes=2))
    with store.asks.posting("k"):
        pass


def test_what_waits_of_an_installation(store: Store) -> None:
    store.repositories.save(replace(a_repository(), id=2, name="heddle", installation_id=8))
    mine = a_repository().installation_id
    for number, state in enumerate(AskState):
        store.asks.open(an_ask(key=f"ask:{number}:c1", state=state))
    theirs = an_ask(key="ask:other:c1", repository_id=2)
    store.asks.open(theirs)
    assert [store.asks.waiting(installation) for installation in (mine, 8, 9)] == [2, 1, 0]
    assert store.asks.installation(theirs.key) == 8
    assert store.asks.installation("ask:none:c1") == 0
