"""What all tests share."""

import functools
import os
from collections.abc import Iterator

import jwt.algorithms
import pytest
import structlog
from hypothesis import settings

pytest_plugins = ["tests.chromium", "tests.databases"]

# Set before anything that tests import reads it, and inherited by the processes that they start.
os.environ.update(
    # Tests that are not about a language model run without one; those that are name theirs.
    TREADLE_MODEL="extract",
    # What is not on this machine is not fetched: no test needs the network. No telemetry either.
    HF_HUB_OFFLINE="1",
    HF_DATASETS_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    # No GPU, the same results everywhere; no two pools of threads that fight for two cores.
    CUDA_VISIBLE_DEVICES="",
    OMP_NUM_THREADS="1",
    TOKENIZERS_PARALLELISM="false",
    # No test speaks to anybody in TLS, and each HTTP client would read 140 certificates.
    SSL_CERT_DIR=os.devnull,
)
os.environ.pop("SSL_CERT_FILE", None)

# The few private keys of the tests are checked once each, which takes time.
jwt.algorithms.load_pem_private_key = functools.cache(jwt.algorithms.load_pem_private_key)

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
