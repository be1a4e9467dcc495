"""Manifests: what is taken and what is refused, in GitHub's words where these are known."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from playground import conformance
from playground.grants import EVENTS, PERMISSIONS
from playground.manifests import InvalidManifest, Manifest, name_fault, read_manifest, slug_of

FACTS = conformance.find_facts()
GOOD: dict[str, Any] = {"url": "https://a.example", "redirect_url": "http://127.0.0.1:8080/back"}
WORKING = {"default_permissions": {"issues": "write"}, "default_events": ["issues"]}


def read(**changes: Any) -> Manifest:
    """A good manifest, changed."""
    return read_manifest(json.dumps({**GOOD, **changes}))


def test_the_least_that_is_needed() -> None:
    assert read() == Manifest(name="", **GOOD)


def test_all_that_is_used() -> None:
    found = read(
        name=" Weft ",
        hook_attributes={"url": "https://a.example/hook", "active": False},
        setup_url="https://a.example/setup",
        setup_on_update=True,
        description="Answers",
        public=True,
        callback_urls=["https://a.example/callback"],
        request_oauth_on_install=False,
        default_permissions={"issues": "write"},
        default_events=["issue_comment", "issues", "issues"],
    )
    assert found == Manifest(
        name="Weft",
        hook_url="https://a.example/hook",
        hook_active=False,
        setup_url="https://a.example/setup",
        setup_on_update=True,
        description="Answers",
        public=True,
        # Whoever asks for something may read metadata.
        permissions={"issues": "write", "metadata": "read"},
        events=("issue_comment", "issues"),
        **GOOD,
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Problems parsing JSON"),
        ("{", "Problems parsing JSON"),
        ("[" * 50_000, "Problems parsing JSON"),
        ('{"name": "\\ud800"}', "Problems parsing JSON"),
        ("[1]", "[1] is not an object."),
        ("null", "null is not an object."),
        (" " * 65_537, "The manifest is too long (maximum is 65536 characters)"),
    ],
)
def test_what_is_no_manifest(text: str, fault: str) -> None:
    with pytest.raises(InvalidManifest) as caught:
        read_manifest(text)
    assert caught.value.faults == (fault,)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"url": None}, ['"url" wasn\'t supplied.']),
        ({"redirect_url": None}, ['"redirect_url" wasn\'t supplied.']),
        ({"url": {"type": "git"}}, ["For 'properties/url', {\"type\": \"git\"} is not a string."]),
        ({"public": "yes"}, ["For 'properties/public', yes is not a boolean."]),
        ({"default_events": "push"}, ["For 'properties/default_events', push is not an array."]),
        # The field is named without the object that lacks it, active or not.
        ({"hook_attributes": {"active": False}}, ['"url" wasn\'t supplied.']),
        ({"hook_attributes": {"url": "localhost"}}, ["Hook url must be a valid URL"]),
        ({"hook_attributes": {"url": "ftp://a.example"}}, ["Hook url must be a valid URL"]),
        ({"hook_attributes": {"url": "https://a example"}}, ["Hook url must be a valid URL"]),
        ({"url": "javascript:alert(1)"}, ["Url must be a valid URL"]),
        ({"url": "https://ä.example"}, ["Url must be a valid URL"]),
        ({"url": "https://a.example:x"}, ["Url must be a valid URL"]),
        ({"redirect_url": "https://a.example;x/"}, ["Redirect url must be a valid URL"]),
        ({"redirect_url": "//a.example"}, ["Redirect url must be a valid URL"]),
        ({"setup_url": "/setup"}, ["Setup url must be a valid URL"]),
        ({"callback_urls": [1]}, ["Callback urls must be valid URLs"]),
        ({"callback_urls": ["https://a.example"] * 11},
         ["Callback urls are too many (maximum is 10)"]),
        ({"default_permissions": {"issue": "write"}},
         ["Default permission records resource is not included in the list: issue"]),
        ({"default_permissions": {"issues": "admin"}},
         ["Default permission records action is not included in the list: issues: admin"]),
        ({"default_permissions": {"issues": ["write"]}},
         ['Default permission records action is not included in the list: issues: ["write"]']),
        ({**WORKING, "default_events": ["issues", "installation", "installation_repositories"]},
         ["Default events unsupported: installation and installation_repositories",
          "Default events are not supported by permissions: "
          "installation and installation_repositories"]),
        ({**WORKING, "default_events": ["push", "check_run", "pull_request"]},
         ["Default events are not supported by permissions: "
          "push, check_run, and pull_request"]),
        # To be registered, this event needs issues.
        ({"default_permissions": {"pull_requests": "write"}, "default_events": ["issue_comment"]},
         ["Default events are not supported by permissions: issue_comment"]),
        ({"default_events": ["repository"]},
         ["Default events are not supported by permissions: repository"]),
        ({"default_events": [{}]},
         ["Default events unsupported: {}", "Default events are not supported by permissions: {}"]),
    ],
)  # fmt: skip
def test_what_is_refused(changes: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(InvalidManifest) as caught:
        read(**changes)
    assert list(caught.value.faults) == faults


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/webhooks", "https://smee.io/abc-DEF_1", "http://[::1]:80/", "http://a"],
)
def test_hooks_of_this_machine_are_let_through(url: str) -> None:
    assert read(hook_attributes={"url": url}).hook_url == url


@pytest.mark.parametrize(
    ("name", "slug", "fault"),
    [
        ("Treadle", "treadle", ""),
        ("My APp Näme", "my-app-name", ""),
        ("a--b__c", "a-b-c", ""),
        ("x" * 34, "x" * 34, ""),
        ("x" * 35, "x" * 35, "Name is too long (maximum is 34 characters)"),
        ("", "", "Name can't be blank"),
        ("日本", "", "Name must have a letter or a digit"),
    ],
)
def test_names_and_slugs(name: str, slug: str, fault: str) -> None:
    assert (slug_of(name), name_fault(name)) == (slug, fault)


def test_the_manifest_of_this_project_is_taken() -> None:
    raw = yaml.safe_load((Path(__file__).parents[3] / "app.yml").read_text())
    found = read(**{key: value for key, value in raw.items() if key not in GOOD})
    assert found.permissions == raw["default_permissions"]
    assert found.events == tuple(raw["default_events"])


@pytest.mark.skipif(FACTS is None, reason=conformance.ABSENT)
def test_every_permission_of_github_is_known() -> None:
    assert FACTS is not None
    described = json.loads((FACTS / "rest-openapi-slice.json").read_text())
    rows = described["components"]["schemas"]["app-permissions"]["properties"]
    for name, row in rows.items():
        assert PERMISSIONS[name] == tuple(row["enum"]), name
    # What a token cannot be narrowed to is not described there.
    assert set(PERMISSIONS) - set(rows) == {"repository_advisories"}


def test_events_need_permissions_that_there_are() -> None:
    assert all(needed <= set(PERMISSIONS) for needed in EVENTS.values())
    assert {"ping", "installation", "installation_repositories"} & set(EVENTS) == set()
