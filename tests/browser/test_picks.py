"""Picking among the drafts of an ask in a real browser, by keyboard and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.dashboards import Served, serving
from tests.browser.pages import TIMEOUT, check_contrast, check_fits, follow, tab_to
from tests.unit.web.bots import TOKEN, fill

pytestmark = pytest.mark.browser

LONG = "a_very_long_name_without_any_place_to_break_it_" * 4
TRIED = "/repositories/1/asks/801/k"
BEST = 'button[aria-label="This is the best: draft {}"]'


@pytest.fixture
def served(migrated_files: Path, tmp_path: Path) -> Iterator[Served]:
    with serving(migrated_files, tmp_path / "data") as found:
        fill(found.bot, text=LONG)
        yield found


def test_a_draft_is_picked_and_taken_back_by_keyboard(served: Served, chromium: Browser) -> None:
    context = chromium.new_context(base_url=served.url, java_script_enabled=False)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"/?token={TOKEN}")
    page.goto(TRIED)
    drafts = page.locator("#drafts .drafts > li")
    expect(drafts).to_have_count(3)
    expect(drafts.first).to_contain_text("posted")
    tab_to(page, BEST.format(3))
    follow(page)
    expect(page).to_have_url(f"{served.url}{TRIED}#drafts")
    expect(page.locator("#drafts .picked")).to_contain_text("Run `make test`, if you can.")
    tab_to(page, BEST.format(2))
    follow(page)
    expect(page.locator("#drafts .picked")).to_contain_text("Draft 2")
    tab_to(page, "#drafts .picked button")
    follow(page)
    expect(page.locator("#drafts .picked")).to_have_count(0)
    page.goto("/repositories/1/audit")
    expect(page.locator("#audit > li")).to_have_count(3)
    expect(page.locator("#audit > li").first).to_contain_text("took back a pick")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_pick_fits_a_phone_and_can_be_read(
    served: Served, chromium: Browser, scheme: str
) -> None:
    context = chromium.new_context(
        base_url=served.url,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"/?token={TOKEN}")
    page.goto(TRIED)
    page.locator(BEST.format(2)).click()
    expect(page.locator("#drafts .picked")).to_be_visible()
    check_fits(page, "drafts")
    check_contrast(page, "drafts")
    context.close()
