"""Where the browser tests find the system's Chromium, and what happens where there is none.

On a developer's machine without one the browser tests are left out, and the summary says so; in
CI that is an error.
"""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
MISSING = (
    "no Chromium found, so the browser tests were left out; "
    "`sudo apt-get install chromium` or `brew install --cask chromium` brings it"
)
LEFT_OUT = pytest.StashKey[int]()


def find_chromium() -> str | None:
    """Path of the system's Chromium or Chrome, if there is one."""
    found = (shutil.which(name) for name in NAMES)
    return next(filter(None, found), None) or next((str(p) for p in MAC if p.exists()), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """For `playwright.chromium.launch(executable_path=...)`."""
    path = find_chromium()
    assert path is not None, "browser tests are left out where there is no Chromium"
    return path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the browser tests out where no browser is."""
    browser = [item for item in items if item.get_closest_marker("browser")]
    if not browser or find_chromium():
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(MISSING)
    items[:] = [item for item in items if item not in browser]
    config.hook.pytest_deselected(items=browser)
    config.stash[LEFT_OUT] = len(browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was left out, so that it is not taken for passed."""
    if LEFT_OUT in terminalreporter.config.stash:
        terminalreporter.write_line(f"{MISSING} ({terminalreporter.config.stash[LEFT_OUT]} tests)")
