"""Takes the pictures of setting up: the form, what is asked for, and the steps to the first answer.

A part of `scripts/screenshots.py`; alone: `python -m scripts.screenshots setup`.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from playground.code import from_directory
from playground.pages import create_pages
from playground.server import Playground

ROOT = Path(__file__).resolve().parent.parent
Take = Callable[[Page, str, Path], None]
"""Takes a picture of a page, from its top to the end of an element."""

SIZE = {"width": 860, "height": 900}


def take_setup(browser: Browser, images: Path, take: Take, patience: float) -> None:
    """Sets up a bot on a playground as a newcomer does, and takes a picture of each page."""
    with tempfile.TemporaryDirectory() as name, Playground(pages=create_pages, slug=None) as github:
        # Another site than the bot's, to a browser, as GitHub is.
        github.world.web_url = f"http://localhost:{github.port}"
        files = from_directory(ROOT / "playground" / "sample")
        github.world.create_repository("olivia", "shuttle", files=files)
        with serving(github, Path(name)) as address:
            page = browser.new_page(viewport=SIZE)
            page.set_default_timeout(1000 * patience)
            page.goto(address)
            page.locator("#by-proxy").check()
            take(page, "form p", images / "setup.png")
            page.locator("#proxy").fill(f"{github.world.web_url}/smee/new")
            page.locator("#go").click()
            page.locator("#make").click()
            page.locator("#create-app").click()
            page.locator("#install").wait_for()
            with page.context.expect_page() as opened:
                page.locator("#install").click()
            opened.value.locator("#install-app").click()
            page.locator(".is-ok", has_text="1 repository").wait_for()
            page.goto(f"{page.url}?still=1")
            take(page, "#steps", images / "setup-steps.png")
            page.close()


@contextmanager
def serving(github: Playground, folder: Path) -> Iterator[str]:
    """Runs `treadle serve` with nothing set but where GitHub is; yields the address it prints."""
    settings = {
        "GITHUB_API_URL": f"{github.world.web_url}/api/v3",
        "DATA_DIR": str(folder / "data"),
        "PORT": "0",
        "ADMIN_PORT": "0",
        "MODEL": "extract",
    }
    inherited = {name: value for name, value in os.environ.items() if "TREADLE_" not in name}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env=inherited | {f"TREADLE_{name}": value for name, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=(folder / "log").open("w"),
        text=True,
    )
    try:
        found = (re.search(r"http://\S+token=\S+", line) for line in process.stdout or ())
        address = next((match[0] for match in found if match), None)
        if address is None:
            sys.exit(f"the bot did not start:\n{(folder / 'log').read_text()}")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
