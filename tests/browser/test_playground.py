"""The playground in a real browser: by keyboard alone, without scripts, narrow, light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.actors import Actor
from playground.pages import create_pages
from playground.server import Playground
from playground.values import Repository
from playground.world import World
from tests.browser.pages import TIMEOUT, check_contrast, check_fits, follow, lightness, tab_to

pytestmark = pytest.mark.browser

REPO = "/olivia/shuttle"
LONG = "a_very_long_name_without_any_place_to_break_it_" * 4
HOSTILE = (
    f"{LONG}\n\n`{LONG}`\n\n```\n{LONG}\n```\n\n| {LONG} | b |\n|---|---|\n| 1 | 2 |\n\n"
    f"> {LONG}\n\nhttp://127.0.0.1/{LONG}\n\n# {LONG}\n\n<script>document.title = 'taken'</script>"
)
BLOCK = '<!-- treadle {"secret": "in the block"} k1 abc -->'


class Stage:
    """A playground with a repository, four people and the App."""

    def __init__(self, playground: Playground) -> None:
        self.url = playground.url
        self.world: World = playground.world
        for login in ("max", "cora", "pat"):
            self.world.create_user(login)
        files = {"README.md": b"# Shuttle\n\nSee [rules](rules.md).\n", "rules.md": b"1\n2\n3\n4\n"}
        repository = self.world.create_repository("olivia", "shuttle", files=files)
        repository = self.world.set_role(repository, "max", "maintain")
        self.repository: Repository = self.world.set_role(repository, "cora", "read")
        self.bot: Actor = self.world.bot(playground.install("olivia"))

    def answer(self, number: int, text: str) -> int:
        """Lets the bot answer on a thread; returns the id of its comment."""
        issue = self.world.issue(self.repository, number)
        return self.world.create_comment(self.bot, issue, f"{text}\n\n{BLOCK}").id


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Playground(pages=create_pages) as playground:
        yield Stage(playground)


@pytest.fixture
def page(chromium: Browser, stage: Stage) -> Iterator[Page]:
    context = chromium.new_context(base_url=stage.url)
    context.set_default_timeout(TIMEOUT)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert troubles == []


def test_the_story_by_keyboard_alone(stage: Stage, page: Page) -> None:
    keys = page.keyboard
    page.goto(f"{REPO}/issues")
    keys.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, "#new-issue")
    follow(page)
    tab_to(page, "#new-issue-title")
    keys.type("Tests")
    tab_to(page, "#new-issue-body")
    keys.type("I changed **something**.")
    tab_to(page, "#new-issue-preview")
    keys.press("Enter")
    expect(page.locator("[data-preview] strong")).to_have_text("something")
    # Shown in place: nothing was sent and nothing is lost.
    expect(page.locator("#new-issue-title")).to_have_value("Tests")
    page.locator("#new-issue-body").focus()
    tab_to(page, "#new-issue-submit")
    follow(page)
    expect(page.locator("h1")).to_contain_text("Tests")

    tab_to(page, "#comment-body")
    keys.type("/ask How do I run the tests?")
    follow(page, "Control+Enter")
    expect(page.locator("#waiting")).to_contain_text("Waiting for the bot")
    ask = stage.world.comments.of(stage.world.issue(stage.repository, 1).id)[0]
    stage.world.react(stage.bot, ask, "eyes")
    expect(page.locator("#waiting")).to_contain_text("👀")
    expect(page.locator(f"#issuecomment-{ask.id} .pill")).to_contain_text("👀")
    number = stage.answer(1, "Run `make test`.")
    reply = page.locator(f"#issuecomment-{number}")
    expect(reply).to_contain_text("Run make test.")
    expect(reply.locator(".markdown")).not_to_contain_text("in the block")
    expect(page.locator("#waiting")).to_have_count(0)
    expect(page.locator("#news")).to_have_text("New comment by treadle[bot]")

    here = f"#issuecomment-{number}"
    tab_to(page, f"{here} [data-action=react]")
    keys.press("Enter")
    tab_to(page, f'{here} .choices button[value="+1"]')
    follow(page)
    expect(reply.locator('.pill[value="+1"]')).to_have_attribute("aria-pressed", "true")
    expect(reply.locator("[data-action=edit]")).to_have_count(0)

    tab_to(page, "#act-as")
    keys.type("max")
    tab_to(page, "#act-as-go")
    follow(page)
    expect(page.locator("#act-as")).to_have_value("max")
    tab_to(page, f"{here} [data-action=edit]")
    follow(page)
    expect(page.locator("#edit-body")).to_be_focused()
    expect(page.locator("#edit-body")).to_have_value(f"Run `make test`.\n\n{BLOCK}")
    keys.press("Control+Home")
    keys.type("First install it. ")
    tab_to(page, "#edit-submit")
    follow(page)
    expect(reply).to_contain_text("First install it. Run make test.")
    tab_to(page, f"{here} .edited")
    follow(page)
    expect(page.locator("ins").nth(1)).to_have_text("First install it. ")
    page.go_back()

    tab_to(page, f"{here} [data-action=more]")
    keys.press("Enter")
    tab_to(page, f"{here} [data-action=hide]")
    follow(page)
    expect(reply).to_contain_text("Hidden as outdated")
    expect(reply.locator(".markdown")).not_to_be_visible()
    found = stage.world.comments[number]
    assert found.minimized is not None
    assert found.body == f"First install it. Run `make test`.\n\n{BLOCK}"


def test_what_somebody_is_at_is_left_alone(stage: Stage, page: Page) -> None:
    issue = stage.world.create_issue(stage.world.person("cora"), stage.repository, "T", "/ask x")
    first = stage.answer(issue.number, "one")
    stage.world.create_comment(stage.world.person("cora"), issue, "/ask more")
    page.goto(f"{REPO}/issues/{issue.number}")
    page.locator(f"#issuecomment-{first} [data-action=source]").click()
    page.locator("#comment-body").fill("half a thought")
    stage.world.edit_comment(stage.world.person("max"), stage.world.comments[first], "changed")
    second = stage.answer(issue.number, "two")
    expect(page.locator(f"#issuecomment-{second}")).to_be_visible()
    expect(page.locator(f"#issuecomment-{first} .source pre")).to_be_visible()
    expect(page.locator(f"#issuecomment-{first} .markdown")).to_have_text("one")
    expect(page.locator("#comment-body")).to_have_value("half a thought")


def test_without_scripts(stage: Stage, chromium: Browser) -> None:
    context = chromium.new_context(base_url=stage.url, java_script_enabled=False)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"{REPO}/issues/new")
    page.locator("#new-issue-title").fill("Tests")
    page.locator("#new-issue-submit").click()
    page.locator("#comment-body").fill("/ask **How?**")
    page.locator("#comment-preview").click()
    expect(page.locator("[data-preview] strong")).to_have_text("How?")
    expect(page.locator("#comment-body")).to_have_value("/ask **How?**")
    page.locator("#comment-submit").click()
    expect(page.locator("#waiting")).to_be_visible()
    number = stage.answer(1, "So.")
    # The page loads itself anew.
    expect(page.locator(f"#issuecomment-{number}")).to_be_visible()
    expect(page.locator("#waiting")).to_have_count(0)
    context.close()


def test_a_permalink_shows_its_lines(stage: Stage, page: Page) -> None:
    lines = b"".join(b"line %d\n" % n for n in range(200))
    stage.world.commit_files(
        stage.world.person("max"), stage.repository, {"long.txt": lines}, message="m"
    )
    page.goto(f"{REPO}/blob/main/long.txt#L120-L122")
    expect(page.locator(".code .marked")).to_have_count(3)
    expect(page.locator("#L121")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_can_be_read(
    stage: Stage, chromium: Browser, scheme: str
) -> None:
    world = stage.world
    cora, most = world.person("cora"), world.person("max")
    issue = world.create_issue(cora, stage.repository, LONG[:200], HOSTILE)
    comment = world.create_comment(cora, issue, HOSTILE)
    world.edit_comment(cora, comment, HOSTILE + " more")
    hidden = world.create_comment(cora, issue, "hidden")
    world.minimize(most, hidden, "off-topic")
    world.react(stage.bot, comment, "eyes")
    changes = {f"{LONG[:90]}.md": HOSTILE.encode()}
    world.commit_files(most, stage.repository, changes, message=LONG, branch="other")
    pull = world.create_pull(most, stage.repository, "Change", head="other", body=HOSTILE)
    world.set_hook("http://127.0.0.1:9/webhooks")
    world.create_comment(cora, issue, "/ask anything")
    paths = [
        "/", REPO, f"{REPO}/tree/other", f"{REPO}/blob/other/{LONG[:90]}.md", f"{REPO}/issues",
        f"{REPO}/issues?state=closed", f"{REPO}/issues/new", f"{REPO}/issues/{issue.number}",
        f"{REPO}/issues/{issue.number}?edit={comment.id}", f"{REPO}/pull/{pull.number}",
        f"{REPO}/pulls", f"{REPO}/comments/{comment.id}/history", "/_pages/deliveries",
        "/nobody/nothing",
    ]  # fmt: skip
    context = chromium.new_context(
        base_url=stage.url,
        viewport={"width": 360, "height": 740},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    for path in paths:
        page.goto(path)
        for summary in page.locator("summary").all():
            if summary.is_visible():
                summary.click()
        check_fits(page, path)
        check_contrast(page, path)
        assert page.title() != "taken"
        assert (lightness(page) < 0.3) == (scheme == "dark"), path
    context.close()
