"""What a GitHub lacks is told with what it means, and what it has is not called lacking."""

import httpx
import pytest

from app.checks import Finding, Onboarding
from app.checks.features import features
from app.github.about import About, about
from app.settings import Settings, load
from tests.unit.github.hub import API, ISSUE, NOW, Answer, Hub, answer, private_key

ACCOUNT = {"id": 7, "login": "octo", "type": "User"}
LOOM = {"id": 55, "name": "loom", "owner": ACCOUNT, "default_branch": "main"}
ROOT = "/repos/octo/loom"

LEAST: dict[str, Answer | list[Answer]] = {
    "GET /app": answer({"id": 4242, "slug": "treadle"}),
    "GET /app/installations": answer([{"id": 99, "account": ACCOUNT}]),
    "GET /users/octo/repos": answer([LOOM]),
    f"GET {ROOT}/issues": answer([ISSUE]),
    f"GET {ROOT}/branches/main": answer({"object": {"sha": "0" * 40}}),
}
WHOLE = LEAST | {
    "GET /installation/repositories": answer({"total_count": 1, "repositories": [LOOM]}),
    "POST /graphql": answer({"data": {"__typename": "Query"}}),
    f"GET {ROOT}/issues/12/reactions": answer([]),
    f"GET {ROOT}/collaborators/octo/permission": answer({"permission": "admin"}),
    f"GET {ROOT}/tarball/main": answer(),
    f"GET {ROOT}/contents/": answer([]),
}


def settings() -> Settings:
    return load({}, app_id=4242, private_key=private_key(), webhook_secret="s", github_api_url=API)


def asked(hub: Hub) -> About:
    return about(settings(), timeout=5, transport=httpx.MockTransport(hub))


def told(hub: Hub) -> dict[str, Finding]:
    return {finding.part: finding for finding in features(asked(hub))}


def test_a_whole_github() -> None:
    found = told(Hub(WHOLE))
    assert {finding.state for finding in found.values()} == {"ok"}
    assert list(found) == [
        "GraphQL",
        "reactions",
        "people's rights",
        "repository text",
        "configuration",
    ]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_github_of_the_least(status: int) -> None:
    lacking = {key: answer({}, status) for key in WHOLE if key not in LEAST}
    found = told(Hub(LEAST | lacking))
    states = {part: finding.state for part, finding in found.items()}
    # Without them nobody is trusted; all else is done without.
    assert states.pop("people's rights") == "fault"
    assert set(states.values()) == {"skipped"}
    assert "read by itself" in found["GraphQL"].told
    assert "nobody can vote" in found["reactions"].told
    assert "one by one" in found["repository text"].told
    assert "treadle.yml" in found["configuration"].told


def test_without_an_issue_reactions_are_not_looked_for() -> None:
    assert "reactions" not in told(Hub(WHOLE | {f"GET {ROOT}/issues": answer([])}))


def test_an_empty_repository_lacks_nothing() -> None:
    found = told(Hub(WHOLE | {f"GET {ROOT}/branches/main": answer({}, 409)}))
    assert found["features"].state == "fault", "409 says to try again"
    found = told(Hub(WHOLE | {f"GET {ROOT}/branches/main": answer({}, 404)}))
    assert found["repository text"].told == "octo/loom has none"


@pytest.mark.parametrize("installations", [[], [{"id": 1, "suspended_at": "2026-01-01T00:00:00Z"}]])
def test_before_it_is_installed(installations: list[object]) -> None:
    found = told(Hub(WHOLE | {"GET /app/installations": answer(installations)}))
    assert (list(found), found["features"].state) == (["features"], "skipped")


@pytest.mark.parametrize(("status", "words"), [(502, "try again"), (403, "permissions")])
def test_a_look_that_fails_is_told(status: int, words: str) -> None:
    found = told(Hub(WHOLE | {"POST /graphql": answer({}, status)}))
    assert (list(found), found["features"].state) == (["features"], "fault")
    assert words in found["features"].remedy


def test_what_it_does_not_tell_of_itself_is_skipped() -> None:
    onboarding = Onboarding(settings(), None, github=asked(Hub(LEAST)), clock=lambda: NOW)
    states = {finding.part: finding.state for finding in onboarding.findings()}
    assert states == {
        "App reached": "ok",
        "permissions": "skipped",
        "events": "skipped",
        "installed": "ok",
        "webhook address": "skipped",
        "webhook": "skipped",
    }


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer({}, 404), "TREADLE_APP_ID"),
        (answer({}, 401), "TREADLE_PRIVATE_KEY"),
        (answer({}, 500), "TREADLE_GITHUB_API_URL"),
        (httpx.ConnectError("no"), "HTTPS_PROXY"),
        (answer([]), "TREADLE_GITHUB_API_URL"),
    ],
)
def test_an_app_that_is_not_reached_is_not_asked_about_the_rest(reply: Answer, words: str) -> None:
    hub = Hub(WHOLE | {"GET /app": reply})
    onboarding = Onboarding(settings(), None, github=asked(hub), clock=lambda: NOW)
    first, *rest = onboarding.findings()
    assert first.state == "fault"
    assert words in f"{first.told}; {first.remedy}"
    assert {finding.state for finding in rest} == {"skipped"}
    assert hub.sent == ["GET /app"]


def test_what_was_found_well_is_not_asked_for_again() -> None:
    sent = {
        "id": 1,
        "guid": "g",
        "event": "push",
        "status_code": 202,
        "delivered_at": "2026-11-20T11:59:00Z",
    }
    hub = Hub(
        WHOLE
        | {
            "GET /app/hook/config": answer({"url": "https://a.org/", "content_type": "json"}),
            "GET /app/hook/deliveries": answer([sent]),
        }
    )
    onboarding = Onboarding(settings(), None, github=asked(hub), clock=lambda: NOW)
    first = list(onboarding.findings())
    before = len(hub.sent)
    assert list(onboarding.findings()) == first
    webhook_alone = ["GET /app/hook/config", "GET /app/hook/deliveries"]
    assert [one for one in hub.sent[before:] if one in webhook_alone] == []
