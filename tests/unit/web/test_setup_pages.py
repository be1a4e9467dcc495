"""The pages that make an App: what they ask, what they post, and whom they believe."""

import html
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app.errors import TransientError, TreadleError, UserError
from app.settings import load
from app.web.guard import COOKIE as SIGNED_IN
from app.web.guard import cookie_of
from app.web.setup_pages import COOKIE, create_setup
from tests.unit.web.bots import EVIL, NOW, SITE, TOKEN

PERSONAL = {"owner": "personal", "reach": "public", "address": "https://bot.example.org"}
PROXIED = {"owner": "organisation", "organisation": "acme", "reach": "proxy"}
CHANNEL = "https://smee.example/channel"
NEW = "https://smee.example/new"


class Registrar:
    """Registers what it is told; `fault` is raised instead."""

    def __init__(self) -> None:
        self.fault: TreadleError | None = None
        self.unready: TreadleError | None = None
        self.registered: list[tuple[str, str]] = []
        self.asked: list[str] = []

    def ready(self) -> None:
        if self.unready is not None:
            raise self.unready

    def channel(self, address: str) -> str:
        self.asked.append(address)
        if self.fault is not None:
            raise self.fault
        return CHANNEL

    def register(self, code: str, channel: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.registered.append((code, channel))


class Site:
    """The site that sets up, and a browser on it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.now = NOW
        self.registrar = Registrar()
        self.made = 0
        self.app = create_setup(
            load({}, data_dir=folder, **settings),
            TOKEN,
            self.registrar,
            made=self.count,
            clock=lambda: self.now,
        )
        self.browser = self.client()

    def count(self) -> None:
        self.made += 1

    def client(self, *, signed_in: bool = True) -> TestClient:
        """Another browser."""
        cookies = {SIGNED_IN: cookie_of(TOKEN)} if signed_in else {}
        return TestClient(self.app, base_url=SITE, cookies=cookies, follow_redirects=False)

    def post(self, form: dict[str, str]) -> Response:
        return self.browser.post("/setup", data=form, headers={"origin": SITE})

    def begin(self, form: dict[str, str] = PERSONAL) -> tuple[str, dict[str, Any]]:
        """Fills in the form; returns the address that it then posts to, and the manifest."""
        page = self.post(form)
        assert page.status_code == 200, page.text
        return action(page), manifest(page)

    def state(self) -> str:
        return parse_qs(urlsplit(self.begin()[0]).query)["state"][0]

    def finish(self, state: str, code: str = "c0de") -> Response:
        return self.browser.get("/setup/finish", params={"code": code, "state": state})


def action(page: Response) -> str:
    found = re.search(r'<form method="post" action="([^"]+)" id="register">', page.text)
    assert found is not None
    return html.unescape(found[1])


def manifest(page: Response) -> dict[str, Any]:
    found = re.search(r'name="manifest" value="([^"]+)"', page.text)
    assert found is not None
    value: dict[str, Any] = json.loads(html.unescape(found[1]))
    return value


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.mark.parametrize("path", ["/", "/setup", "/setup/finish", "/metrics"])
def test_nothing_is_shown_without_the_token(site: Site, path: str) -> None:
    answer = site.client(signed_in=False).get(path)
    assert answer.status_code == 401
    assert "No GitHub App" not in answer.text


@pytest.mark.parametrize("path", ["/metrics", "/setup/created"])
def test_errors_lead_to_no_page_that_is_not_there(site: Site, path: str) -> None:
    answer = site.browser.get(path)
    assert answer.status_code in (400, 404)
    assert "Sign out" in answer.text
    assert "Metrics" not in answer.text
    assert "overview" not in answer.text


def test_the_start_leads_to_the_form(site: Site) -> None:
    assert site.browser.get("/").headers["location"] == "/setup"
    page = site.browser.get("/setup")
    assert page.status_code == 200
    assert 'value="https://smee.io/new"' in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]


def test_a_proxy_that_is_set_is_chosen_already(tmp_path: Path) -> None:
    page = Site(tmp_path, webhook_proxy=CHANNEL).browser.get("/setup").text
    assert f'value="{CHANNEL}"' in page
    assert re.search(r'value="proxy" id="by-proxy" checked', page)


def test_an_app_of_ones_own_with_a_public_address(site: Site) -> None:
    to, asked = site.begin()
    assert re.fullmatch(r"https://github\.com/settings/apps/new\?state=[\w-]{43}", to)
    assert asked["hook_attributes"] == {"url": "https://bot.example.org/webhooks", "active": True}
    assert asked["redirect_url"] == f"{SITE}/setup/created"
    assert asked["url"] == "https://bot.example.org"
    assert asked["public"] is False
    assert site.registrar.asked == []


def test_an_app_of_an_organisation_behind_a_proxy(site: Site) -> None:
    to, asked = site.begin({**PROXIED, "proxy": NEW})
    assert to.startswith("https://github.com/organizations/acme/settings/apps/new?state=")
    assert asked["hook_attributes"]["url"] == CHANNEL
    assert asked["name"] == "Treadle acme"
    # The page of an App is seen by others; the channel is not to be.
    assert asked["url"] == "https://github.com"
    assert site.registrar.asked == [NEW]


def test_the_form_may_go_to_one_address_alone(tmp_path: Path) -> None:
    site = Site(tmp_path, github_api_url="https://git.example/api/v3")
    page = site.post({**PROXIED, "proxy": NEW})
    (allowed,) = re.findall(r"form-action ([^;]+);", page.headers["content-security-policy"])
    assert allowed == "https://git.example/organizations/acme/settings/apps/new"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


def test_the_way_back_is_as_the_browser_knows_the_site(site: Site) -> None:
    headers = {"origin": "http://localhost:9000", "host": "localhost:9000"}
    cookies = f"{SIGNED_IN}={cookie_of(TOKEN)}"
    page = site.browser.post("/setup", data=PERSONAL, headers={**headers, "cookie": cookies})
    assert manifest(page)["redirect_url"] == "http://localhost:9000/setup/created"


@pytest.mark.parametrize("origin", ["https://evil.test", "null", ""])
def test_a_form_of_another_site_begins_nothing(site: Site, origin: str) -> None:
    answer = site.browser.post("/setup", data=PERSONAL, headers={"origin": origin})
    assert answer.status_code == 403


def test_what_is_wrong_stands_beside_its_field(site: Site) -> None:
    answer = site.post({**PROXIED, "organisation": EVIL, "proxy": EVIL, "address": EVIL})
    assert answer.status_code == 400
    assert "aria-invalid" in answer.text
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert site.registrar.asked == []


@pytest.mark.parametrize("fault", [UserError("no channel"), TransientError("no channel")])
def test_a_proxy_that_makes_no_channel_is_told(site: Site, fault: TreadleError) -> None:
    site.registrar.fault = fault
    answer = site.post({**PROXIED, "proxy": NEW})
    assert answer.status_code == 409
    assert "no channel" in answer.text


def test_a_folder_that_cannot_keep_keys_is_told_before_there_are_any(site: Site) -> None:
    site.registrar.unready = UserError("cannot be written")
    answer = site.post(PERSONAL)
    assert answer.status_code == 409
    assert "cannot be written" in answer.text


def test_github_leads_back_to_a_page_that_leads_on(site: Site) -> None:
    query = {"code": "c0de", "state": "st_a-te"}
    answer = site.client(signed_in=False).get("/setup/created", params=query)
    assert answer.status_code == 200
    assert "url=/setup/finish?code=c0de&amp;state=st_a-te" in answer.text
    assert "Sign out" not in answer.text
    assert site.registrar.registered == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "c0de"},
        {"state": "state"},
        {"code": EVIL, "state": "state"},
        {"code": "c0de", "state": EVIL},
        {"code": "c0de", "state": "a; url=//evil.test"},
        {"code": "../../user", "state": "state"},
    ],
)
def test_what_github_does_not_send_leads_nowhere(site: Site, query: dict[str, str]) -> None:
    answer = site.client(signed_in=False).get("/setup/created", params=query)
    assert answer.status_code == 400
    assert "refresh" not in answer.text
    assert "<script>" not in answer.text


def test_the_page_that_leads_on_has_a_name_of_this_machine(site: Site) -> None:
    answer = site.browser.get("/setup/created", headers={"host": "evil.test"})
    assert answer.status_code == 421


def test_the_code_becomes_an_app(site: Site) -> None:
    to, _ = site.begin({**PROXIED, "proxy": NEW})
    state = parse_qs(urlsplit(to).query)["state"][0]
    answer = site.finish(state)
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")
    assert site.registrar.registered == [("c0de", CHANNEL)]
    assert site.made == 1
    # Until the server that follows is there, the page waits for it.
    waiting = site.browser.get("/setup")
    assert "refresh" in waiting.text
    assert "No GitHub App" not in waiting.text


def test_a_state_is_good_once(site: Site) -> None:
    state = site.state()
    site.finish(state)
    assert site.finish(state).status_code == 400
    assert len(site.registrar.registered) == 1


def test_a_state_ends_after_an_hour(site: Site) -> None:
    state = site.state()
    site.now = NOW + timedelta(hours=1)
    assert site.finish(state).status_code == 400
    assert site.registrar.registered == []
    assert site.made == 0


def test_another_browser_finishes_nothing(site: Site) -> None:
    state = site.state()
    query = {"code": "c0de", "state": state}
    other = site.client()
    assert other.get("/setup/finish", params=query).status_code == 400
    stranger = site.client(signed_in=False)
    assert stranger.get("/setup/finish", params=query).status_code == 401
    assert site.registrar.registered == []
    assert site.finish(state).status_code == 303


@pytest.mark.parametrize(("state", "code"), [("", "c0de"), ("strange", "c0de"), (None, "a/b")])
def test_a_strange_answer_keeps_nothing(site: Site, state: str | None, code: str) -> None:
    begun = site.state()
    answer = site.finish(begun if state is None else state, code)
    assert answer.status_code == 400
    assert "Begin again" in answer.text
    assert site.registrar.registered == []


def test_the_cookie_is_for_this_alone(site: Site) -> None:
    cookie = site.post(PERSONAL).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "Path=/setup", "SameSite=strict", "Max-Age=3600"):
        assert part.lower() in cookie.lower()


def test_a_code_that_github_no_longer_takes_is_told(site: Site) -> None:
    state = site.state()
    site.registrar.fault = UserError("GitHub no longer takes the code")
    answer = site.finish(state)
    assert answer.status_code == 409
    assert "no longer takes" in answer.text
    assert site.made == 0
    assert site.finish(state).status_code == 400


def test_a_github_out_of_reach_can_be_asked_again(site: Site) -> None:
    state = site.state()
    site.registrar.fault = TransientError("GitHub cannot be reached")
    answer = site.finish(state)
    assert answer.status_code == 503
    assert "try again" in answer.text
    assert f"state={state}" in answer.text
    site.registrar.fault = None
    assert site.finish(state).status_code == 303
