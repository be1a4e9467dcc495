"""Reading payloads: what is used is checked, what is not used may be missing or strange."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.webhooks.events import (
    AUTOMATIC,
    KINDS,
    SUBSCRIBED,
    Installation,
    IssueComment,
    MalformedPayload,
    Push,
    parse,
)
from tests.unit.webhooks.payloads import COMMON, REPOSITORY, SHA, comment, push, raw

EXAMPLES = Path(__file__).parents[3].parent / "shared" / "github" / "webhook-examples.json"


def examples() -> list[tuple[str, Any]]:
    """GitHub's own example payloads where they are at hand, and ours everywhere."""
    found: list[tuple[str, Any]] = [
        ("issue_comment", comment()),
        ("issues", {**COMMON, "action": "deleted", "issue": {"number": 1}}),
        ("push", push()),
        ("repository", {**COMMON, "action": "renamed"}),
        ("installation", {"action": "created", "installation": {"id": 1, "account": None}}),
        (
            "installation_repositories",
            {
                "action": "removed",
                "installation": {"id": 1},
                "repositories_removed": [{"id": 3, "full_name": "octo/.github"}],
            },
        ),
        ("ping", {"zen": "Keep it logically awesome.", "hook_id": 1}),
        ("star", {"action": "created"}),
    ]
    if EXAMPLES.exists():
        kinds = json.loads(EXAMPLES.read_text("utf-8"))
        assert len(kinds) == 14
        found += [(kind, payload) for kind, payloads in kinds.items() for payload in payloads]
    return found


def test_every_example_is_read_or_dropped() -> None:
    for kind, payload in examples():
        event = parse(kind, raw(payload))
        assert (event is None) == (kind not in KINDS), kind


def test_every_event_of_the_manifest_is_read() -> None:
    assert {*SUBSCRIBED, *AUTOMATIC} == set(KINDS)


def test_a_comment() -> None:
    event = parse("issue_comment", raw(comment(own=True)))
    assert isinstance(event, IssueComment)
    assert event.comment.node_id == "IC_kwDO314"
    assert event.comment.performed_via_github_app is not None
    assert (event.repository.owner, event.repository.name) == ("octo", "loom")


def test_a_push_has_no_action_and_its_owner_no_login() -> None:
    payload = push(repository={**REPOSITORY, "owner": {"name": "octo"}})
    event = parse("push", raw(payload))
    assert isinstance(event, Push)
    assert (event.action, event.after, event.repository.owner) == ("", SHA, "octo")


def test_what_is_not_used_may_be_anything() -> None:
    payload = {"action": "created", "installation": {"id": 1, "events": 3}, "sender": None}
    event = parse("installation", raw({**payload, "requester": "?", "new_field": []}))
    assert isinstance(event, Installation)


def wrong(**changes: Any) -> bytes:
    return raw({**comment(), **changes})


def wrong_comment(**changes: Any) -> bytes:
    payload = comment()
    payload["comment"] |= changes
    return raw(payload)


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        pytest.param(b"", "payload: json_invalid", id="empty"),
        pytest.param(b"{", "payload: json_invalid", id="broken"),
        pytest.param(b"\xff\xfe", "payload: json_invalid", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "payload: json_invalid", id="deep"),
        pytest.param(b"payload=%7B%7D", "payload: json_invalid", id="a form"),
        pytest.param(b"[]", "payload: model_type", id="a list"),
        pytest.param(b"null", "payload: model_type", id="null"),
        pytest.param(b"{}", "action: missing", id="nothing in it"),
        pytest.param(wrong(action=3), "action: string_type", id="action"),
        pytest.param(wrong(action="a\nb"), "action: string_pattern_mismatch", id="line end"),
        pytest.param(wrong(issue={}), "issue.number: missing", id="no number"),
        pytest.param(wrong(issue={"number": 0}), "issue.number: greater_than_equal", id="zero"),
        pytest.param(wrong(installation=[]), "installation: model_type", id="installation"),
        pytest.param(wrong(repository=None), "repository: model_type", id="no repository"),
        pytest.param(wrong_comment(id="314"), "comment.id: int_type", id="id in quotes"),
        pytest.param(wrong_comment(id=True), "comment.id: int_type", id="true"),
        pytest.param(wrong_comment(id=-1), "comment.id: greater_than_equal", id="negative"),
        pytest.param(wrong_comment(id=2**63), "comment.id: less_than", id="beyond 64 bits"),
        pytest.param(
            wrong_comment(node_id="a b"), "comment.node_id: string_pattern_mismatch", id="node id"
        ),
        pytest.param(
            wrong_comment(node_id="IC_1\n"), "comment.node_id: string_pattern_mismatch", id="end"
        ),
        pytest.param(wrong_comment(body=[]), "comment.body: string_type", id="body"),
    ],
)
def test_malformed_payloads_are_told_apart(payload: bytes, fault: str) -> None:
    with pytest.raises(MalformedPayload, match=f"^{fault}$"):
        parse("issue_comment", payload)


@pytest.mark.parametrize(
    "name", ["", "loom", "octo/", "octo/..", "./loom", "a/b/c", "octo/lo om", "octo/loom\n"]
)
def test_a_name_that_could_reach_elsewhere_is_malformed(name: str) -> None:
    with pytest.raises(MalformedPayload, match="full_name"):
        parse("push", raw(push(repository={**REPOSITORY, "full_name": name})))


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"3", b"\xff"])
def test_an_event_without_use_must_still_be_an_object(payload: bytes) -> None:
    with pytest.raises(MalformedPayload, match="the payload is not"):
        parse("star", payload)


def test_the_message_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(MalformedPayload) as caught:
        parse("issue_comment", wrong(action={"secret": "hunter2"}))
    assert "hunter2" not in str(caught.value)


ADDED = {"repositories_added": [{"id": 3, "full_name": "octo/warp"}], "repositories_removed": []}
ISSUE = {**COMMON, "action": "deleted", "issue": {"number": 1}}
CHANGE = {**COMMON, "action": "deleted"}
INSTALLED = {"action": "deleted", "installation": {"id": 99}, "repositories": []}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    ("genuine", "payload"),
    [
        ("issue_comment", comment(action="deleted")),
        ("issues", ISSUE),
        ("push", push()),
        ("push", push(action="deleted")),
        ("repository", CHANGE),
        ("installation", INSTALLED),
        ("installation", {**INSTALLED, "action": "added"}),
        ("installation_repositories", {"action": "added", "installation": {"id": 99}, **ADDED}),
    ],
)
def test_a_body_is_taken_for_no_event_but_its_own(
    kind: str, genuine: str, payload: dict[str, Any]
) -> None:
    if kind == genuine:
        assert isinstance(parse(kind, raw(payload)), KINDS[kind])
        return
    with pytest.raises(MalformedPayload):
        parse(kind, raw(payload))
