"""What all tests share."""

import os

from hypothesis import settings

pytest_plugins = ["tests.chromium", "tests.databases"]

# Bounded, and in CI the same examples each time: a red run there can be repeated here.
settings.register_profile(
    "treadle", max_examples=60, deadline=None, derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("treadle")
