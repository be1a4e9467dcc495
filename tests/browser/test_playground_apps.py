"""An App made from a manifest and installed, in a real browser, with and without scripts."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.pages import create_pages
from playground.server import Playground
from tests.browser.pages import TIMEOUT, check_contrast, check_fits, follow, lightness, tab_to

pytestmark = pytest.mark.browser

LONG = "a-very-long-name-without-any-place-to-break-it-" * 4


class Setup:
    """A bot's own page, on another origin: hands a manifest in, and is led back to."""

    def __init__(self, playground: str) -> None:
        self.playground = playground
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = "<!doctype html><title>Back</title><h1>Back</h1>"
                if self.path == "/setup":
                    page = outer.page()
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def manifest(self) -> dict[str, object]:
        """What the page hands in."""
        return {
            "name": "Weft",
            "url": self.url,
            "hook_attributes": {"url": f"http://127.0.0.1:9/{LONG}"},
            "redirect_url": f"{self.url}/setup/created",
            "setup_url": f"{self.url}/setup/installed",
            "description": f"<script>document.title = 'taken'</script> {LONG}",
            "default_permissions": {"issues": "write", "contents": "read"},
            "default_events": ["issue_comment", "issues", "push"],
        }

    def page(self) -> str:
        """The form, as GitHub's documentation shows it."""
        text = json.dumps(self.manifest()).replace("&", "&amp;").replace('"', "&quot;")
        return (
            "<!doctype html><title>Setup</title><link rel=icon href=data:,>"
            f'<form method="post" action="{self.playground}/settings/apps/new?state=s1">'
            f'<input type="hidden" name="manifest" value="{text}"><button>Create</button></form>'
        )


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(pages=create_pages, slug=None) as started:
        world = started.world
        world.create_repository("olivia", "shuttle", files={"README.md": b"# Shuttle\n"})
        world.create_repository("olivia", LONG[:90], private=True)
        yield started


@pytest.fixture
def setup(playground: Playground) -> Iterator[Setup]:
    made = Setup(playground.url)
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def query(page: Page) -> dict[str, list[str]]:
    """What the address that the browser is at says."""
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_manifest_to_the_installation_by_keyboard(
    chromium: Browser, playground: Playground, setup: Setup, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"{setup.url}/setup")
    page.locator("button").click()
    expect(page.locator("h1")).to_have_text("Create GitHub App for olivia")
    assert page.title() != "taken"
    page.locator("#app-name").fill("Weft and warp")
    page.locator("#app-name").press("Enter")
    expect(page.locator("h1")).to_have_text("Back")
    assert page.url.startswith(f"{setup.url}/setup/created?")
    assert query(page)["state"] == ["s1"]
    [app] = playground.world.apps
    assert app.name == "Weft and warp"
    assert playground.world.convert_code(query(page)["code"][0]).app.id == app.id

    page.goto(f"{playground.url}/apps/weft-and-warp")
    page.locator("#install").click()
    page.locator("#install-selected").check()
    page.get_by_label("shuttle").check()
    page.locator("#install-app").click()
    expect(page.locator("h1")).to_have_text("Back")
    [installation] = playground.world.installations
    assert query(page) == {
        "installation_id": [str(installation.id)], "setup_action": ["install"],
    }  # fmt: skip
    assert [r.name for r in playground.world.installed(installation)] == ["shuttle"]
    context.close()


def test_the_account_is_switched_on_the_way(
    chromium: Browser, playground: Playground, setup: Setup
) -> None:
    playground.world.create_user("mia")
    context = chromium.new_context()
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"{setup.url}/setup")
    page.locator("button").click()
    page.locator("#act-as").select_option("mia")
    page.locator("#act-as-go").click()
    expect(page.locator("h1")).to_have_text("Create GitHub App for mia")
    tab_to(page, "#create-app")
    follow(page)
    [app] = playground.world.apps
    assert playground.world.accounts[app.owner_id].login == "mia"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_and_readable(
    chromium: Browser, playground: Playground, setup: Setup, scheme: str
) -> None:
    world = playground.world
    world.create_organization("weavers", owners=("olivia",))
    text = json.dumps({**setup.manifest(), "public": True})
    key = world.offer_manifest(text, state=None, organization=None)
    world.accept_manifest(world.account("olivia"), key, "W" * 34)
    app = world.app
    made = world.install("olivia", slug=app.slug)
    assert playground.settle()
    offer = world.offer_manifest(text, state=None, organization=None)
    target = world.account("weavers").id
    context = chromium.new_context(
        base_url=playground.url,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    for path in (
        "/settings/apps", "/settings/apps/new", f"/settings/apps/new?offer={offer}",
        f"/apps/{app.slug}", f"/settings/apps/{app.slug}", f"/apps/{app.slug}/installations/new",
        f"/apps/{app.slug}/installations/new/permissions?target_id={target}",
        f"/settings/installations/{made.id}",
    ):  # fmt: skip
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        check_fits(page, path)
        check_contrast(page, path)
        assert page.title() != "taken"
        assert (lightness(page) < 0.3) == (scheme == "dark"), path
    context.close()
