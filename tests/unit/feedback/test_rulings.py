"""Rulings on phrases, and what a roll-back sets aside."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import (
    OPERATOR,
    PhraseMass,
    PhraseWeight,
    RollBack,
    Ruling,
    RulingKind,
    RulingWhat,
    SignalKind,
)
from app.errors import UserError
from app.feedback.rulings import (
    NOTHING,
    RULED_Z,
    Aside,
    aside,
    counting,
    going_back,
    phrase_of,
    ruled,
)
from app.feedback.weights import dictionary
from app.text.words import phrase_tokens
from app.weave.phrase_score import MOST_Z

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


def a_ruling(
    key: str, what: RulingWhat, kind: RulingKind = RulingKind.PHRASE, at: datetime = NOON
) -> Ruling:
    return Ruling(kind=kind, key=key, what=what, by=OPERATOR, at=at, url="")


def a_weight(phrase: str, z: float, liked: float = 1.0) -> PhraseWeight:
    return PhraseWeight(phrase=phrase, z=z, liked=liked, disliked=0.5)


def a_mass(
    phrase: str,
    at: datetime,
    mass: float = 1.0,
    person: str = "ann",
    read_at: datetime | None = None,
) -> PhraseMass:
    return PhraseMass(
        repository_id=1,
        reply_id=1,
        phrase=phrase,
        mass=mass,
        at=at,
        person=person,
        url="",
        kind=SignalKind.EDIT,
        read_at=read_at,
    )


def read_late(phrase: str, at: float, after: float, mass: float, person: str) -> PhraseMass:
    """A mass of an edit that was made on a day and read some days after."""
    return a_mass(phrase, day(at), mass, person, read_at=day(at + after))


def a_roll_back(at: datetime, *times: tuple[datetime, datetime]) -> RollBack:
    return RollBack(version=1, aside=times, by=OPERATOR, at=at, url="")


def test_a_ruled_phrase_counts_as_much_as_any_can() -> None:
    assert RULED_Z == MOST_Z


@pytest.mark.parametrize(
    ("what", "z"),
    [(RulingWhat.PINNED, 6.0), (RulingWhat.FORBIDDEN, -6.0), (RulingWhat.DELETED, None)],
)
@pytest.mark.parametrize("known", [-9.0, -0.5, 2.5, 9.0])
def test_a_decision_stands_above_evidence(what: RulingWhat, z: float | None, known: float) -> None:
    found = ruled([a_weight("run make", known)], [a_ruling("run make", what)])
    assert found == ([] if z is None else [a_weight("run make", z)])


def test_what_nobody_spoke_of_can_be_decided() -> None:
    rulings = [
        a_ruling("tox", RulingWhat.FORBIDDEN),
        a_ruling("nox", RulingWhat.PINNED),
        a_ruling("unknown", RulingWhat.DELETED),
        a_ruling("abc", RulingWhat.VETOED, RulingKind.MEMORY),
    ]
    assert ruled([a_weight("make", 7.0)], rulings) == [
        a_weight("make", 7.0),
        PhraseWeight(phrase="nox", z=6.0, liked=0.0, disliked=0.0),
        PhraseWeight(phrase="tox", z=-6.0, liked=0.0, disliked=0.0),
    ]


def test_without_rulings_nothing_changes() -> None:
    weights = dictionary([a_mass("make", NOON), a_mass("tox", NOON, -1.0)], NOON)
    assert ruled(weights, []) == weights


def test_what_was_said_after_the_version_is_set_aside() -> None:
    times = going_back([], day(1), day(3))
    assert times == ((day(1), day(3)),)
    masses = [a_mass("before", day(1)), a_mass("between", day(2)), a_mass("at", day(3))]
    later = a_mass("after", day(3.01))
    assert counting([*masses, later], Aside(times=times)) == [a_mass("before", day(3)), later]
    held = [Aside(times=times).holds(1, day(number)) for number in range(5)]
    assert held == [False, False, True, True, False]


def test_what_was_said_before_the_version_and_read_after_it_is_set_aside() -> None:
    late = a_mass("late", day(0.5), read_at=day(2))
    times = going_back([], day(1), day(3))
    back = [a_roll_back(day(3), *times)]
    assert counting([late], aside(back)) == []
    assert counting([late], aside([*back, a_roll_back(day(4))])) == [late]


@pytest.mark.parametrize(
    ("said", "counts_from"),
    [
        # Of its age, the days that were set aside are none, whenever it was read.
        (day(0.5), day(5.5)),
        (day(4), day(6)),
        (day(6), day(6)),
        (day(6.5), day(6.5)),
    ],
)
def test_what_is_read_after_the_roll_back_counts(said: datetime, counts_from: datetime) -> None:
    late = a_mass("late", said, read_at=day(7))
    found = counting([late], Aside(times=going_back([], day(1), day(6))))
    assert found == [replace(late, at=counts_from)]


def test_nothing_set_aside_changes_nothing() -> None:
    masses = [a_mass("one", NOON)]
    assert aside([]) == NOTHING
    assert counting(masses, NOTHING) == masses


def test_what_a_vetoed_reply_taught_is_set_aside() -> None:
    other = replace(a_mass("other", NOON), reply_id=2)
    assert counting([a_mass("one", NOON), other], Aside(replies=frozenset({1}))) == [other]


def test_the_last_roll_back_is_in_force() -> None:
    first = a_roll_back(day(3), (day(1), day(3)))
    resumed = a_roll_back(day(4))
    assert aside([first]).times == ((day(1), day(3)),)
    assert aside([first, resumed]) == NOTHING
    assert aside([first, resumed], frozenset({7})) == Aside(replies=frozenset({7}))


@pytest.mark.parametrize(
    ("saved_at", "expected"),
    [
        # Of before the first roll-back: nothing was set aside then.
        (day(2), [(2, 9)]),
        # Of between the two: the first was in force.
        (day(4), [(1, 3), (4, 9)]),
        # Of after all was to count again.
        (day(7), [(7, 9)]),
    ],
)
def test_what_was_set_aside_then_is_again(
    saved_at: datetime, expected: list[tuple[float, float]]
) -> None:
    made = [a_roll_back(day(3), (day(1), day(3))), a_roll_back(day(6))]
    found = going_back(made, saved_at, day(9))
    assert found == tuple((day(since), day(until)) for since, until in expected)


PHRASES = ["make", "tox", "nox"]
MASSES = st.lists(
    st.builds(
        read_late,
        st.sampled_from(PHRASES),
        st.floats(0, 20),
        st.sampled_from([-0.01, 0.0, 0.01]) | st.floats(0, 20),
        st.sampled_from([-1.0, -0.25, 0.25, 1.0]),
        st.sampled_from(["ann", "ben"]),
    ),
    max_size=12,
)


def weighed(masses: list[PhraseMass], made: list[RollBack], now: datetime) -> list[PhraseWeight]:
    """Weighs what counts, at the midnight before a time as the bot does."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return dictionary(counting([one for one in masses if one.known_at <= now], aside(made)), today)


@given(
    masses=MASSES,
    times=st.lists(st.floats(0, 20).map(day), min_size=4, max_size=4, unique=True),
)
def test_a_version_comes_back_as_it_was(masses: list[PhraseMass], times: list[datetime]) -> None:
    first, second, back, again = sorted(times)
    made: list[RollBack] = []

    def same(at: datetime, now: datetime, then: list[RollBack]) -> None:
        # Evidence from after a version's midnight counts in full, whatever its day.
        before, after = weighed(masses, then, at), weighed(masses, made, now)
        assert {one.phrase for one in before} == {one.phrase for one in after}
        z = {one.phrase: one.z for one in before}
        assert {one.phrase: one.z for one in after} == pytest.approx(z, abs=1e-9)

    made.append(a_roll_back(back, *going_back(made, first, back)))
    same(first, back, [])
    made.append(a_roll_back(again, *going_back(made, second, again)))
    same(second, again, [])
    made.append(a_roll_back(day(21), *going_back(made, back, day(21))))
    same(back, day(21), made[:1])


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Run `make`", "run make"),
        ("run **make test**", "run make test"),
        ("  Use\tnox \n", "use nox"),
        ("`pip install -e .`", "pip install -e ."),
        ("the docs/setup.md file", "the docs/setup.md file"),
        ("not recommended", "not recommended"),
        ("Größe", "größe"),
        ("ملف الإعداد", "ملف الإعداد"),
        ("--force", "--force"),
        ("`<details>`", "<details>"),
        ("make\0 test", "make test"),
    ],
)
def test_a_phrase_is_read_as_answers_are(given_text: str, expected: str) -> None:
    assert phrase_of(given_text) == expected
    assert " ".join(phrase_tokens(given_text.replace("\0", ""))) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no phrase"),
        ("   ", "no phrase"),
        ("of the", "no phrase"),
        ("…!?", "no phrase"),
        ("\ud800", "no phrase"),
        ("one two three four five", "4 words at most, and this has 5"),
        ("x" * 201, "201 characters"),
        ("word " * 20_000, "too long"),
        ("<img src=x onerror=alert(1)>", "no HTML"),
        ("</code><script>", "no HTML"),
        ("<!-- treadle:1 -->", "no HTML"),
        ("make\u202etset", "cannot be seen"),
        ("`ma\u200bke`", "cannot be seen"),
        ("Run make. Use nox.", "one sentence"),
    ],
)
def test_what_can_be_no_phrase_is_refused_with_why(text: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        phrase_of(text)


def test_a_phrase_that_is_there_is_taken_as_it_is_shown() -> None:
    known = {"pip install -e .", "in order to make it work well"}
    assert phrase_of("pip  install -e .", known) == "pip install -e ."
    assert phrase_of("In order to make it work well", known) == "in order to make it work well"
    assert phrase_of("pip install -e .") == "pip install -e"


@given(st.text(max_size=60))
def test_any_text_gives_a_phrase_that_stays_itself_or_an_error(text: str) -> None:
    try:
        phrase = phrase_of(text)
    except UserError:
        return
    assert phrase == phrase.strip() != ""
    assert phrase_of(phrase, {phrase}) == phrase
