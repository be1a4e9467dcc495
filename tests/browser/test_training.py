"""The pages of training in a real browser: the keyboard alone, narrow, light and dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain import Progress, RunState
from tests.browser.dashboards import Served, serving
from tests.browser.pages import TIMEOUT, check_contrast, check_fits, follow, lightness, tab_to
from tests.unit.web import trained
from tests.unit.web.bots import NOW, REPOSITORY, TOKEN

pytestmark = pytest.mark.browser

HOME = "/repositories/1/training"
LONG = "a_very_long_name_without_any_place_to_break_it_" * 4


@pytest.fixture
def served(migrated_files: Path, tmp_path: Path) -> Iterator[Served]:
    with serving(migrated_files, tmp_path / "data", model="bobbin") as found:
        found.bot.store.repositories.save(REPOSITORY)
        yield found


@pytest.fixture
def page(served: Served, chromium: Browser) -> Iterator[Page]:
    """A page of a browser that knows the token."""
    context = chromium.new_context(base_url=served.url)
    context.set_default_timeout(TIMEOUT)
    opened = context.new_page()
    opened.goto(f"/?token={TOKEN}")
    yield opened
    context.close()


def test_rolling_back_by_keyboard(served: Served, page: Page) -> None:
    first, second = trained.keep(served.bot, 1), trained.keep(served.bot, 2)
    trained.promote(served.bot, first)
    trained.promote(served.bot, second)
    page.goto("/repositories/1")
    tab_to(page, f'nav a[href="{HOME}"]')
    follow(page)
    expect(page.locator("#use")).to_contain_text(second.name)
    tab_to(page, "#rollback-reason")
    page.keyboard.type("It is too curt.")
    tab_to(page, "#rollback")
    follow(page, "Space")
    expect(page.locator("#use strong")).to_have_text(first.name)
    expect(page.locator("#changes > li").first).to_contain_text("the dashboard: It is too curt.")
    active = served.bot.store.adapters.active(1)
    assert active is not None and active.name == first.name


def test_promoting_and_retiring_by_keyboard(served: Served, page: Page) -> None:
    old, new = trained.keep(served.bot, 1), trained.keep(served.bot, 2)
    page.goto(HOME)
    tab_to(page, f'#versions a[href="{HOME}/2"]')
    follow(page)
    expect(page.locator("h1")).to_have_text(new.name)
    tab_to(page, "#promote")
    follow(page)
    expect(page.locator("#use strong")).to_have_text(new.name)
    tab_to(page, f'#versions a[href="{HOME}/1"]')
    follow(page)
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "#retire")
    follow(page)
    expect(page.locator("#versions > li", has_text=old.name)).to_contain_text("retired")


def test_beginning_watching_and_cancelling_by_keyboard(served: Served, page: Page) -> None:
    trained.teach(served.bot, 64)
    page.goto(HOME)
    tab_to(page, "#start")
    follow(page)
    expect(page.locator("#phase")).to_have_text("waiting for its turn")
    run = served.bot.store.runs.under_way(1)
    assert run is not None
    served.bot.store.runs.start(run.id, NOW)
    served.bot.store.runs.set_progress(run.id, Progress(phase="dpo", step=3, steps=9))
    # Nobody loads the page again: it does so by itself.
    expect(page.locator("#run")).to_contain_text("step 3 of 9")
    assert page.locator("#run progress").evaluate("one => one.position") == pytest.approx(1 / 3)
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    tab_to(page, "#still")
    follow(page)
    tab_to(page, "#cancel")
    follow(page)
    expect(page.locator("#run")).to_contain_text("It is being cancelled")
    served.bot.store.runs.finish(run.id, RunState.CANCELLED, NOW, reason="It was cancelled.")
    expect(page.locator("#runs > li").first).to_contain_text("It was cancelled.")
    expect(page.locator("#run")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_can_be_read(
    served: Served, chromium: Browser, scheme: str
) -> None:
    bot = served.bot
    context = chromium.new_context(
        base_url=served.url,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(f"/?token={TOKEN}")
    page.goto(HOME)
    check_fits(page, "empty")
    check_contrast(page, "empty")
    trained.keep(bot, 1, wins=9, recipe={LONG: LONG})
    trained.promote(bot, trained.keep(bot, 2, base=LONG), by=LONG, reason=LONG)
    trained.ended(bot, "old", RunState.FAILED, LONG, by=LONG)
    trained.run(bot, LONG[:64])
    bot.store.runs.start(LONG[:64], NOW)
    bot.store.runs.set_progress(LONG[:64], Progress(phase=LONG, step=1, steps=10**9, loss=0.5))
    for path in (f"{HOME}?still=1", f"{HOME}/1", f"{HOME}/2", f"{HOME}/3"):
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        check_fits(page, path)
        check_contrast(page, path)
        assert (lightness(page) < 0.3) == (scheme == "dark"), path
    context.close()
