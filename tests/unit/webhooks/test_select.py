"""Which deliveries are kept, and what is kept of them."""

from typing import Any

import pytest

from app.domain import Delivery
from app.webhooks.commands import command_key
from app.webhooks.events import parse
from app.webhooks.reconcile import concerns
from app.webhooks.select import MAX_COMMANDS, select
from tests.unit.webhooks.payloads import (
    APP_ID,
    BOT,
    COMMON,
    INSTALLATION,
    PERSON,
    REPOSITORY,
    comment,
    push,
    raw,
)


def selected(kind: str, payload: dict[str, Any], **options: Any) -> Delivery | str:
    event = parse(kind, raw(payload))
    assert event is not None
    found = select(event, guid="g-1", kind=kind, app_id=APP_ID, **options)
    # What is kept is asked for again where it went missing.
    assert isinstance(found, str) or concerns(found.event, found.action)
    return found


def test_a_new_command_keeps_ids_and_keys_alone() -> None:
    delivery = selected("issue_comment", comment("Hello\n/ask why?\n/help"))
    assert delivery == Delivery(
        guid="g-1",
        event="issue_comment",
        action="created",
        installation_id=99,
        repository_id=55,
        owner="octo",
        name="loom",
        number=12,
        comment_id=314,
        comment_node_id="IC_kwDO314",
        commands=(command_key("ask", "why?"), command_key("help", "")),
    )


def test_pull_request_threads_are_the_same() -> None:
    payload = comment(issue={"number": 12, "pull_request": {"url": "https://example.org"}})
    assert isinstance(selected("issue_comment", payload), Delivery)


def test_of_an_edited_comment_only_new_commands_are_kept() -> None:
    payload = comment("/ask one\n/ask two", action="edited", before="/ask one")
    delivery = selected("issue_comment", payload)
    assert isinstance(delivery, Delivery)
    assert delivery.commands == (command_key("ask", "two"),)


def test_a_deleted_command_is_kept() -> None:
    delivery = selected("issue_comment", comment("/ask why?", action="deleted"))
    assert isinstance(delivery, Delivery)
    assert (delivery.action, delivery.commands) == ("deleted", (command_key("ask", "why?"),))


@pytest.mark.parametrize("action", ["edited", "deleted"])
def test_what_others_do_to_our_comment_is_kept(action: str) -> None:
    payload = comment("better", action=action, own=True, before="worse")
    delivery = selected("issue_comment", payload)
    assert isinstance(delivery, Delivery)
    assert (delivery.own_comment, delivery.commands) == (True, ())


def test_candidates_are_bounded() -> None:
    body = "\n".join(f"/w{number}" for number in range(MAX_COMMANDS + 5))
    delivery = selected("issue_comment", comment(body))
    assert isinstance(delivery, Delivery)
    assert len(delivery.commands) == MAX_COMMANDS


def test_known_names_narrow_the_candidates() -> None:
    assert selected("issue_comment", comment("/tmp is full"), names={"ask"}) == "no command"
    assert isinstance(selected("issue_comment", comment("/tmp is full")), Delivery)


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("issue_comment", comment("Just words"), "no command"),
        ("issue_comment", comment(None), "no command"),
        ("issue_comment", comment("> /ask quoted"), "no command"),
        ("issue_comment", comment("Just words", action="deleted"), "no command"),
        ("issue_comment", comment("/ask a", action="pinned"), "no command"),
        ("issue_comment", comment("/ask a", action="edited", before="/ask a"), "no command"),
        ("issue_comment", comment("/ask a", action="edited"), "no command"),
        (
            "issue_comment",
            comment("/forget mine", action="edited", before="", sender={**PERSON, "id": 4711}),
            "edited by another",
        ),
        ("issue_comment", comment("/ask a", own=True), "own comment"),
        (
            "issue_comment",
            comment("/ask a", own=True, sender=BOT, action="edited", before=""),
            "own change",
        ),
        ("issue_comment", comment(own=True, sender=BOT, action="deleted"), "own change"),
        ("issue_comment", comment(installation=None), "no installation"),
        ("issues", {**COMMON, "action": "opened", "issue": {"number": 1}}, "nothing to do"),
        ("issues", {**COMMON, "action": "closed", "issue": {"number": 1}}, "nothing to do"),
        ("push", push("refs/heads/topic"), "not the default branch"),
        ("push", push("refs/tags/main"), "not the default branch"),
        ("push", push(deleted=True), "branch deleted"),
        ("push", push(after="0" * 40), "branch deleted"),
        ("repository", {**COMMON, "action": "created"}, "nothing to do"),
        ("repository", {**COMMON, "action": "edited", "changes": {}}, "nothing to do"),
    ],
)
def test_what_is_not_for_us_is_dropped(kind: str, payload: dict[str, Any], reason: str) -> None:
    assert selected(kind, payload) == reason


def test_another_bot_is_known_by_its_app_and_not_by_its_name() -> None:
    payload = comment("/ask why?", sender={**BOT, "id": 1, "login": "treadle[bot]"})
    payload["comment"] |= {"performed_via_github_app": {"id": APP_ID + 1}, "user": BOT}
    delivery = selected("issue_comment", payload)
    assert isinstance(delivery, Delivery)
    assert not delivery.own_comment


def own_issue(
    action: str, sender: dict[str, Any] = PERSON, app: int | None = APP_ID, **changes: object
) -> dict[str, Any]:
    """A change of an issue that the App opened."""
    by = {"id": app} if app else None
    issue = {"number": 8, "user": BOT, "performed_via_github_app": by}
    return {**COMMON, "action": action, "issue": issue, "sender": sender, "changes": changes}


@pytest.mark.parametrize(
    "payload", [own_issue("edited", body={"from": "- [x] it"}), own_issue("reopened")]
)
def test_what_others_do_to_our_issue_is_kept(payload: dict[str, Any]) -> None:
    delivery = selected("issues", payload)
    assert isinstance(delivery, Delivery)
    assert (delivery.event, delivery.number) == ("issues", 8)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (own_issue("edited", title={"from": "What"}), "nothing to do"),
        (own_issue("closed"), "nothing to do"),
        (own_issue("edited", sender=BOT, body={"from": ""}), "own change"),
        (own_issue("edited", app=APP_ID + 1, body={"from": ""}), "nothing to do"),
        (own_issue("edited", app=None, body={"from": ""}), "nothing to do"),
    ],
)
def test_other_changes_of_issues_are_dropped(payload: dict[str, Any], reason: str) -> None:
    assert selected("issues", payload) == reason


def test_a_push_to_the_default_branch_keeps_the_repository() -> None:
    delivery = selected("push", push())
    assert isinstance(delivery, Delivery)
    assert (delivery.event, delivery.action, delivery.repository_id) == ("push", "", 55)


@pytest.mark.parametrize("action", ["deleted", "transferred"])
def test_a_thread_that_goes_is_kept(action: str) -> None:
    delivery = selected("issues", {**COMMON, "action": action, "issue": {"number": 8}})
    assert isinstance(delivery, Delivery)
    assert (delivery.event, delivery.number) == ("issues", 8)


@pytest.mark.parametrize(
    "payload",
    [
        {**COMMON, "action": "renamed"},
        {**COMMON, "action": "transferred"},
        {**COMMON, "action": "deleted"},
        {**COMMON, "action": "publicized"},
        {**COMMON, "action": "privatized"},
        {**COMMON, "action": "edited", "changes": {"default_branch": {"from": "master"}}},
    ],
)
def test_changes_of_a_repository_are_kept(payload: dict[str, Any]) -> None:
    delivery = selected("repository", payload)
    assert isinstance(delivery, Delivery)
    assert (delivery.repository_id, delivery.owner) == (55, "octo")


@pytest.mark.parametrize("action", ["created", "deleted", "suspend", "unsuspend"])
def test_installations_are_kept_with_their_owner(action: str) -> None:
    installation = {**INSTALLATION, "account": {"id": 5, "login": "octo"}}
    payload = {"action": action, "installation": installation, "sender": PERSON}
    assert selected("installation", payload) == Delivery(
        guid="g-1",
        event="installation",
        action=action,
        installation_id=99,
        owner="octo",
    )


@pytest.mark.parametrize(
    ("action", "added"), [("created", (55,)), ("deleted", ()), ("suspend", ()), ("unsuspend", ())]
)
def test_a_new_installation_brings_its_repositories(action: str, added: tuple[int, ...]) -> None:
    payload = {"action": action, "installation": INSTALLATION, "repositories": [REPOSITORY]}
    delivery = selected("installation", payload)
    assert isinstance(delivery, Delivery)
    assert (delivery.repository_id, delivery.added) == (None, added)


@pytest.mark.parametrize(
    ("action", "added", "removed"), [("added", (55,), ()), ("removed", (), (55,))]
)
def test_repositories_that_come_and_leave_are_kept(
    action: str, added: tuple[int, ...], removed: tuple[int, ...]
) -> None:
    payload = {
        "action": action,
        "installation": INSTALLATION,
        f"repositories_{action}": [REPOSITORY],
    }
    delivery = selected("installation_repositories", payload)
    assert isinstance(delivery, Delivery)
    assert (delivery.repository_id, delivery.action) == (None, action)
    assert (delivery.added, delivery.removed) == (added, removed)
