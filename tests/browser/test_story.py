"""The newcomer's story with the real bot: ask, vote, correct, ask again, and see why."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.local import Processes, bot_environment, free_port
from playground.pages import create_pages
from playground.server import Playground
from tests.browser.pages import check_contrast, check_fits, follow, tab_to

pytestmark = pytest.mark.browser

ISSUES = "/olivia/loom/issues"
WRONG = "Run the tests with make check."
RIGHT = "Run the tests with `make proof`; it takes a minute."
FILES = {
    "README.md": b"# Loom\n\nThe loom weaves cloth from yarn.\n\n## Tests\n\n"
    b"Run the tests with `make check`.\n",
    "docs/dye.md": b"# Dyeing\n\nDye the yarn with `loom dye --colour red`.\n",
}
PATIENCE = 60_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Starts playground and bot as `make run` does; returns the playground's address."""
    web, admin, token = free_port(), free_port(), "a-token-for-the-dashboard"
    playground = Playground(
        hook_url=f"http://127.0.0.1:{web}/webhooks",
        pages=lambda world: create_pages(
            world, dashboard_url=f"http://127.0.0.1:{admin}/?token={token}"
        ),
    )
    for login in ("max", "cora"):
        playground.world.create_user(login)
    repository = playground.world.create_repository("olivia", "loom", files=FILES)
    repository = playground.world.set_role(repository, "max", "maintain")
    playground.world.set_role(repository, "cora", "read")
    playground.install("olivia")
    environment = bot_environment(
        playground, data=tmp_path, port=web, admin_port=admin, admin_token=token
    )
    environment["TREADLE_MODEL"] = "extract"
    with playground, Processes(environment, tmp_path):
        yield playground.url


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 360)], ids=["light, wide", "dark, narrow"]
)
def test_the_whole_story_by_keyboard(
    scheme: str, width: int, address: str, chromium: Browser
) -> None:
    context = chromium.new_context(
        base_url=address,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 900},
    )
    try:
        _story(context.new_page())
    finally:
        context.close()


def _story(page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    act_as(page, "cora")
    reply = ask(page, "Tests", "/ask How do I run the tests?")
    expect(reply).to_contain_text(WRONG)
    expect(reply).to_contain_text("Sources")
    expect(page.locator("article").filter(has_text="/ask").locator(".pill").first).to_contain_text(
        "👀"
    )
    corrected = reply.get_attribute("id")
    check(page, "thread")

    reply.locator("[data-action=react]").focus()
    page.keyboard.press("Enter")
    thumb = reply.locator('.choices button[value="+1"]')
    thumb.focus()
    follow(page)
    expect(reply.locator('.pill[value="+1"]')).to_be_visible()

    act_as(page, "max", stay=True)
    reply.locator("[data-action=edit]").focus()
    follow(page)
    box = page.locator("#edit-body")
    box.fill(box.input_value().replace("Run the tests with `make check`.", RIGHT))
    box.focus()
    tab_to(page, "#edit-submit")
    follow(page)
    expect(reply).to_contain_text("make proof")

    page.locator("#dashboard-link").focus()
    follow(page)
    page.locator("#repositories a").first.focus()
    follow(page)
    dashboard = page.url.rstrip("/")
    for _ in range(100):
        page.goto(f"{dashboard}/memory")
        if page.get_by_text("it takes a minute").count():
            break
        page.wait_for_timeout(100)
    expect(page.locator("#memory")).to_contain_text("it takes a minute")
    check(page, "memory")
    page.goto(f"{dashboard}/phrases")
    expect(page.locator("#liked")).to_contain_text("make proof")
    check(page, "phrases")
    page.goto(f"{dashboard}/feedback")
    expect(page.locator("#feedback")).to_contain_text("max")
    expect(page.locator("#feedback")).to_contain_text("cora")
    check(page, "feedback")

    reply = ask(page, "Again", "/ask What do I type to run the tests?")
    expect(reply).to_contain_text("make proof")
    expect(reply).to_contain_text("corrected by")
    expect(reply).not_to_contain_text(WRONG)

    page.goto(dashboard)
    page.get_by_role("link", name="What do I type to run the tests?").first.focus()
    follow(page)
    expect(page.locator("#by-memory")).to_contain_text("make proof")
    cause = page.locator("#by-memory a").first.get_attribute("href")
    assert cause is not None and cause.endswith(f"#{corrected}")
    check(page, "why")


def ask(page: Page, title: str, question: str) -> Locator:
    """Opens an issue, comments by keyboard, and waits until the page shows the reply."""
    page.goto(f"{ISSUES}/new")
    page.locator("#new-issue-title").focus()
    page.keyboard.type(title)
    tab_to(page, "#new-issue-submit")
    follow(page)
    page.locator("#comment-body").focus()
    page.keyboard.type(question)
    tab_to(page, "#comment-submit")
    follow(page)
    reply = page.locator("article.by-bot")
    expect(reply).to_have_count(1, timeout=PATIENCE)
    return reply


def act_as(page: Page, login: str, *, stay: bool = False) -> None:
    """Switches whose account one acts as."""
    if not stay:
        page.goto(ISSUES)
    page.locator("#act-as").select_option(login)
    page.locator("#act-as").focus()
    tab_to(page, "#act-as-go")
    follow(page)


def check(page: Page, where: str) -> None:
    """Holds a page to what all pages keep."""
    check_fits(page, where)
    check_contrast(page, where)
