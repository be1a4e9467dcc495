"""From `treadle serve` with nothing set to the first answer, in a real browser.

GitHub is a playground under the name `localhost`, the bot is at `127.0.0.1`: to a browser these
are two sites, as github.com and this machine are, so that it keeps back what it keeps back there.
"""

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.credentials import FILE, Credentials, read
from app.local import free_port
from playground.pages import create_pages
from playground.server import Playground
from tests.browser.pages import check_contrast, check_fits, follow, lightness, tab_to

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PATIENCE = 60_000
FILES = {"README.md": b"# Loom\n\n## Tests\n\nRun the tests with `make check`.\n"}


@dataclass(kw_only=True)
class Serving:
    """A running `treadle serve`; `log` is what it writes to standard error."""

    process: "subprocess.Popen[str]"
    address: str
    log: Path


@dataclass(kw_only=True)
class World:
    """A GitHub, and what a bot on it is started with."""

    github: Playground
    url: str
    data: Path
    port: int = field(default_factory=free_port)

    @contextmanager
    def serve(self, *arguments: str) -> Iterator[Serving]:
        """Starts `treadle serve`, and stops it in order."""
        settings = {
            "GITHUB_API_URL": f"{self.url}/api/v3",
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "ADMIN_PORT": "0",
            "MODEL": "extract",
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TREADLE_")}
        log = self.data.parent / "log"
        with log.open("a") as lines:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve", *arguments],
                cwd=ROOT,
                env=inherited | {f"TREADLE_{name}": value for name, value in settings.items()},
                stdout=subprocess.PIPE,
                stderr=lines,
                text=True,
            )
        try:
            assert process.stdout is not None
            found = (re.search(r"http://127\S+token=\S+", line) for line in process.stdout)
            address = next((match[0] for match in found if match), "")
            assert address, log.read_text()
            yield Serving(process=process, address=address, log=log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=40)
        assert process.returncode == 0, log.read_text()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Playground(pages=create_pages, slug=None) as github:
        url = f"http://localhost:{github.port}"
        github.world.web_url = url
        github.world.create_organization("weavers", owners=("olivia",))
        for owner in ("olivia", "weavers"):
            github.world.create_repository(owner, "loom", files=FILES)
        yield World(github=github, url=url, data=tmp_path / "data")


def by_proxy(world: World, page: Page) -> None:
    """Fills in a form for one's own account, without a public address."""
    page.locator("#personal").check()
    page.locator("#by-proxy").check()
    page.locator("#proxy").fill(f"{world.url}/smee/new")


def by_address(world: World, page: Page) -> None:
    """Fills in a form for an organisation, with an address that GitHub reaches."""
    page.locator("#of-organisation").check()
    page.locator("#organisation").fill("weavers")
    page.locator("#public").check()
    page.locator("#address").fill(f"http://127.0.0.1:{world.port}/")


@pytest.mark.parametrize(
    ("fill", "owner", "scheme", "width", "scripts"),
    [
        (by_proxy, "olivia", "light", 1280, True),
        (by_address, "weavers", "dark", 360, False),
    ],
    ids=["own account, proxy", "organisation, public address, no scripts, narrow"],
)
def test_from_nothing_to_the_first_answer(
    world: World,
    chromium: Browser,
    fill: Callable[[World, Page], None],
    owner: str,
    scheme: str,
    width: int,
    scripts: bool,
) -> None:
    context = chromium.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE)
    with world.serve() as serving:
        page = make(world, context, serving, fill)
        assert (lightness(page) < 0.3) == (scheme == "dark")
        install(context, page)
        expect(step(page, "installed")).to_have_class("is-ok", timeout=PATIENCE)
        check_list(context, page, "installed")
        ask(world, owner)
        expect(page.get_by_text("All is set up.")).to_be_visible(timeout=PATIENCE)
        for row in page.locator("#steps > li").all():
            expect(row).to_have_class("is-ok")
        check_list(context, page, "done")
        kept = read(world.data)
        assert kept is not None
        untold(serving, kept)
        assert stat.S_IMODE((world.data / FILE).stat().st_mode) == 0o600
    with world.serve("--with-worker") as serving:
        page.goto(serving.address.replace("/?", "/setup?"))
        expect(page.get_by_text("All is set up.")).to_be_visible(timeout=PATIENCE)
    context.close()


def make(
    world: World,
    context: BrowserContext,
    serving: Serving,
    fill: Callable[[World, Page], None],
) -> Page:
    """Goes from the printed address to the check list, by keyboard where we have the page."""
    page = context.new_page()
    page.goto(serving.address)
    assert "token" not in page.url
    check(page, "form")
    fill(world, page)
    page.locator("legend").first.click()
    tab_to(page, "#go")
    follow(page)
    check(page, "asked")
    tab_to(page, "#make")
    follow(page)
    assert page.url.startswith(world.url)
    page.locator("#create-app").click()
    page.locator("#install").wait_for()
    assert page.url.endswith("/setup")
    check_list(context, page, "steps")
    return page


def install(context: BrowserContext, page: Page) -> None:
    """Installs the App in another tab, as the button says."""
    with context.expect_page() as opened:
        page.locator("#install").click()
    there = opened.value
    there.locator("#install-app").click()
    there.get_by_text("Uninstall").first.wait_for()
    there.close()


def ask(world: World, owner: str) -> None:
    """Asks the first question."""
    github = world.github.world
    olivia = github.person("olivia")
    issue = github.create_issue(olivia, github.find_repository(owner, "loom"), "Tests", "")
    github.create_comment(olivia, issue, "/ask How do I run the tests?")


def step(page: Page, part: str):  # type: ignore[no-untyped-def]
    """The step of the check list with this name."""
    heading = re.compile(rf"^{part} ", re.IGNORECASE)
    return page.locator("#steps > li").filter(has=page.locator("h2").filter(has_text=heading))


def check(page: Page, where: str) -> None:
    """Holds a page to what all pages keep."""
    check_fits(page, where)
    check_contrast(page, where)


def check_list(context: BrowserContext, page: Page, where: str) -> None:
    """Checks the list on a page that stands still, since the other may just be on its way."""
    still = context.new_page()
    still.goto(f"{page.url}?still=1")
    check(still, where)
    still.close()


def untold(serving: Serving, kept: Credentials) -> None:
    """Finds none of what is secret in the log."""
    written = serving.log.read_text()
    token = serving.address.partition("token=")[2]
    secrets = [kept.webhook_secret, kept.private_key.splitlines()[1], token]
    secrets += [kept.webhook_proxy] if kept.webhook_proxy else []
    assert "app.made" in written
    for secret in secrets:
        assert secret not in written


def test_an_answer_that_was_not_asked_for_keeps_nothing(world: World, chromium: Browser) -> None:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    with world.serve() as serving:
        page.goto(serving.address)
        site = page.url.removesuffix("/setup")
        # Led here from another site, the browser does not say who it is, ...
        page.goto(world.url)
        page.evaluate(f"location = '{site}/setup/finish?code=c0de&state=theirs'")
        expect(page.locator("h1")).to_have_text("The dashboard is locked")
        # ... but does from the page that leads on; the code is of somebody else's App.
        page.goto(world.url)
        page.evaluate(f"location = '{site}/setup/created?code=c0de&state=theirs'")
        expect(page.locator("[role=alert]")).to_contain_text("does not belong to an App")
        assert page.url.startswith(f"{site}/setup/finish")
        assert read(world.data) is None
    context.close()
