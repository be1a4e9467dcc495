"""Weights: hand-worked z-scores, the promises about few signals, and a slow reference."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain import PhraseMass, PhraseWeight, SignalKind
from app.feedback.edits import changes
from app.feedback.phrases import edit_shares, vote_shares
from app.feedback.weights import dictionary, strongest

from .made import ANSWER, CORRECTED, POSTED
from .plainly import plain_dictionary

NOW = POSTED


def mass(
    phrase: str, value: float, *, days: float = 0, person: str = "olga", reply_id: int = 1
) -> PhraseMass:
    return PhraseMass(
        repository_id=1,
        reply_id=reply_id,
        phrase=phrase,
        mass=value,
        at=NOW - timedelta(days=days),
        person=person,
        url="",
        kind=SignalKind.REACTION,
    )


def z_of(weights: Sequence[PhraseWeight]) -> dict[str, float]:
    return {weight.phrase: weight.z for weight in weights}


def test_an_edit_of_one_phrase_worked_by_hand() -> None:
    # One phrase went, one came: 64 observations on each side, both sides total 10 064, prior 1.
    # came: odds 65 / (10 064 - 65) against 1 / (10 064 - 1): ln 65 + ln(10 063 / 9 999)
    #       = 4.174387 + 0.006380 = 4.180767; its deviation sqrt(1/65 + 1) = 1.007663
    #       z = 4.180767 / 1.007663 = 4.148974; went: the same, negative.
    found = dictionary([mass("old", -1.0), mass("new", 1.0)], NOW)
    assert z_of(found) == pytest.approx({"old": -4.148974, "new": 4.148974}, abs=1e-5)
    assert found[0] == PhraseWeight(phrase="new", z=found[0].z, liked=1.0, disliked=0.0)
    assert found[1] == PhraseWeight(phrase="old", z=found[1].z, liked=0.0, disliked=1.0)


def test_unequal_totals_worked_by_hand() -> None:
    # rare: 8 observations liked, 2 disliked; other: 1 000 liked, none disliked.
    # T = 11 008 and 10 002, together 21 010; the prior of 1 is shared
    # 2 * 11 008 / 21 010 = 1.0478820 and 2 * 10 002 / 21 010 = 0.9521180.
    # up = 9.0478820, down = 2.9521180
    # ln(up / (11 008 - up)) = ln 9.0478820 - ln 10 998.952 = 2.2025308 - 9.3055558 = -7.1030250
    # ln(down / (10 002 - down)) = ln 2.9521180 - ln 9 999.0479 = 1.0825228 - 9.2102452 = -8.1277224
    # z = 1.0246974 / sqrt(0.1105231 + 0.3387398) = 1.0246974 / 0.6702708 = 1.528781
    masses = [mass("rare", 8 / 64), mass("rare", -2 / 64)]
    masses += [mass("other", 100 / 64, person=f"p{n}") for n in range(10)]
    assert z_of(dictionary(masses, NOW, cap=1e9))["rare"] == pytest.approx(1.528781, abs=1e-5)


def test_one_maintainers_edit_moves_what_it_changed() -> None:
    shares = edit_shares(changes(ANSWER, CORRECTED))
    found = dictionary([mass(phrase, share) for phrase, share in shares.items()], NOW)
    assert [weight.phrase for weight in strongest(found, 10)] == [
        ".github/.ubiquibot-config.yml",
        ".ubiquity-os.config.yml",
    ]
    assert found[0].z > 2 > -2 > found[1].z


@pytest.mark.parametrize(("changed", "moves"), [(1, True), (8, True), (9, False)])
def test_an_edit_of_few_phrases_moves_them_and_a_rewrite_does_not(
    changed: int, moves: bool
) -> None:
    found = dictionary([mass(f"p{n}", 1 / changed) for n in range(changed)], NOW)
    assert len(strongest(found, 10)) == (changed if moves else 0)


def test_a_lone_edit_is_forgotten_in_the_tenth_month() -> None:
    assert strongest(dictionary([mass("p", 1.0, days=275)], NOW), 10)
    assert not strongest(dictionary([mass("p", 1.0, days=290)], NOW), 10)


FORTY = "\n".join(f"- word{n}" for n in range(40))


@pytest.mark.parametrize(
    ("answer", "trust", "voters", "moves"),
    [
        (FORTY, 0.25, 1, False),
        (FORTY, 1.0, 1, False),
        (FORTY, 1.0, 4, False),
        (FORTY, 1.0, 5, True),
        (FORTY, 0.25, 18, False),
        (FORTY, 0.25, 20, True),
        ("Word.", 1.0, 1, False),
        ("Word.", 1.0, 2, True),
    ],
)
def test_votes_move_phrases_only_together(
    answer: str, trust: float, voters: int, moves: bool
) -> None:
    shares = vote_shares(answer, [])
    masses = [
        mass(phrase, trust * share, person=f"p{voter}")
        for voter in range(voters)
        for phrase, share in shares.items()
    ]
    assert bool(strongest(dictionary(masses, NOW), 50)) is moves


def test_one_person_cannot_flood_a_day_nor_a_phrase() -> None:
    flood = [mass("spam", 1 / 8, reply_id=n) for n in range(800)]
    many = [mass(f"spam{n % 8}", 1 / 8, reply_id=n) for n in range(800)]
    spread = [mass("spam", 1 / 8, reply_id=n, days=n) for n in range(10)]
    assert dictionary(flood, NOW)[0].liked == 2.0
    assert sum(found.liked for found in dictionary(many, NOW)) == pytest.approx(10.0)
    assert dictionary(spread, NOW, cap=1e9) == dictionary(spread, NOW)


def test_opposite_evidence_is_kept_apart_and_cancels_in_z() -> None:
    (found,) = dictionary([mass("p", 1.0), mass("p", -1.0, person="wim")], NOW)
    assert (found.liked, found.disliked) == (1.0, 1.0)
    assert found.z == pytest.approx(0.0, abs=1e-12)


def test_nothing_gives_an_empty_dictionary_and_traces_are_dropped() -> None:
    assert dictionary([], NOW) == []
    assert dictionary([mass("p", 0.0), mass("q", 0.0009)], NOW) == []


def test_strongest_takes_both_signs_by_size_then_alphabet() -> None:
    weights = [
        PhraseWeight(phrase=phrase, z=z, liked=1, disliked=1)
        for phrase, z in [("b", 2.0), ("a", 2.0), ("c", -3.0), ("d", 1.99)]
    ]
    assert [weight.phrase for weight in strongest(weights, 2)] == ["c", "a"]
    assert [weight.phrase for weight in strongest(weights, 9)] == ["c", "a", "b"]


masses_strategy = st.lists(
    st.builds(
        mass,
        st.sampled_from("abcde"),
        st.floats(-1, 1, allow_nan=False),
        days=st.floats(0, 400),
        person=st.sampled_from(["olga", "wim", "rob"]),
        reply_id=st.integers(1, 4),
    ),
    max_size=25,
)


@given(masses_strategy, st.floats(0.5, 20))
def test_the_plain_computation_agrees(masses: list[PhraseMass], cap: float) -> None:
    plain = {one: found[0] for one, found in plain_dictionary(masses, NOW, cap=cap).items()}
    assert z_of(dictionary(masses, NOW, cap=cap)) == pytest.approx(plain, rel=1e-9, abs=1e-9)


@given(masses_strategy, st.randoms())
def test_order_does_not_matter(masses: list[PhraseMass], random: object) -> None:
    shuffled = list(masses)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert z_of(dictionary(shuffled, NOW)) == pytest.approx(z_of(dictionary(masses, NOW)))


@given(masses_strategy)
def test_opposite_judgements_give_opposite_weights(masses: list[PhraseMass]) -> None:
    opposite = [
        mass(m.phrase, -m.mass, days=0, person=m.person, reply_id=m.reply_id) for m in masses
    ]
    same = [mass(m.phrase, m.mass, days=0, person=m.person, reply_id=m.reply_id) for m in masses]
    assert z_of(dictionary(opposite, NOW)) == pytest.approx(
        {phrase: -z for phrase, z in z_of(dictionary(same, NOW)).items()}, abs=1e-9
    )


@given(masses_strategy, st.floats(0.0, 1000.0), st.floats(0.0, 1000.0))
def test_nothing_is_held_against_one_sided_word(
    masses: list[PhraseMass], more_liked: float, more_disliked: float
) -> None:
    sea = [mass("sea", more_liked), mass("sea", -more_disliked)]
    assume(all(abs(item.mass) > 1e-3 or item.mass == 0 for item in masses))
    for weight in dictionary([*masses, *sea], NOW, cap=1e9):
        if weight.phrase == "sea":
            continue
        if weight.disliked == 0:
            assert weight.z > -1e-9
        if weight.liked == 0:
            assert weight.z < 1e-9


@given(disliked=st.floats(0.05, 4.0), strangers=st.floats(0.001, 4.0), rest=st.floats(0.0, 40.0))
def test_strangers_who_like_what_writers_dislike_never_have_it_weigh_more(
    disliked: float, strangers: float, rest: float
) -> None:
    said = [mass("word", -disliked, person="olga")]
    said += [mass("rest", rest / 40, person=f"p{n}", reply_id=10 + n) for n in range(40)]
    writers = {(one.reply_id, one.person, one.kind) for one in said}
    liked = [mass("word", strangers / 4, person=f"s{n}", reply_id=50 + n) for n in range(4)]
    before = z_of(dictionary(said, NOW, writers=writers))["word"]
    after = z_of(dictionary([*said, *liked], NOW, writers=writers))["word"]
    assert before <= after < 0 or after >= 0
    turned = [replace(one, mass=-one.mass) for one in said]
    turned_liked = [replace(one, mass=-one.mass) for one in liked]
    again = z_of(dictionary([*turned, *turned_liked], NOW, writers=writers))["word"]
    assert again == pytest.approx(-after)
