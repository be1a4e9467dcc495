"""Signals: what one look at a reply says, and of whom."""

import pytest

from app.domain import SOMEONE, Permission, Person, Revision, Signal, SignalKind, Snapshot
from app.feedback.signals import digest, signals

from .made import (
    ANSWER,
    APP,
    ASKER,
    CORRECTED,
    LOGIN,
    OTHER_BOT,
    OWNER,
    PERMISSIONS,
    READER,
    STRANGER,
    TRIAGER,
    URL,
    WRITER,
    a_reaction,
    a_reply,
    a_snapshot,
    at,
    edited_snapshot,
    full_body,
)


def read(snapshot: Snapshot) -> list[Signal]:
    return signals(a_reply(), snapshot, PERMISSIONS, own_login=LOGIN)


def test_a_reaction_in_full() -> None:
    assert read(a_snapshot(reactions=[a_reaction("-1", TRIAGER, 5)])) == [
        Signal(
            reply_id=9,
            kind=SignalKind.REACTION,
            content="-1",
            person=TRIAGER,
            permission=Permission.TRIAGE,
            trust=0.5,
            value=-1.0,
            first_seen=at(5),
            url=URL,
        )
    ]


def test_each_person_by_permission() -> None:
    people = [OWNER, WRITER, TRIAGER, READER, ASKER]
    found = read(a_snapshot(reactions=[a_reaction("+1", person) for person in people]))
    assert [signal.trust for signal in found] == [1.0, 1.0, 0.5, 0.25, 0.5]


def test_an_edit_by_whom_github_does_not_name_is_one_of_a_writer() -> None:
    [found] = read(edited_snapshot((SOMEONE, CORRECTED)))
    assert (found.kind, found.person) == (SignalKind.EDIT, SOMEONE)
    assert (found.permission, found.trust) == (Permission.WRITE, 1.0)


def test_a_stranger_counts_only_with_a_trusted_person() -> None:
    alone = a_snapshot(reactions=[a_reaction("+1", STRANGER)])
    assert [signal.trust for signal in read(alone)] == [0.0]
    backed = a_snapshot(reactions=[a_reaction("+1", STRANGER), a_reaction("heart", OWNER)])
    assert [signal.trust for signal in read(backed)] == [0.25, 1.0]


def test_bots_and_unknown_reactions_say_nothing() -> None:
    reactions = [a_reaction("+1", APP), a_reaction("+1", OTHER_BOT), a_reaction("unicorn")]
    assert read(a_snapshot(reactions=reactions)) == []


def test_a_removed_reaction_is_no_signal() -> None:
    assert len(read(a_snapshot(reactions=[a_reaction("+1")]))) == 1
    assert read(a_snapshot()) == []


def test_an_edit() -> None:
    (found,) = read(edited_snapshot((WRITER, CORRECTED)))
    assert (found.kind, found.content) == (SignalKind.EDIT, digest(CORRECTED))
    assert (found.person, found.trust, found.value) == (WRITER, 1.0, 1.0)
    assert found.first_seen == at(10)


def test_an_edit_undone_or_of_the_sources_alone_is_none() -> None:
    assert read(edited_snapshot((WRITER, CORRECTED), (WRITER, ANSWER))) == []
    body = full_body(ANSWER, sources="1. [Better](z)")
    sources_only = [Revision(body=body, editor=OWNER, edited_at=at(10))]
    assert read(a_snapshot(body, revisions=sources_only)) == []


def test_an_edit_by_somebody_without_permission_has_no_trust() -> None:
    (found,) = read(edited_snapshot((STRANGER, CORRECTED)))
    assert (found.permission, found.trust) == (Permission.NONE, 0.0)


@pytest.mark.parametrize(
    ("reason", "value"), [("spam", -1.0), ("off-topic", -1.0), ("outdated", 0.0), ("resolved", 0.0)]
)
def test_a_hide(reason: str, value: float) -> None:
    (found,) = read(a_snapshot(minimized_reason=reason))
    assert (found.kind, found.content, found.value) == (SignalKind.HIDE, reason, value)
    assert (found.person, found.permission, found.trust) == (SOMEONE, Permission.TRIAGE, 0.5)


def test_a_delete_is_the_one_signal_of_what_is_gone() -> None:
    (found,) = read(a_snapshot("", exists=False, minimized_reason="spam"))
    assert (found.kind, found.person, found.trust, found.value) == (
        SignalKind.DELETE,
        SOMEONE,
        0.5,
        -1.0,
    )


def test_the_same_snapshot_gives_the_same_signals() -> None:
    snapshot = edited_snapshot(
        (OWNER, CORRECTED), reactions=[a_reaction("+1", READER), a_reaction("-1", TRIAGER)]
    )
    assert read(snapshot) == read(snapshot)


def test_a_repository_may_weigh_people_in_its_own_way() -> None:
    def by_name(person: Person, permission: Permission, *, asker: Person) -> float:
        return 0.75 if (person, permission, asker) == (READER, Permission.READ, ASKER) else 0.0

    snapshot = a_snapshot(reactions=[a_reaction("+1", READER, 5)])
    (found,) = signals(a_reply(), snapshot, PERMISSIONS, own_login=LOGIN, trust=by_name)
    assert found.trust == 0.75
