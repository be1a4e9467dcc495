"""Trust: who counts how much, what reactions and hides mean, caps and contradictions."""

import pytest

from app.domain import Permission, Person, SignalKind
from app.feedback.trust import (
    Verdict,
    hide_value,
    reaction_value,
    trust_of,
    verdict,
    with_agreement,
)

from .made import ASKER, OTHER_BOT, OWNER, POSTED, READER, STRANGER, TRIAGER, WRITER, a_signal


@pytest.mark.parametrize(
    ("person", "permission", "trust"),
    [
        (OWNER, Permission.ADMIN, 1.0),
        (OWNER, Permission.MAINTAIN, 1.0),
        (WRITER, Permission.WRITE, 1.0),
        (TRIAGER, Permission.TRIAGE, 0.5),
        (READER, Permission.READ, 0.25),
        (STRANGER, Permission.NONE, 0.0),
        (ASKER, Permission.NONE, 0.5),
        (ASKER, Permission.READ, 0.5),
        (ASKER, Permission.WRITE, 1.0),
        (OTHER_BOT, Permission.ADMIN, 0.0),
    ],
)
def test_trust_goes_by_verified_permission(
    person: Person, permission: Permission, trust: float
) -> None:
    assert trust_of(person, permission, asker=ASKER) == trust


def test_a_bot_that_asked_is_no_asker_and_nobody_is_nobody() -> None:
    assert trust_of(OTHER_BOT, Permission.READ, asker=OTHER_BOT) == 0.0
    nobody = Person(id=0, login="")
    assert trust_of(nobody, Permission.NONE, asker=nobody) == 0.0


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("+1", 1.0),
        ("heart", 1.0),
        ("hooray", 1.0),
        ("rocket", 1.0),
        ("eyes", 0.5),
        ("laugh", 0.25),
        ("confused", -0.5),
        ("-1", -1.0),
        ("HEART", 1.0),
        ("unicorn", 0.0),
    ],
)
def test_reactions(content: str, value: float) -> None:
    assert reaction_value(content) == value


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ("spam", -1.0),
        ("abuse", -1.0),
        ("off-topic", -1.0),
        ("OFF_TOPIC", -1.0),
        ("low-quality", -1.0),
        ("outdated", 0.0),
        ("resolved", 0.0),
        ("duplicate", 0.0),
        ("hidden", 0.0),
    ],
)
def test_hides(reason: str, value: float) -> None:
    assert hide_value(reason) == value


def stranger(value: float = 1.0) -> object:
    return a_signal(person=STRANGER, value=value, trust=0.0)


@pytest.mark.parametrize(
    ("other", "trust"),
    [
        (a_signal(person=OWNER, value=1.0, trust=1.0), 0.25),
        (a_signal(person=ASKER, value=0.5, trust=0.5), 0.25),
        (a_signal(person=READER, value=1.0, trust=0.25), 0.0),
        (a_signal(person=OWNER, value=-1.0, trust=1.0), 0.0),
        (a_signal(person=OWNER, value=0.0, trust=1.0), 0.0),
        (a_signal(person=OWNER, value=1.0, removed_at=POSTED), 0.0),
        (a_signal(person=OWNER, kind=SignalKind.EDIT), 0.0),
        (a_signal(person=STRANGER, value=1.0, trust=0.0), 0.0),
    ],
)
def test_a_stranger_counts_once_a_trusted_signal_agrees(other: object, trust: float) -> None:
    found = with_agreement([a_signal(person=STRANGER, trust=0.0), other])  # type: ignore[list-item]
    assert found[0].trust == trust


def test_a_stranger_against_the_text_agrees_with_its_edit() -> None:
    against = a_signal("-1", person=STRANGER, value=-1.0, trust=0.0)
    assert with_agreement([against, a_signal(kind=SignalKind.EDIT)])[0].trust == 0.25


def test_no_agreement_lifts_a_bot() -> None:
    assert with_agreement([a_signal(person=OTHER_BOT, trust=0.0), a_signal()])[0].trust == 0.0


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([], Verdict(liked=0.0, disliked=0.0, contradicted=False)),
        ([(1.0, 1.0), (0.5, 0.5)], Verdict(liked=1.25, disliked=0.0, contradicted=False)),
        ([(1.0, 1.0), (-1.0, 0.5)], Verdict(liked=1.0, disliked=0.5, contradicted=True)),
        ([(1.0, 1.0), (-1.0, 0.25)], Verdict(liked=1.0, disliked=0.25, contradicted=False)),
        ([(1.0, 0.0), (0.0, 1.0)], Verdict(liked=0.0, disliked=0.0, contradicted=False)),
    ],
)
def test_contradictions_of_trusted_people_are_marked(
    votes: list[tuple[float, float]], expected: Verdict
) -> None:
    assert verdict(votes) == expected
    assert verdict(votes).net == expected.liked - expected.disliked
