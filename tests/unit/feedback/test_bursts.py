"""Bursts: how many newcomers are too many, on one reply and on several with a phrase."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import Permission, Person, Signal
from app.feedback.agreement import stances
from app.feedback.bursts import NO_WORDING, Wording, above, bursts

from .made import a_signal, at


def newcomers(count: int, *, hours: float, replies: int = 1, since: int = 0) -> list[Signal]:
    """Thumbs up of so many readers, one every so many hours, over some replies in turn."""
    return [
        a_signal(
            person=Person(id=100 + since + n, login=f"n{since + n}"),
            trust=0.25,
            permission=Permission.READ,
            reply_id=1 + n % replies,
            first_seen=at(60 * hours * n),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "mean", "chance"),
    # e^-1/2 = 0.606531; 1 - e^-1/2 (1 + 1/2) = 0.090204; the sixth: 1.4165e-5. e^-800 is less than
    # any float; the last number is from a sum of decimals.
    [
        (0, 0.5, 1.0),
        (2, 0.5, 0.090204),
        (6, 0.5, 1.4165e-5),
        (40, 0.5, 8.8e-61),
        (1000, 800.0, 5.5014e-12),
    ],
)
def test_poisson_tails(count: int, mean: float, chance: float) -> None:
    assert above(count, mean) == pytest.approx(chance, rel=0.3 if count > 20 else 1e-3)


@pytest.mark.parametrize(
    ("count", "hours", "held"), [(5, 1, 0), (6, 1, 6), (30, 1, 30), (6, 5, 0), (20, 24, 0)]
)
def test_six_within_a_day_are_a_burst(count: int, hours: float, held: int) -> None:
    assert len(bursts(stances(newcomers(count, hours=hours)), NO_WORDING)) == held


def test_each_word_is_told_of_the_unlikeliest_of_its_windows() -> None:
    # One an hour: 25 of them are within a day, both ends counted; the first 24 windows hold fewer.
    found = bursts(stances(newcomers(60, hours=1)), NO_WORDING)
    marked = {person_id - 100: burst for (_, person_id), burst in found.items()}
    assert [marked[n].people for n in range(60)] == [25] * 60
    # Of windows that are alike the first: it begins with the first word, the next a word later.
    assert {marked[n].since for n in range(25)} == {at(0)}
    assert [marked[n].since for n in (25, 59)] == [at(60), at(60 * 35)]


def test_old_hands_and_writers_are_no_newcomers() -> None:
    crowd = newcomers(8, hours=1)
    old = [
        a_signal(
            person=one.person,
            trust=0.25,
            permission=Permission.READ,
            reply_id=77 + place,
            first_seen=one.first_seen - timedelta(days=30),
        )
        for place, one in enumerate(crowd)
    ]
    assert not bursts(stances([*old, *crowd]), NO_WORDING)
    assert not bursts(
        stances([a_signal(person=one.person, permission=Permission.WRITE) for one in crowd]),
        NO_WORDING,
    )


def test_a_phrase_gives_a_burst_over_several_replies_away() -> None:
    crowd = newcomers(12, hours=0.5, replies=6)
    assert not bursts(stances(crowd), NO_WORDING)
    wording = Wording(
        replies=100,
        phrases=lambda reply_id: ["a", "rare one"] if reply_id <= 6 else ["a"],
        sample=range(1, 101),
    )
    found = bursts(stances(crowd), wording)
    assert len(found) == 12
    assert {one.phrase for one in found.values()} == {"rare one"}


def test_a_busy_day_everywhere_is_no_burst() -> None:
    # Two hundred on forty replies: five on each is what was to be expected.
    crowd = newcomers(200, hours=0.1, replies=40)
    assert not bursts(stances(crowd), Wording(replies=40, phrases=lambda _: ()))


def test_the_more_crowds_there_are_the_more_unusual_a_burst_must_be() -> None:
    # Six newcomers where one half was expected: 1.4165e-5, below 1e-4 and below a fifth of it,
    # not below an eighth of it.
    def crowds(count: int) -> list[Signal]:
        return [
            replace(
                one,
                reply_id=1 + place,
                person=Person(id=1000 * place + one.person.id, login=f"{place}{one.person.login}"),
                first_seen=one.first_seen + timedelta(days=2 * place),
            )
            for place in range(count)
            for one in newcomers(6, hours=1)
        ]

    assert len(bursts(stances(crowds(5)), NO_WORDING)) == 30
    assert not bursts(stances(crowds(8)), NO_WORDING)
