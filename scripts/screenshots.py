"""Takes the pictures in `docs/images` of the real thing: playground, bot and dashboard.

Starts both on free ports of this machine, asks, teaches, asks again, and looks at what came of
it with the system's Chromium. Then simulated maintainers teach what a training run needs, and one
is begun by its button, which takes some minutes. Run `python -m scripts.screenshots`; with `setup`
behind it only the pictures of setting up are taken, which takes seconds.
"""

import functools
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.story import LESSONS
from app.local import Processes, bot_environment, free_port
from playground.code import from_directory
from playground.pages import create_pages
from playground.server import Playground
from playground.simulation.simulator import USUAL
from playground.simulation.standing import Phase
from playground.values import Comment, Issue
from playground.world import World
from scripts.setup_pictures import SIZE, take_setup

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 200_000
PATIENCE = 120.0
"""Seconds until something that should come about counts as broken."""
LONG = 1800.0
"""The same of what takes long: a simulation, and a training run."""

AGAIN = "From which file does Shuttle read its settings?"
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]


def main() -> int:
    """Writes the pictures; returns the exit status."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if chromium is None:
        print("no Chromium was found: install it, for example `apt-get install chromium`")
        return 1
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        take_setup(browser, IMAGES, take, PATIENCE)
        if sys.argv[1:] != ["setup"]:
            take_bot(browser)
        browser.close()
    return 0


def take_bot(browser: Browser) -> None:
    """Takes the pictures of a bot at work: playground, dashboard and training."""
    web, admin, token = free_port(), free_port(), secrets.token_urlsafe(24)
    dashboard = f"http://127.0.0.1:{admin}/?token={token}"
    with (
        tempfile.TemporaryDirectory() as name,
        Playground(
            hook_url=f"http://127.0.0.1:{web}/webhooks",
            pages=functools.partial(create_pages, dashboard_url=dashboard),
        ) as playground,
    ):
        folder = Path(name)
        world = furnish(playground)
        environment = bot_environment(
            playground, data=folder, port=web, admin_port=admin, admin_token=token
        )
        with Processes(environment, folder):
            page = browser.new_page(viewport=SIZE)
            page.set_default_timeout(1000 * LONG)
            reply = teach(world)
            page.goto(dashboard)
            page.locator("#repositories h3 a").first.click()
            page.get_by_role("link", name="Memory").click()
            reload_until(page, "#memory .correction")
            again = ask_again(world, reply)
            page.goto(dashboard)
            page.locator("#repositories h3 a").first.click()
            page.get_by_role("link", name=AGAIN).click()
            take(page, "#by-memory", IMAGES / "dashboard.png")
            world.react(world.person("max"), again, "+1")
            page.goto(f"{playground.url}/olivia/shuttle/issues/1")
            take(page, "article:last-of-type", IMAGES / "playground.png")
            simulate(playground)
            page.goto(dashboard)
            page.locator("#repositories h3 a").first.click()
            train(page)
            take(page, "#versions", IMAGES / "training.png")


def furnish(playground: Playground) -> World:
    """Makes the sample repository and its people, and installs the App."""
    world = playground.world
    for login in ("max", "cora"):
        world.create_user(login)
    files = from_directory(ROOT / "playground" / "sample")
    repository = world.create_repository("olivia", "shuttle", files=files)
    repository = world.set_role(repository, "max", "maintain")
    world.set_role(repository, "cora", "read")
    playground.install("olivia")
    return world


def teach(world: World) -> Comment:
    """Asks, and corrects the answer; returns the reply."""
    repository = world.find_repository("olivia", "shuttle")
    cora, most = world.person("cora"), world.person("max")
    lesson = LESSONS[0]
    issue = world.create_issue(
        cora, repository, "Where do my settings go?", "I set it up on two machines yesterday."
    )
    world.create_comment(cora, issue, f"/ask {lesson.question}")
    reply = until(lambda: answer(world, issue, 1))
    body = reply.body.replace(lesson.says, lesson.edit)
    if body == reply.body:
        sys.exit(f"the reply does not say what is to be corrected:\n{reply.body}")
    # A maintainer takes a moment to read; times here are whole seconds.
    time.sleep(1.1)
    return world.edit_comment(most, reply, body)


def ask_again(world: World, reply: Comment) -> Comment:
    """Asks something similar; returns the answer."""
    issue = world.thread_of(reply)
    world.create_comment(world.person("cora"), issue, f"/ask {AGAIN}")
    return until(lambda: answer(world, issue, 2))


def simulate(playground: Playground) -> None:
    """Lets simulated maintainers judge as many replies as a training run needs."""
    simulator = playground.world.simulator
    simulator.start(playground.url, USUAL)
    deadline = time.monotonic() + LONG
    while simulator.running and time.monotonic() < deadline:
        time.sleep(1)
    if simulator.standing is None or simulator.standing.phase is not Phase.DONE:
        sys.exit(f"the simulation did not come to its end in {LONG:.0f} s")


def train(page: Page) -> None:
    """Begins a training run by its button, and waits on its page until the run has ended."""
    page.get_by_role("link", name="Training").click()
    # What was taught last is learned with the next sweep.
    reload_until(page, "#start", LONG)
    page.locator("#start").click()
    page.locator("#runs").wait_for()
    said = page.locator("#runs .what").first.inner_text()
    print(f"The training run: {said}")


def answer(world: World, issue: Issue, number: int) -> Comment | None:
    """The bot's nth comment on a thread, None while it is not there."""
    comments = world.comments.of(issue.id)
    bots = [one for one in comments if world.accounts[one.author_id].kind == "Bot"]
    return bots[number - 1] if len(bots) >= number else None


def until(found: Callable[[], Comment | None]) -> Comment:
    """Waits for a comment."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        comment = found()
        if comment is not None:
            return comment
        time.sleep(0.1)
    sys.exit(f"the bot did not answer in {PATIENCE:.0f} s")


def reload_until(page: Page, selector: str, patience: float = PATIENCE) -> None:
    """Loads a page anew until something is on it, for so many seconds."""
    deadline = time.monotonic() + patience
    while page.locator(selector).count() == 0:
        if time.monotonic() > deadline:
            sys.exit(f"{selector} did not appear in {patience:.0f} s")
        time.sleep(0.3)
        page.reload()


def take(page: Page, last: str, path: Path) -> None:
    """Takes a picture of a page from its top to the end of an element."""
    box = page.locator(last).last.bounding_box()
    if box is None:
        sys.exit(f"{last} is not to be seen")
    clip = {"x": 0, "y": 0, "width": SIZE["width"], "height": box["y"] + box["height"] + 12}
    path.write_bytes(page.screenshot(animations="disabled", full_page=True, clip=clip))
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size / 1000:.0f} KB")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES / 1000:.0f} KB")


if __name__ == "__main__":
    sys.exit(main())
