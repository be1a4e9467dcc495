"""Deciding about phrases in a real browser, by keyboard and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.domain import AuditEntry
from tests.browser.dashboards import Served, serving
from tests.browser.pages import TIMEOUT, check_contrast, check_fits, follow, tab_to
from tests.unit.web.bots import MAINTAINER, NOW, TOKEN, fill

pytestmark = pytest.mark.browser

LONG = "a_very_long_name_without_any_place_to_break_it_" * 4
HOME = "/repositories/1"


@pytest.fixture
def served(migrated_files: Path, tmp_path: Path) -> Iterator[Served]:
    with serving(migrated_files, tmp_path / "data") as found:
        fill(found.bot, text=LONG)
        yield found


def test_pinning_and_going_back_by_keyboard(served: Served, chromium: Browser) -> None:
    context = chromium.new_context(base_url=served.url, java_script_enabled=False)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"/?token={TOKEN}")
    page.goto(f"{HOME}/phrases")
    tab_to(page, "#phrase")
    page.keyboard.type("use `nox`")
    tab_to(page, "#forbid")
    follow(page)
    expect(page.locator("#rulings > li")).to_contain_text("use nox")
    expect(page.locator("#disliked")).to_contain_text("forbidden")
    tab_to(page, '#rulings button[aria-label="Free use nox"]')
    follow(page)
    expect(page.locator("#rulings")).to_have_count(0)
    tab_to(page, 'button[aria-label="Go back to version 1"]')
    follow(page)
    expect(page.locator("#back")).to_contain_text("Gone back to version 1 by the operator")
    tab_to(page, "#resume")
    follow(page)
    expect(page.locator("#back")).to_have_count(0)
    page.goto(f"{HOME}/audit")
    expect(page.locator("#audit > li")).to_have_count(4)
    page.goto(f"{HOME}/memory")
    tab_to(page, 'button[aria-label="Let memory 1 count nothing"]')
    follow(page)
    expect(page.locator("#memory-1")).to_contain_text("It counts nothing")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_can_be_read(
    served: Served, chromium: Browser, scheme: str
) -> None:
    bot = served.bot
    entry = AuditEntry(at=NOW, person=MAINTAINER, act="pinned", subject=LONG, url="")
    bot.store.audit.record(1, entry)
    context = chromium.new_context(
        base_url=served.url,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(f"/?token={TOKEN}")
    page.goto(f"{HOME}/phrases")
    page.locator("#phrase").fill(f"make {LONG}"[:200])
    page.locator("#pin").click()
    page.locator('button[aria-label="Go back to version 1"]').click()
    for path in ("phrases", "phrases/1", "phrases/2", "audit", "memory"):
        page.goto(f"{HOME}/{path}")
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        check_fits(page, path)
        check_contrast(page, path)
    context.close()
