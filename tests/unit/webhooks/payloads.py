"""Small payloads of the events in use, shaped like GitHub's."""

import json
from collections.abc import Mapping
from typing import Any

APP_ID = 4242
BOT: dict[str, Any] = {"id": 900, "login": "treadle[bot]", "type": "Bot"}
PERSON: dict[str, Any] = {"id": 7, "login": "mona", "type": "User"}
REPOSITORY: dict[str, Any] = {
    "id": 55,
    "full_name": "octo/loom",
    "default_branch": "main",
    "owner": {"id": 5, "login": "octo"},
}
INSTALLATION = {"id": 99}
SHA = "0123456789abcdef0123456789abcdef01234567"
COMMON = {"repository": REPOSITORY, "installation": INSTALLATION, "sender": PERSON}


def comment(
    body: str | None = "/ask why?",
    *,
    action: str = "created",
    own: bool = False,
    sender: Mapping[str, Any] = PERSON,
    before: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An `issue_comment` payload; `before` is the old body of an edited one."""
    payload = {
        **COMMON,
        "action": action,
        "sender": dict(sender),
        "issue": {"number": 12, "title": "Broken"},
        "comment": {
            "id": 314,
            "node_id": "IC_kwDO314",
            "body": body,
            "user": BOT if own else PERSON,
            "performed_via_github_app": {"id": APP_ID, "slug": "treadle"} if own else None,
        },
        **more,
    }
    if before is not None:
        payload["changes"] = {"body": {"from": before}}
    return payload


def push(ref: str = "refs/heads/main", **more: Any) -> dict[str, Any]:
    """A `push` payload; like GitHub's it has no action."""
    return {**COMMON, "ref": ref, "after": SHA, "deleted": False, **more}


def raw(payload: Any) -> bytes:
    """The bytes that would be sent and signed."""
    return json.dumps(payload).encode()
