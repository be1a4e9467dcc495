"""Caps: no number of people who may not write moves a phrase, whatever else is said."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain import PhraseMass, SignalKind
from app.feedback.caps import Side, sources_of_writers
from app.feedback.weights import THRESHOLD, dictionary

from .made import OWNER, POSTED, READER, a_signal


def mass(phrase: str, value: float, person: str, reply_id: int = 1) -> PhraseMass:
    return PhraseMass(
        repository_id=1,
        reply_id=reply_id,
        phrase=phrase,
        mass=value,
        at=POSTED,
        person=person,
        url="",
        kind=SignalKind.REACTION,
    )


WRITERS = frozenset({(1, "olga", SignalKind.REACTION)})


def test_the_sources_of_writers() -> None:
    assert sources_of_writers([a_signal(), a_signal(person=READER)]) == {
        (9, OWNER.login, SignalKind.REACTION)
    }


def test_others_add_a_little_and_more_where_a_writer_agrees() -> None:
    assert Side(others=5.0).capped(0.1) == 0.1
    assert Side(writers=0.5, others=5.0).capped(0.1) == 0.5 + 0.1 + 2 * 0.5


@given(
    crowd=st.lists(st.tuples(st.floats(0.01, 1), st.integers(1, 300)), min_size=1, max_size=60),
    sign=st.sampled_from([1, -1]),
    honest=st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(-1, 1)), max_size=40),
)
def test_nobody_buys_a_phrase(
    crowd: list[tuple[float, int]], sign: int, honest: list[tuple[str, float]]
) -> None:
    bought = [mass("bought", sign * value, f"p{n}", n + 2) for value, n in crowd]
    given_ = [mass(phrase, value, "olga") for phrase, value in honest]
    found = {one.phrase: one for one in dictionary([*bought, *given_], POSTED, writers=WRITERS)}
    assert abs(found["bought"].z) < THRESHOLD


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(1, 50)), max_size=40))
def test_what_others_say_elsewhere_moves_no_phrase_of_writers(
    crowd: list[tuple[float, int]],
) -> None:
    own = [mass("kept", 0.5, "olga"), mass("gone", -0.7, "olga")]
    noise = [mass(f"x{n}", value, f"p{n}", n + 2) for value, n in crowd]
    clean = {one.phrase: one for one in dictionary(own, POSTED, writers=WRITERS)}
    found = {one.phrase: one for one in dictionary([*own, *noise], POSTED, writers=WRITERS)}
    assert {phrase: found[phrase] for phrase in clean} == clean
