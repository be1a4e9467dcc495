"""The webhook's address, and what is made of GitHub's list of deliveries."""

from datetime import UTC, datetime, timedelta

import pytest

from app.checks import webhook
from app.domain import HookDelivery
from app.github.about import HookAbout

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGE = "https://example.org/settings/apps/treadle"


def delivery(code: int, *, ago: timedelta = timedelta(minutes=1), status: str = "") -> HookDelivery:
    return HookDelivery(
        id=1,
        guid="g",
        delivered_at=NOW - ago,
        redelivery=False,
        status=status,
        status_code=code,
        event="issue_comment",
    )


@pytest.mark.parametrize(
    ("url", "local", "state"),
    [
        ("https://bot.example.org/webhooks", False, "ok"),
        ("https://smee.io/abc", False, "fault"),
        ("https://bot.example.org/", False, "fault"),
        ("", False, "fault"),
        ("", True, "fault"),
        ("http://bot.example.org/webhooks", False, "fault"),
        ("https://127.0.0.1/webhooks", False, "fault"),
        ("https://[::1]/webhooks", False, "fault"),
        ("https://192.168.0.7/webhooks", False, "fault"),
        ("https://localhost:8080/webhooks", False, "fault"),
        ("https://loom.local/webhooks", False, "fault"),
        # A GitHub on this machine, such as the playground, reaches this machine.
        ("http://127.0.0.1:8080/webhooks", True, "ok"),
    ],
)
def test_the_address(url: str, local: bool, state: str) -> None:
    hook = HookAbout(url=url, content_type="json")
    found = webhook.address(hook, local=local, page=PAGE)
    assert found.state == state
    assert (PAGE in found.remedy) == (state == "fault")


def test_forms_are_not_read() -> None:
    found = webhook.address(
        HookAbout(url="https://bot.example.org/webhooks"), local=False, page=PAGE
    )
    assert (found.state, "application/json" in found.remedy) == ("fault", True)


@pytest.mark.parametrize("unsafe", ["1", 1])
def test_unchecked_certificates_are_told(unsafe: str | int) -> None:
    hook = HookAbout(url="https://a.org/webhooks", content_type="json", insecure_ssl=unsafe)
    assert "unchecked" in webhook.address(hook, local=False, page=PAGE).told


def test_nothing_was_sent_yet() -> None:
    found = webhook.delivered([], NOW)
    assert (found.state, bool(found.remedy)) == ("open", True)


@pytest.mark.parametrize("code", [200, 202])
def test_the_newest_arrived(code: int) -> None:
    found = webhook.delivered([delivery(code)], NOW)
    assert (found.state, found.remedy) == ("ok", "")
    assert found.told == "issue_comment of 2026-11-20 11:59 UTC arrived, and its signature fits"


def test_earlier_failures_of_the_day_are_told() -> None:
    listed = [delivery(202), delivery(401), delivery(502, ago=timedelta(days=2))]
    found = webhook.delivered(listed, NOW)
    assert found.state == "ok"
    assert found.told.endswith("; 1 of 2 attempts of the last day failed before")


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        (401, "Unauthorized", "TREADLE_WEBHOOK_SECRET"),
        (404, "Not Found", "/webhooks"),
        (413, "Too Large", "TREADLE_MAX_BODY_BYTES"),
        (502, "failed to connect to host", "treadle serve"),
        (503, "Unavailable", "TREADLE_DATABASE_URL"),
        (504, "timed out", "from the internet"),
        (0, "certificate has expired", "certificate has expired"),
        (418, "I'm a teapot", "Recent Deliveries"),
    ],
)
def test_the_newest_failed(code: int, status: str, words: str) -> None:
    found = webhook.delivered([delivery(code, status=status), delivery(202)], NOW)
    assert found.state == "fault"
    assert words in f"{found.told}; {found.remedy}"
    assert "asked for again" in found.remedy


def test_what_a_webhook_proxy_took_is_not_said_to_have_arrived() -> None:
    newest = webhook.delivered([delivery(200)], NOW, proxied=True)
    assert newest.state == "ok"
    assert "reached the webhook proxy" in newest.told and "fits" not in newest.told


def test_a_channel_is_shown_to_nobody() -> None:
    hook = HookAbout(url="https://smee.io/AbCdEf123", content_type="json")
    found = webhook.address(hook, local=False, page=PAGE, channel="https://smee.io/AbCdEf123")
    assert found.state == "ok"
    assert "smee.io" in found.told and "AbCdEf123" not in found.told


@pytest.mark.parametrize("url", ["https://smee.io/AbCdEf123", "https://bot.example.org/webhooks"])
def test_an_app_that_sends_elsewhere_than_is_listened_to(url: str) -> None:
    hook = HookAbout(url=url, content_type="json")
    found = webhook.address(hook, local=False, page=PAGE, channel="https://smee.io/another")
    assert found.state == "fault"
    assert "AbCdEf123" not in found.told and "another" not in found.told.replace("another one", "")
