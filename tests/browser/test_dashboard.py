"""The dashboard in a real browser: the token, the keyboard, narrow, light and dark."""

import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from app.web.dashboard import create_dashboard
from tests.browser.pages import TIMEOUT, check_contrast, check_fits, follow, lightness, tab_to
from tests.unit.web.bots import NOW, TOKEN, Shown, fill, make_bot

pytestmark = pytest.mark.browser

LONG = "a_very_long_name_without_any_place_to_break_it_" * 4
TABS = ("", "/feedback", "/memory", "/phrases", "/preferences", "/asks", "/configuration")
PATHS = ("/", *(f"/repositories/1{tab}" for tab in TABS), "/replies/1", "/nowhere")


@dataclass(frozen=True, kw_only=True)
class Served:
    """A dashboard that listens."""

    url: str
    bot: Shown


@pytest.fixture(scope="module")
def served(migrated_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("dashboard") / "data"
    shutil.copytree(migrated_files, folder)
    bot = make_bot(folder)
    fill(bot, text=f"{LONG} <script>document.title = 'taken'</script>")
    bot.store.repositories.save_policy(1, "repository", "s", "name: x\n", [f"line 1: `{LONG}`"])
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_dashboard(bot, TOKEN, clock=lambda: NOW), lifespan="off", log_config=None, ws="none"
    )
    server = uvicorn.Server(config)
    run = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    run.start()
    yield Served(url=f"http://127.0.0.1:{listening.getsockname()[1]}", bot=bot)
    server.should_exit = True
    run.join(timeout=10)
    listening.close()
    bot.store.close()


def test_opening_looking_and_leaving_by_keyboard(served: Served, chromium: Browser) -> None:
    context = chromium.new_context(base_url=served.url)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    keys = page.keyboard
    page.goto("/repositories/1")
    expect(page.locator("h1")).to_have_text("The dashboard is locked")
    tab_to(page, "#token")
    keys.type(TOKEN)
    follow(page)
    expect(page.locator("h1")).to_have_text("What people taught the bot")
    assert TOKEN not in page.url
    assert TOKEN not in str(context.cookies())
    tab_to(page, '#repositories a[href="/repositories/1"]')
    follow(page)
    tab_to(page, 'nav a[href="/repositories/1/phrases"]')
    follow(page)
    expect(page.locator("#liked > li")).to_have_count(2)
    tab_to(page, "#liked summary")
    keys.press("Enter")
    expect(page.locator("#liked details").first).to_contain_text("edit by max")
    tab_to(page, '#liked a[href="/replies/1"]')
    follow(page)
    expect(page.locator("#by-memory ins")).to_contain_text("make check")
    tab_to(page, "header form button")
    follow(page)
    expect(page.locator("h1")).to_have_text("The dashboard is locked")
    context.close()


def test_the_printed_address_opens_it(served: Served, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{served.url}/?token={TOKEN}")
    assert page.url == f"{served.url}/"
    expect(page.locator("h1")).to_have_text("What people taught the bot")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_can_be_read(
    served: Served, chromium: Browser, scheme: str
) -> None:
    context = chromium.new_context(
        base_url=served.url,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto("/")
    check_fits(page, "locked")
    check_contrast(page, "locked")
    page.goto(f"/?token={TOKEN}")
    for path in PATHS:
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        check_fits(page, path)
        check_contrast(page, path)
        assert page.title() != "taken"
        assert (lightness(page) < 0.3) == (scheme == "dark"), path
    context.close()
