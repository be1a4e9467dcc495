"""GraphQL nodes as snapshots."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain import Person, Reaction, Revision, Snapshot
from app.errors import TransientError
from app.github.read import GHOST
from app.github.snapshots import EditPart, Lists, ReactionPart, comments, missing, snapshot
from tests.unit.github.hub import NOW

END = {"hasNextPage": False, "endCursor": None}
MONA = {"databaseId": 7, "login": "mona"}
BOT = {"__typename": "Bot", "databaseId": 900, "login": "treadle"}


def at(minute: int) -> str:
    return f"2026-11-20T10:{minute:02}:00Z"


def when(minute: int) -> datetime:
    return datetime(2026, 11, 20, 10, minute, tzinfo=UTC)


def edit(minute: int, diff: str | None, **more: Any) -> dict[str, Any]:
    editor = {"__typename": "User", **MONA}
    return {"editedAt": at(minute), "deletedAt": None, "diff": diff, "editor": editor, **more}


def node(
    body: str = "C", reactions: list[Any] | None = None, edits: list[Any] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "id": "IC_1",
        "body": body,
        "lastEditedAt": None,
        "isMinimized": False,
        "minimizedReason": None,
        "reactions": {"nodes": reactions or [], "pageInfo": END},
        "userContentEdits": {"nodes": edits or [], "pageInfo": END},
        **more,
    }


def shown(content: dict[str, Any]) -> Snapshot:
    (part,) = comments([content])
    assert part is not None
    edits = part.user_content_edits
    lists = Lists(
        reactions=[one for one in part.reactions.nodes or () if one],
        edits=[one for one in (edits.nodes if edits else None) or () if one],
    )
    return snapshot(part, lists, NOW)


@pytest.mark.parametrize(
    ("graphql", "rest"),
    [
        ("THUMBS_UP", "+1"),
        ("THUMBS_DOWN", "-1"),
        ("LAUGH", "laugh"),
        ("CONFUSED", "confused"),
        ("HEART", "heart"),
        ("HOORAY", "hooray"),
        ("ROCKET", "rocket"),
        ("EYES", "eyes"),
    ],
)
def test_reactions_have_the_names_of_rest(graphql: str, rest: str) -> None:
    read = shown(node(reactions=[{"content": graphql, "createdAt": at(1), "user": MONA}]))
    assert read.reactions == (
        Reaction(content=rest, person=Person(id=7, login="mona"), created_at=when(1)),
    )


def test_a_reaction_of_a_deleted_account_is_nobodys() -> None:
    read = shown(node(reactions=[{"content": "HEART", "createdAt": at(1), "user": None}]))
    assert read.reactions[0].person == GHOST


def test_a_bots_reaction_is_known_though_its_type_is_user() -> None:
    user = {"databaseId": 900, "login": "treadle[bot]"}
    read = shown(node(reactions=[{"content": "EYES", "createdAt": at(1), "user": user}]))
    assert read.reactions[0].person.is_bot


def test_versions_come_oldest_first_with_their_editors() -> None:
    edits = [edit(3, "C"), edit(2, "B", editor=None), edit(1, "A", editor=BOT)]
    assert shown(node("C", edits=edits)).revisions == (
        Revision(body="A", editor=Person(id=900, login="treadle", is_bot=True), edited_at=when(1)),
        Revision(body="B", editor=None, edited_at=when(2)),
        Revision(body="C", editor=Person(id=7, login="mona"), edited_at=when(3)),
    )


def test_a_deleted_version_keeps_its_editor_and_time() -> None:
    edits = [edit(3, "C"), edit(2, None, deletedAt=at(9)), edit(1, "A")]
    (_, deleted, _) = shown(node("C", edits=edits)).revisions
    assert (deleted.body, deleted.deleted, deleted.edited_at) == (None, True, when(2))
    assert deleted.editor == Person(id=7, login="mona")


def test_a_summary_in_the_form_of_a_diff_tells_no_older_text() -> None:
    edits = [edit(2, "@@ -1 +1 @@\n-A\n+B"), edit(1, "@@ -0,0 +1 @@\n+A")]
    assert [one.body for one in shown(node("B", edits=edits)).revisions] == [None, "B"]


def test_a_text_that_contains_a_diff_is_a_text() -> None:
    old, new = "See:\n@@ -1 +1 @@\n-a", "See:\n@@ -1 +1 @@\n-b"
    read = shown(node(new, edits=[edit(2, new), edit(1, old)]))
    assert [one.body for one in read.revisions] == [old, new]


def test_the_newest_version_is_the_body_itself() -> None:
    read = shown(node("B\r\n", edits=[edit(2, None), edit(1, "A")]))
    assert [one.body for one in read.revisions] == ["A", "B\r\n"]


@pytest.mark.parametrize(
    ("minimized", "reason", "expected"),
    [(False, None, None), (True, "off-topic", "off-topic"), (True, None, "hidden")],
)
def test_hidden_replies(minimized: bool, reason: str | None, expected: str | None) -> None:
    read = shown(node(isMinimized=minimized, minimizedReason=reason))
    assert read.minimized_reason == expected


def test_the_rest_of_a_snapshot() -> None:
    assert shown(node("Hello", lastEditedAt=at(5))) == Snapshot(
        comment_node_id="IC_1", seen_at=NOW, body="Hello", last_edited_at=when(5)
    )


def test_lists_that_github_leaves_out_are_empty() -> None:
    empty = {"userContentEdits": None, "reactions": {"nodes": None, "pageInfo": END}}
    read = shown({**node(), **empty})
    assert (read.reactions, read.revisions) == ((), ())


def test_missing_nodes_and_nodes_of_another_kind() -> None:
    assert comments([None, {}]) == [None, None]
    assert missing("IC_1", NOW) == Snapshot(comment_node_id="IC_1", seen_at=NOW, exists=False)


def test_what_is_not_as_documented_is_told() -> None:
    with pytest.raises(TransientError, match=r"^GraphQL CommentPart\.reactions"):
        comments([{"id": "IC_1", "body": "hunter2"}])


def test_parts_are_read_by_graphqls_names() -> None:
    assert EditPart.model_validate(edit(1, "A")).edited_at == when(1)
    assert ReactionPart.model_validate({"content": "EYES", "createdAt": at(1)}).user is None
