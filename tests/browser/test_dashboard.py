"""The dashboard in a real browser: the token, the keyboard, narrow, light and dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.dashboards import Served, serving
from tests.browser.pages import TIMEOUT, check_contrast, check_fits, follow, lightness, tab_to
from tests.unit.web.bots import TOKEN, fill

pytestmark = pytest.mark.browser

LONG = "a_very_long_name_without_any_place_to_break_it_" * 4
TABS = (
    "",
    "/feedback",
    "/memory",
    "/phrases",
    "/preferences",
    "/training",
    "/asks",
    "/audit",
    "/configuration",
)
TRIED = "/repositories/1/asks/801/k"
PATHS = ("/", *(f"/repositories/1{tab}" for tab in TABS), "/replies/1", TRIED, "/nowhere")


@pytest.fixture(scope="module")
def served(migrated_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(migrated_files, tmp_path_factory.mktemp("dashboard") / "data") as found:
        fill(found.bot, text=f"{LONG} <script>document.title = 'taken'</script>")
        faults = [f"line 1: `{LONG}`"]
        found.bot.store.repositories.save_policy(1, "repository", "s", "name: x\n", faults)
        yield found


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
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        check_fits(page, path)
        check_contrast(page, path)
        assert page.title() != "taken"
        assert (lightness(page) < 0.3) == (scheme == "dark"), path
    context.close()


def test_what_was_tried_can_be_read_and_opened_by_keyboard(
    served: Served, chromium: Browser
) -> None:
    context = chromium.new_context(base_url=served.url)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"/?token={TOKEN}")
    page.goto("/repositories/1/asks")
    tab_to(page, f'#asks a[href="{TRIED}"]')
    follow(page)
    expect(page.locator("#attempt-1 .reasons > li")).to_have_count(3)
    expect(page.locator("#attempt-2")).to_contain_text("good enough")
    # What was chosen is open and marked, the others are there and closed.
    first = page.locator("#attempt-1")
    expect(first.locator(".steps > .chosen > details[open]")).to_have_count(2)
    expect(first.get_by_text("Nobody knows")).to_be_hidden()
    expect(first.locator(".chosen > details > table")).to_be_visible()
    tab_to(page, "#attempt-1 .others > summary")
    page.keyboard.press("Enter")
    expect(first.get_by_text("Nobody knows")).to_be_visible()
    expect(first.locator(".others .score").first).to_be_visible()
    context.close()
