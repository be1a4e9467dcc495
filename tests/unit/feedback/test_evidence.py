"""Evidence: all that one reply teaches, and nothing once it is taken back."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain import (
    Evidence,
    MemoryKind,
    Passage,
    Permission,
    PhraseMass,
    Reply,
    Revision,
    Signal,
    SignalKind,
    Snapshot,
)
from app.feedback.evidence import evidence
from app.feedback.signals import signals
from app.feedback.versions import history

from .made import (
    ABSTAINED,
    ANSWER,
    ASKER,
    CORRECTED,
    LOGIN,
    OWNER,
    PERMISSIONS,
    READER,
    STRANGER,
    URL,
    WRITER,
    a_reaction,
    a_reply,
    a_signal,
    a_snapshot,
    an_edit,
    at,
    edit_revisions,
    edited_snapshot,
    full_body,
)


def learn(
    live: Sequence[Signal], revisions: Sequence[Revision] = (), reply: Reply | None = None
) -> Evidence:
    return evidence(reply or a_reply(), live, revisions, own_login=LOGIN)


def look(snapshot: Snapshot) -> Evidence:
    """What one look at GitHub teaches, from the snapshot on."""
    found = signals(a_reply(), snapshot, PERMISSIONS, own_login=LOGIN)
    return learn(found, history(snapshot, own_login=LOGIN))


def by_phrase(found: Evidence) -> dict[str, float]:
    return {mass.phrase: mass.mass for mass in found.masses}


def test_a_maintainers_edit_in_full() -> None:
    found = learn([an_edit()], edit_revisions())
    assert by_phrase(found) == {
        ".ubiquity-os.config.yml": -1.0,
        ".github/.ubiquibot-config.yml": 1.0,
    }
    assert found.masses[0] == PhraseMass(
        repository_id=1,
        reply_id=9,
        phrase=".ubiquity-os.config.yml",
        mass=-1.0,
        at=at(10),
        person="olga",
        url=URL,
        kind=SignalKind.EDIT,
    )
    assert [(memory.kind, memory.after) for memory in found.memories] == [
        (MemoryKind.CORRECTION, CORRECTED)
    ]
    assert [row.form or row.kind.value for row in found.rows] == ["pair", "pn", "np"]


def test_a_vote_credits_what_was_neither_asked_nor_quoted() -> None:
    reply = a_reply("Simply add `x.yml`.", question="Add what?")
    source = Passage(path="a.md", start_line=1, end_line=1, title="", text="There is `x.yml`.")
    found = learn([a_signal("-1", READER, -0.5, 0.25)], reply=replace(reply, sources=[source]))
    # "simply" is one of six phrases: the vote of -0.5 with trust 0.25 is divided by sixteen.
    assert by_phrase(found) == {"simply": -0.5 * 0.25 / 16}


def test_it_is_known_since_it_was_read() -> None:
    found = learn(
        [an_edit(read_at=at(90)), a_signal(person=WRITER, first_seen=at(5), read_at=at(95))],
        edit_revisions(),
    )
    read = {mass.kind: (mass.read_at, mass.known_at) for mass in found.masses}
    assert read == {
        SignalKind.EDIT: (at(90), at(90)),
        SignalKind.REACTION: (at(95), at(95)),
    }
    assert {mass.known_at for mass in learn([an_edit()], edit_revisions()).masses} == {at(10)}


def test_nothing_is_known_from_nothing() -> None:
    assert learn([]) == Evidence()
    assert learn([a_signal(trust=0.0)]) == Evidence()


@pytest.mark.parametrize(
    ("with_it", "without_it"),
    [
        (a_snapshot(reactions=[a_reaction("+1")]), a_snapshot()),
        (a_snapshot(minimized_reason="spam"), a_snapshot()),
        (
            edited_snapshot((OWNER, CORRECTED)),
            edited_snapshot((OWNER, CORRECTED), (OWNER, ANSWER)),
        ),
    ],
)
def test_what_is_taken_back_vanishes(with_it: Snapshot, without_it: Snapshot) -> None:
    assert look(with_it) != Evidence()
    assert look(without_it) == Evidence()


def test_a_reaction_taken_back_leaves_what_others_said_as_it_was() -> None:
    mine, other = a_signal(person=OWNER), a_signal(person=WRITER)
    assert learn([replace(mine, removed_at=at(6)), other]) == learn([other])
    assert learn([mine, other]) != learn([other])


def test_the_order_of_signals_does_not_matter() -> None:
    live = [
        an_edit(),
        a_signal(person=ASKER),
        a_signal("-1", READER, -1.0, 0.25, first_seen=at(20)),
    ]
    expected = learn(live, edit_revisions())
    assert learn(live[::-1], edit_revisions()) == expected == learn(live, edit_revisions())


def test_a_vote_after_an_edit_credits_the_edited_text() -> None:
    late = a_signal(person=WRITER, first_seen=at(20))
    found = learn([an_edit(), late], edit_revisions())
    voted = {mass.phrase for mass in found.masses if mass.kind is SignalKind.REACTION}
    assert ".github/.ubiquibot-config.yml" in voted
    assert ".ubiquity-os.config.yml" not in voted
    early = learn([an_edit(), replace(late, first_seen=at(5))], edit_revisions())
    voted = {mass.phrase for mass in early.masses if mass.kind is SignalKind.REACTION}
    assert ".ubiquity-os.config.yml" in voted


def test_a_contradicted_answer_is_no_example_and_no_row_but_both_sides_stay_visible() -> None:
    found = learn([a_signal(), a_signal("-1", WRITER, -1.0)])
    assert found.memories == found.rows == ()
    assert {mass.mass > 0 for mass in found.masses} == {True, False}


def test_hidden_as_outdated_teaches_nothing_any_more() -> None:
    hide = a_signal("outdated", kind=SignalKind.HIDE, value=0.0, trust=0.5)
    assert learn([an_edit(), a_signal(), hide], edit_revisions()) == Evidence()
    resolved = replace(hide, content="resolved")
    assert learn([an_edit(), resolved], edit_revisions()) == learn([an_edit()], edit_revisions())


def test_hidden_as_spam_is_a_bad_example() -> None:
    found = look(a_snapshot(minimized_reason="spam"))
    assert [(memory.kind, memory.weight) for memory in found.memories] == [(MemoryKind.BAD, 0.5)]
    assert all(mass.mass < 0 for mass in found.masses)


def test_the_text_of_a_deleted_reply_is_taught_to_nobody() -> None:
    found = look(a_snapshot("", exists=False))
    assert found.memories == found.rows == ()
    assert found.masses
    assert all(mass.mass < 0 and mass.kind is SignalKind.DELETE for mass in found.masses)


def test_where_the_app_knew_nothing_only_peoples_text_counts() -> None:
    reply = a_reply(
        "I could not find that.",
        block=ABSTAINED,
        body=full_body("I could not find that."),
    )
    assert learn([a_signal("-1", OWNER, -1.0)], reply=reply) == Evidence()

    def written(text: str) -> Evidence:
        revision = Revision(body=full_body(text), editor=OWNER, edited_at=at(10))
        return learn([an_edit(text)], [revision], reply)

    found = written("Add `x.yml`.")
    assert by_phrase(found) == {"add x.yml": 1.0}
    assert [memory.after for memory in found.memories] == ["Add `x.yml`."]
    below = written("I could not find that.\n\nAdd `x.yml`.")
    assert (below.masses, below.memories) == (found.masses, found.memories)
    assert [row.chosen for row in below.rows] == ["Add `x.yml`.", ""]


def test_an_edit_signal_without_its_text_waits_for_the_next_look() -> None:
    assert learn([an_edit("Something newer.")], edit_revisions()) == Evidence()
    assert learn([an_edit()], []) == Evidence()


def test_an_edit_by_somebody_without_trust_teaches_nothing() -> None:
    assert look(edited_snapshot((STRANGER, CORRECTED))) == Evidence()


class TestDefectsOfAnEarlierDesign:
    """What an earlier attempt at learning from reactions and edits got wrong."""

    def test_the_bots_own_replies_are_what_is_scored(self) -> None:
        assert look(a_snapshot(reactions=[a_reaction("+1")])).masses

    def test_an_edit_counts_against_what_it_removed(self) -> None:
        found = by_phrase(look(edited_snapshot((OWNER, CORRECTED))))
        assert found[".ubiquity-os.config.yml"] < 0 < found[".github/.ubiquibot-config.yml"]

    def test_many_edits_are_worth_no_more_than_what_they_come_to(self) -> None:
        once = look(edited_snapshot((OWNER, CORRECTED)))
        often = look(
            edited_snapshot(*[(OWNER, f"Draft {n}.") for n in range(9)], (OWNER, CORRECTED))
        )
        assert by_phrase(often) == by_phrase(once)

    def test_every_mass_names_its_own_repository(self) -> None:
        reply = a_reply(repository_id=77)
        found = learn([an_edit(), a_signal()], edit_revisions(), reply)
        parts = [*found.masses, *found.memories, *found.rows]
        assert {part.repository_id for part in parts} == {77}

    def test_one_repositorys_evidence_leaves_no_trace_in_anothers(self) -> None:
        before = learn([a_signal()])
        learn([a_signal("-1", OWNER, -1.0)], reply=a_reply(repository_id=77))
        assert learn([a_signal()]) == before

    def test_the_body_comes_from_revisions_with_editor_and_time_alone(self) -> None:
        revision = Revision(body=None, editor=OWNER, edited_at=at(10))
        snapshot = a_snapshot(full_body(CORRECTED), revisions=[revision])
        assert by_phrase(look(snapshot)) == by_phrase(look(edited_snapshot((OWNER, CORRECTED))))

    def test_a_reaction_is_noticed_without_any_event(self) -> None:
        assert look(a_snapshot()) != look(a_snapshot(reactions=[a_reaction("-1")]))

    def test_permission_is_verified_not_believed(self) -> None:
        (found,) = signals(
            a_reply(),
            a_snapshot(reactions=[a_reaction("+1", OWNER)]),
            {OWNER.id: Permission.NONE},
            own_login=LOGIN,
        )
        assert found.trust == 0.0
