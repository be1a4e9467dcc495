"""One comment as REST tells it is a snapshot with less in it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain import SOMEONE, Person, Reaction, Revision
from app.errors import TransientError
from app.github.by_rest import snapshot
from app.github.read import GHOST
from tests.unit.github.hub import COMMENT, NOW, PERSON

LATER = datetime(2026, 11, 20, 11, tzinfo=UTC)


def comment(**more: Any) -> dict[str, Any]:
    return {**COMMENT, "updated_at": COMMENT["created_at"], **more}


def test_as_it_was_posted() -> None:
    found = snapshot(comment(), [], NOW)
    assert (found.comment_node_id, found.body, found.seen_at) == ("IC_314", "Hello", NOW)
    assert (found.exists, found.minimized_reason, found.last_edited_at) == (True, None, None)
    assert (found.reactions, found.revisions) == ((), ())


def test_an_edit_is_by_somebody() -> None:
    found = snapshot(comment(updated_at="2026-11-20T11:00:00Z", body="New"), [], NOW)
    assert found.revisions == (Revision(body="New", editor=SOMEONE, edited_at=LATER),)
    assert found.last_edited_at == LATER


def test_reactions() -> None:
    given = [
        {"content": "+1", "created_at": "2026-11-20T11:00:00Z", "user": PERSON},
        {"content": "heart", "created_at": "2026-11-20T11:00:00Z", "user": None},
    ]
    assert snapshot(comment(), given, NOW).reactions == (
        Reaction(content="+1", person=Person(id=7, login="mona"), created_at=LATER),
        Reaction(content="heart", person=GHOST, created_at=LATER),
    )


@pytest.mark.parametrize(
    ("content", "reactions"), [({}, []), (comment(updated_at=None), []), (comment(), [{}])]
)
def test_other_answers_are_a_fault(content: Any, reactions: list[Any]) -> None:
    with pytest.raises(TransientError):
        snapshot(content, reactions, NOW)
