"""Assessment: what is held and why, what frees it, and that taking back undoes all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Permission, Person, Signal
from app.feedback.assessment import Hold, Rules, assess
from app.feedback.contradictions import Contradiction, contradictions

from .made import OWNER, READER, TRIAGER, WRITER, a_signal, an_edit, at

DELAY = timedelta(days=3)
SOON, LATER = Rules(now=at(60), delay=DELAY), Rules(now=at(9000), delay=DELAY)


def up(person: Person, way: float = 1.0, minutes: float = 5, trust: float = 0.25) -> Signal:
    return a_signal("+1" if way > 0 else "-1", person, way, trust, first_seen=at(minutes))


def hold_of(signal: Signal, others: list[Signal], rules: Rules) -> Hold | None:
    found = assess([signal, *others], rules).of(signal)
    assert found is not None
    assert (found.signal.trust == 0) == (found.hold is not None) and (not found.hold or found.why)
    return found.hold


LATE = 3 * 24 * 60 + 6


@pytest.mark.parametrize(
    ("person", "trust", "others", "rules", "hold"),
    [
        (OWNER, 1.0, [], SOON, None),
        (READER, 0.25, [], SOON, Hold.WAITING),
        (READER, 0.25, [], LATER, None),
        (READER, 0.25, [up(OWNER, trust=1.0)], SOON, None),
        (READER, 0.25, [up(TRIAGER, trust=0.5)], SOON, Hold.WAITING),
        (READER, 0.25, [up(OWNER, -1.0, trust=1.0)], LATER, Hold.VETOED),
        (READER, 0.25, [up(OWNER, -1.0, LATE, trust=1.0)], LATER, Hold.VETOED),
        (READER, 0.25, [an_edit(person=WRITER)], LATER, Hold.VETOED),
        # Two writers against each other decide nothing.
        (READER, 0.25, [up(OWNER, -1.0, trust=1.0), up(WRITER, trust=1.0)], LATER, None),
        # Within the days of waiting a triager is vetoed; after them people decide.
        (TRIAGER, 0.5, [up(OWNER, -1.0, trust=1.0)], LATER, Hold.VETOED),
        (TRIAGER, 0.5, [up(OWNER, -1.0, LATE, trust=1.0)], LATER, None),
    ],
)
def test_holds(
    person: Person, trust: float, others: list[Signal], rules: Rules, hold: Hold | None
) -> None:
    assert hold_of(up(person, trust=trust), others, rules) is hold


def crowd() -> list[Signal]:
    return [up(Person(id=100 + n, login=f"n{n}"), minutes=n) for n in range(8)]


def test_a_burst_waits_for_a_writer_and_for_nothing_else() -> None:
    found = assess(crowd(), LATER).signals
    assert {one.hold for one in found} == {Hold.BURST}
    assert "8 newcomers" in found[-1].why and "once a writer agrees" in found[-1].why
    freed = assess([*crowd(), up(WRITER, minutes=700, trust=1.0)], LATER).signals
    assert {one.hold for one in freed} == {None}
    vouched = replace(LATER, vouched=frozenset({"n3"}))
    assert [one.hold for one in assess(crowd(), vouched).signals].count(None) == 1


def test_a_contrary_writer_counts_half_and_is_shown() -> None:
    people = [Person(id=50 + n, login=f"w{n}") for n in range(5)]
    given_ = [
        a_signal(
            person=one,
            value=-1.0 if one.login == "w4" else 1.0,
            reply_id=reply,
            permission=Permission.WRITE,
        )
        for reply in range(12)
        for one in people
    ]
    found = assess(given_, LATER)
    assert [one.person.login for one in found.contrary] == ["w4"]
    trusts = {one.signal.person.login: one.signal.trust for one in found.signals}
    assert trusts == {"w0": 1.0, "w1": 1.0, "w2": 1.0, "w3": 1.0, "w4": 0.5}
    assert not assess(given_, replace(LATER, vouched=frozenset({"w4"}))).contrary


@given(
    st.lists(
        st.tuples(
            st.sampled_from([OWNER, WRITER, TRIAGER, READER]),
            st.sampled_from([1.0, -1.0]),
            st.integers(0, 9000),
        ),
        max_size=12,
    ),
    st.lists(st.integers(0, 11), max_size=6),
)
def test_what_was_taken_back_leaves_no_trace(
    given_: list[tuple[Person, float, int]], gone: list[int]
) -> None:
    everything = [
        replace(up(person, way, minutes), reply_id=n % 3)
        for n, (person, way, minutes) in enumerate(given_)
    ]
    left = [one for n, one in enumerate(everything) if n not in gone]
    marked = [
        replace(one, removed_at=at(9000)) if n in gone else one for n, one in enumerate(everything)
    ]
    assert assess(marked, LATER) == assess(left, LATER)


def test_contradictions_are_of_people_trusted_alone() -> None:
    for_it, against = up(OWNER, trust=1.0), up(TRIAGER, -1.0, trust=0.5)
    assert contradictions([for_it, against]) == [
        Contradiction(reply_id=9, edited=False, liked_by=("olga",), disliked_by=("tess",))
    ]
    assert contradictions([for_it, up(READER, -1.0)]) == []
    assert contradictions([for_it, an_edit(person=WRITER)]) == []
    disliked = up(OWNER, -1.0, minutes=20, trust=1.0)
    assert contradictions([disliked, an_edit(person=WRITER)]) == [
        Contradiction(reply_id=9, edited=True, liked_by=("wim",), disliked_by=("olga",))
    ]
