"""REST answers as domain values."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain import Comment, Permission, Person, Repository
from app.errors import TransientError
from app.github.read import GHOST, comment, permission, repository
from tests.unit.github.hub import COMMENT

ROLES = [
    ({"role_name": "admin", "permission": "admin"}, Permission.ADMIN),
    ({"role_name": "maintain", "permission": "write"}, Permission.MAINTAIN),
    ({"role_name": "write", "permission": "write"}, Permission.WRITE),
    ({"role_name": "triage", "permission": "read"}, Permission.TRIAGE),
    ({"role_name": "read", "permission": "read"}, Permission.READ),
    ({"role_name": "none", "permission": "none"}, Permission.NONE),
    ({"role_name": "", "permission": "none"}, Permission.NONE),
    ({"role_name": "security-expert", "permission": "write"}, Permission.WRITE),
    ({"role_name": "Reader plus", "permission": "read"}, Permission.READ),
    ({"permission": "admin"}, Permission.ADMIN),
    ({"role_name": "new", "permission": "new"}, Permission.NONE),
]


@pytest.mark.parametrize(("content", "expected"), ROLES)
def test_permission(content: dict[str, Any], expected: Permission) -> None:
    assert permission(content) is expected


def test_a_comment() -> None:
    assert comment({**COMMENT, "new_field": {}}) == Comment(
        id=314,
        node_id="IC_314",
        url="https://example.org/octo/loom/issues/12#issuecomment-314",
        body="Hello",
        author=Person(id=7, login="mona"),
        created_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
    )


def test_an_apps_comment_and_a_bots() -> None:
    bot = {"id": 9, "login": "treadle[bot]", "type": "Bot"}
    read = comment({**COMMENT, "user": bot, "performed_via_github_app": {"id": 4242}})
    assert (read.app_id, read.author) == (4242, Person(id=9, login="treadle[bot]", is_bot=True))


def test_what_a_deleted_account_left() -> None:
    read = comment({**COMMENT, "user": None, "body": None})
    assert (read.author, read.body) == (GHOST, "")


def test_a_repository() -> None:
    content = {
        "id": 55,
        "name": "loom",
        "owner": {"id": 5, "login": "octo"},
        "default_branch": "trunk",
        "private": True,
    }
    assert repository(content, 99) == Repository(
        id=55, owner="octo", name="loom", installation_id=99, default_branch="trunk", private=True
    )


def test_what_is_not_as_documented_is_told_without_quoting_it() -> None:
    with pytest.raises(TransientError, match=r"^CommentPart\.created_at: datetime") as caught:
        comment({**COMMENT, "created_at": "hunter2"})
    assert "hunter2" not in str(caught.value)
