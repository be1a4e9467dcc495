"""Which text is whose: whole bodies, summaries, gone ones, the App's own edits."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain import Person, Revision, Snapshot
from app.feedback.versions import Versions, history, is_own, versions
from app.layouts.remarks import remark

from .made import (
    ANSWER,
    APP,
    CORRECTED,
    LOGIN,
    OTHER_BOT,
    OWNER,
    POSTED,
    WRITER,
    a_reply,
    a_snapshot,
    at,
    edited_snapshot,
    full_body,
)


def texts_of(snapshot: Snapshot, seen: Sequence[Revision] = ()) -> Versions:
    return versions(a_reply(), history(snapshot, seen, own_login=LOGIN), own_login=LOGIN)


def revision(body: str | None, editor: Person | None = OWNER, minutes: float = 10) -> Revision:
    return Revision(body=body, editor=editor, edited_at=at(minutes))


def test_a_reply_that_nobody_edited_has_the_apps_text() -> None:
    assert texts_of(a_snapshot()) == Versions(original=ANSWER)


def test_an_edit_has_both_texts_without_sources_and_block() -> None:
    assert texts_of(edited_snapshot((OWNER, CORRECTED))) == Versions(
        original=ANSWER, edited=CORRECTED, editor=OWNER, editors=(OWNER,), edited_at=at(10)
    )


@pytest.mark.parametrize(
    "body",
    [
        full_body(ANSWER),
        full_body(ANSWER, sources="1. [Other](y)"),
        full_body(ANSWER, footer="Other words."),
        full_body(f"{ANSWER} [1]"),
        full_body(ANSWER).replace("\n", "\r\n"),
        ANSWER,
    ],
)
def test_edits_of_all_but_the_answer_are_none(body: str) -> None:
    snapshot = a_snapshot(body, revisions=[revision(body)])
    assert texts_of(snapshot) == Versions(original=ANSWER)


def test_an_edit_that_was_undone_is_none() -> None:
    assert texts_of(edited_snapshot((OWNER, CORRECTED), (OWNER, ANSWER))).edited is None


def test_the_last_answer_counts_for_who_wrote_it() -> None:
    found = texts_of(edited_snapshot((OWNER, "Other."), (WRITER, CORRECTED), (OWNER, CORRECTED)))
    assert (found.edited, found.editor, found.edited_at) == (CORRECTED, WRITER, at(11))
    assert found.editors == (OWNER, WRITER)


def test_the_apps_last_text_before_the_first_human_edit_is_the_original() -> None:
    snapshot = a_snapshot(
        full_body(CORRECTED),
        revisions=[
            Revision(body="Working on it.", editor=APP, edited_at=POSTED),
            revision(full_body("Second try."), APP, 1),
            revision(full_body(CORRECTED), OWNER, 10),
        ],
    )
    assert texts_of(snapshot).original == "Second try."


def test_the_apps_own_later_edit_does_not_hide_the_human_one() -> None:
    snapshot = a_snapshot(
        full_body("Mine."),
        revisions=[revision(full_body(CORRECTED)), revision(full_body("Mine."), APP, 20)],
    )
    assert texts_of(snapshot).edited == CORRECTED


def test_another_bots_edit_is_no_human_edit() -> None:
    body = full_body(CORRECTED)
    assert texts_of(a_snapshot(body, revisions=[revision(body, OTHER_BOT)])).edited is None


def test_summaries_are_no_bodies_but_the_latest_body_is_known_anyway() -> None:
    snapshot = a_snapshot(
        full_body(CORRECTED),
        revisions=[revision("@@ -1 +1 @@\n-a\n+b", OWNER, 10), revision("@@ -1 +1 @@", WRITER, 11)],
    )
    found = texts_of(snapshot)
    assert (found.original, found.edited, found.editor) == (ANSWER, CORRECTED, WRITER)
    assert [item.body for item in history(snapshot)] == [None, full_body(CORRECTED)]


def test_a_delivery_tells_what_a_summary_does_not() -> None:
    snapshot = a_snapshot(
        full_body("Mine."),
        revisions=[revision("summary"), revision("summary", APP, 20)],
    )
    assert texts_of(snapshot).edited is None
    assert texts_of(snapshot, seen=[revision(full_body(CORRECTED))]).edited == CORRECTED
    assert texts_of(a_snapshot(), seen=[revision(full_body(CORRECTED))]).edited == CORRECTED


def test_what_github_hides_is_not_kept() -> None:
    gone = Revision(body=None, editor=OWNER, edited_at=at(10), deleted=True)
    body = full_body(CORRECTED)
    snapshot = a_snapshot(body, revisions=[gone, revision(body, WRITER, 11)])
    kept = history(snapshot, seen=[revision("secret")], own_login=LOGIN)
    assert [item.body for item in kept] == [None, body]
    assert history(a_snapshot(exists=False), seen=[revision(body)]) == []


def test_an_edit_by_a_deleted_account_teaches_nothing() -> None:
    body = full_body(CORRECTED)
    assert texts_of(a_snapshot(body, revisions=[revision(body, None)])).edited is None


@pytest.mark.parametrize("login", ["treadle", "treadle[bot]", "Treadle"])
def test_the_app_is_known_by_both_of_its_logins(login: str) -> None:
    assert is_own(Person(id=1, login=login, is_bot=True), LOGIN)


@pytest.mark.parametrize("login", ["", "treadler", "bot"])
def test_nobody_else_is_the_app(login: str) -> None:
    assert not is_own(Person(id=1, login=login, is_bot=True), LOGIN)
    assert not is_own(Person(id=1, login=login, is_bot=True), "")
    assert not is_own(None, LOGIN)


def test_a_person_who_is_called_like_the_app_is_a_person() -> None:
    namesake = Person(id=99, login="treadle")
    assert not is_own(namesake, LOGIN)
    assert texts_of(edited_snapshot((namesake, CORRECTED))).editor == namesake


def test_remarks_on_names_teach_nothing() -> None:
    remarked = ANSWER.replace("` to", f"` {remark()} to")
    reply = replace(a_reply(), body=full_body(remarked), answer=remarked)
    assert versions(reply, (), own_login=LOGIN) == Versions(original=ANSWER)
    without = [revision(full_body(remarked), APP, 0), revision(full_body(ANSWER))]
    assert versions(reply, without, own_login=LOGIN) == Versions(original=ANSWER)
