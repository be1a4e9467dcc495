"""What all tests share."""

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

pytest_plugins = ["tests.chromium", "tests.databases"]

# Bounded, and in CI the same examples each time: a red run there can be repeated here.
settings.register_profile(
    "treadle", max_examples=60, deadline=None, derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("treadle")


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Undoes what a command that ran here set for the log."""
    yield
    structlog.reset_defaults()
