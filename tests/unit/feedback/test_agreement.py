"""Records: who was right how often, what that does to trust, and which writers are contrary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Permission, Person, Signal, SignalKind
from app.feedback.agreement import Record, at_most, contrary, moved, records, stances

from .made import OWNER, READER, TRIAGER, WRITER, a_signal, an_edit, at


def said(person: Person, way: int, reply_id: int, minutes: float = 5) -> Signal:
    return a_signal(
        "+1" if way > 0 else "-1", person, float(way), reply_id=reply_id, first_seen=at(minutes)
    )


def test_stances_tell_the_text_before_an_edit_from_the_one_after() -> None:
    before, after = a_signal(first_seen=at(5)), a_signal(person=READER, first_seen=at(15))
    found = {
        (one.text, one.person.login, one.way)
        for one in stances([before, an_edit(person=WRITER), after])
    }
    assert found == {
        ((9, False), "olga", 1),
        ((9, False), "wim", -1),
        ((9, True), "wim", 1),
        ((9, True), "rob", 1),
    }


def test_who_says_both_stands_nowhere() -> None:
    assert stances([a_signal("+1"), a_signal("-1", value=-1.0)]) == []


@pytest.mark.parametrize(
    ("readers", "writers", "minutes", "record"),
    [
        (1, 1, 1, Record(agreed=1, compared=1)),
        (-1, 1, 1, Record(agreed=0, compared=1)),
        # What is said after a writer earns nothing, and costs nothing.
        (1, 1, 9, Record()),
        (-1, 1, 9, Record()),
    ],
)
def test_only_what_was_said_first_counts(
    readers: int, writers: int, minutes: float, record: Record
) -> None:
    found = records(stances([said(OWNER, writers, 1), said(READER, readers, 1, minutes)]))
    assert found.get(READER.id, Record()) == record


def test_trust_moves_by_twice_the_posterior_mean() -> None:
    # Beta(2, 2) and 4 of 4: 6 / 8 = 0.75, times two 1.5; none of 4: 2 / 8, times two 0.5.
    assert moved(0.25, Record(agreed=4, compared=4)) == pytest.approx(0.375)
    assert moved(0.25, Record(agreed=0, compared=4)) == pytest.approx(0.125)
    assert moved(0.25, Record(agreed=0, compared=3)) == 0.25


@given(
    st.sampled_from([0.0, 0.25, 0.5]),
    st.integers(0, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_trust_stays_within_its_bounds(trust: float, counts: tuple[int, int]) -> None:
    found = moved(trust, Record(agreed=counts[0], compared=counts[1]))
    assert trust / 4 <= found <= (0.9 if trust == 0.5 else 0.45)
    assert trust or found == 0


def test_a_binomial_worked_by_hand() -> None:
    # At most one of three at a half: (1 + 3) / 8.
    assert at_most(1, 3, 0.5) == pytest.approx(0.5)


def crew(hostile: int) -> list[Signal]:
    """Twelve replies on which four writers agree, and some of four say the opposite."""
    honest = [Person(id=50 + n, login=f"w{n}") for n in range(4)]
    others = [Person(id=90 + n, login=f"H{n}") for n in range(hostile)]
    return [
        a_signal(
            "+1",
            person,
            1.0 if person in honest else -1.0,
            reply_id=reply,
            permission=Permission.WRITE,
        )
        for reply in range(12)
        for person in honest + others
    ]


def test_a_contrary_writer_is_found_and_nobody_else() -> None:
    found = stances(crew(1))
    [one] = contrary(found, records(found))
    assert (one.person.login, one.record) == ("H0", Record(agreed=0, compared=12))
    assert contrary(found, records(found), vouched={"h0"}) == []
    assert contrary(stances(crew(0)), records(stances(crew(0)))) == []


def test_bots_and_the_unnamed_stand_nowhere() -> None:
    bot, nobody = Person(id=8, login="b", is_bot=True), Person(id=0, login="")
    assert stances([a_signal(person=bot), a_signal(person=nobody, kind=SignalKind.HIDE)]) == []
    assert stances([a_signal(person=TRIAGER, removed_at=at(9))]) == []
