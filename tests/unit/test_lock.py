"""The lock file pins everything exactly, and plain pip can install it anywhere."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LINES = [
    line
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
PINS = dict(line.split("==") for line in LINES)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REQUIREMENTS = [
    Requirement(text)
    for texts in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for text in texts
]
# A new virtual environment brings its own setuptools; only torch asks for it, in any version.
FROM_VENV = {"setuptools"}


# No URL, hash, option, marker, extra, wildcard, or local version can take this form.
PIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*==[0-9]+(\.[0-9]+)*")


def test_each_line_is_one_exact_pin() -> None:
    assert [line for line in LINES if not PIN.fullmatch(line)] == []


def test_each_package_is_pinned_once_and_in_order() -> None:
    names = [line.partition("==")[0] for line in LINES]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    "requirement", [one for one in REQUIREMENTS if one.name != "treadle"], ids=lambda one: one.name
)
def test_each_requirement_is_met_by_its_pin(requirement: Requirement) -> None:
    assert PINS[canonicalize_name(requirement.name)] in requirement.specifier


def test_torch_is_the_version_that_everything_was_tried_with() -> None:
    assert PINS["torch"] == "2.13.0"


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def test_what_is_installed_is_what_is_pinned() -> None:
    differing = {
        name: found
        for name, pin in PINS.items()
        if name not in FROM_VENV
        and (found := installed(name)) is not None
        # The pin of torch admits its builds for a CPU or a certain GPU, named after a plus.
        and found.partition("+")[0] != pin
    }
    assert differing == {}, "run `make setup`, or `make lock` after a change of dependencies"


def test_what_installed_packages_need_is_pinned_too() -> None:
    missing = {
        (name, needed.name)
        for name in PINS
        if installed(name) is not None and name != "torch"
        for needed in map(Requirement, requires(name) or [])
        if (needed.marker is None or needed.marker.evaluate({"extra": ""}))
        and canonicalize_name(needed.name) not in PINS
    }
    assert missing == set()
