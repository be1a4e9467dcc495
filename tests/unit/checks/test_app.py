"""What GitHub says of the App is judged by what is needed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from app.checks import app as checks
from app.github.about import AppAbout, InstallationAbout
from app.github.manifest import wanted

WEB = "https://example.org"
ALL = dict(wanted().permissions)
ACCOUNT = {"id": 7, "login": "octo", "type": "User"}
ORGANISATION = {"id": 8, "login": "looms", "type": "Organization"}


def app(**more: Any) -> AppAbout:
    given = {"permissions": ALL, "events": list(wanted().events), **more}
    page = "https://example.org/apps/treadle"
    return AppAbout.model_validate({"id": 1, "slug": "treadle", "html_url": page, **given})


def installation(number: int = 99, **more: Any) -> InstallationAbout:
    page = f"https://example.org/settings/installations/{number}"
    content = {"id": number, "account": ACCOUNT, "html_url": page, "permissions": ALL, **more}
    return InstallationAbout.model_validate(content)


@pytest.mark.parametrize(
    ("given", "few"),
    [
        (ALL, ""),
        ({**ALL, "issues": "admin", "checks": "write"}, ""),
        ({**ALL, "issues": "read"}, "issues: write"),
        ({**ALL, "contents": 1}, "contents: read"),
        ({}, ", ".join(f"{name}: {level}" for name, level in ALL.items())),
    ],
)
def test_permissions_that_are_too_few(given: Mapping[str, Any], few: str) -> None:
    assert checks.too_few(given) == few


def test_the_app_may_do_all_that_is_needed() -> None:
    found = checks.permissions(app(), [installation()], WEB)
    assert (found.state, found.remedy) == ("ok", "")
    assert "issues: write" in found.told


@pytest.mark.parametrize(
    ("owner", "page"),
    [
        (None, "https://example.org/settings/apps/treadle/permissions"),
        (ACCOUNT, "https://example.org/settings/apps/treadle/permissions"),
        (ORGANISATION, "https://example.org/organizations/looms/settings/apps/treadle/permissions"),
    ],
)
def test_where_the_apps_permissions_are_set(owner: object, page: str) -> None:
    found = checks.permissions(app(permissions={}, owner=owner), [], WEB)
    assert found.state == "fault"
    assert page in found.remedy


def test_an_installation_that_has_not_accepted_them() -> None:
    late = installation(98, permissions={**ALL, "pull_requests": "read"})
    found = checks.permissions(app(), [installation(), late], WEB)
    assert found.state == "fault"
    assert found.told == "octo has not accepted yet what the App asks for: pull_requests: write"
    assert found.remedy.endswith("/settings/installations/98")


def test_events() -> None:
    assert checks.events(app(), WEB).state == "ok"
    found = checks.events(app(events=["issues", "star", "issue_comment"]), WEB)
    assert (found.state, found.told) == ("fault", "the App is not told of push, repository")


def test_what_a_github_does_not_say_is_skipped() -> None:
    silent = app(permissions=None, events=None)
    assert checks.permissions(silent, [], WEB).state == "skipped"
    assert checks.events(silent, WEB).state == "skipped"
    assert checks.permissions(app(), [installation(permissions=None)], WEB).state == "ok"


SUSPENDED = installation(97, suspended_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("installations", "counts", "state", "told"),
    [
        ([], {}, "open", "nowhere yet"),
        ([installation()], {99: 0}, "open", "on octo, with no repository"),
        ([installation()], {99: 1}, "ok", "on octo: 1 repository"),
        ([installation()], {}, "ok", "on octo"),
        ([installation(), installation(98)], {99: 3}, "ok", "on octo, octo: at least 3 "),
        ([installation(), SUSPENDED], {99: 2}, "ok", "2 repositories; suspended on octo"),
        ([SUSPENDED], {}, "fault", "suspended on octo"),
        ([installation(n) for n in range(7)], {}, "ok", "octo, octo and 2 more"),
    ],
)
def test_where_it_is_installed(
    installations: list[InstallationAbout], counts: dict[int, int], state: str, told: str
) -> None:
    found = checks.installed(app(), installations, counts)
    assert found.state == state
    assert told in found.told
    assert bool(found.remedy) == (state != "ok")


def test_where_to_install_it() -> None:
    found = checks.installed(app(), [], {})
    assert found.remedy == "install it at https://example.org/apps/treadle/installations/new"
    assert checks.installed(app(html_url=""), [], {}).remedy
