"""One Chromium for each module: while it runs, so does an event loop, which others do not want."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import pages


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """The system's Chromium, running."""
    with pages.browser(chromium_path) as started:
        yield started
