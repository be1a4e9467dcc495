"""`.ci/run` brings what the system lacks, then tests, then shows the demo."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / ".ci/run"
SAY = 'echo "$(basename "$0") $*"'

Machine = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Runs the script where only the given programs are, which say how they were called."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(SCRIPT, tmp_path / ".ci")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "sh", "dirname", "basename", "env"):
        real = shutil.which(name)
        assert real is not None
        (tools / name).symlink_to(real)

    def run(**programs: str) -> subprocess.CompletedProcess[str]:
        for name, body in ({"sudo": 'shift; exec "$@"', "git": SAY} | programs).items():
            program = tools / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
            program.chmod(0o755)
        return subprocess.run(
            [str(tools / "bash"), str(tmp_path / ".ci/run")],
            env={"PATH": str(tools)},
            capture_output=True,
            text=True,
            timeout=20,
        )

    return run


def test_nothing_is_installed_where_nothing_lacks(machine: Machine) -> None:
    done = machine(make=SAY, python3="", google_chrome=SAY, apt_get=SAY)
    assert (done.returncode, done.stdout) == (0, "make test\nmake demo MODEL=extract\n")


def test_what_lacks_is_installed_first(machine: Machine) -> None:
    done = machine(make=SAY, python3="exit 1", apt_get=SAY)
    assert done.stdout.splitlines() == [
        "Installing what is missing: python3 python3-venv chromium",
        "apt-get update -q",
        "apt-get install -q -y --no-install-recommends python3 python3-venv chromium",
        "make test",
        "make demo MODEL=extract",
    ]


def test_without_apt_get_it_says_what_lacks(machine: Machine) -> None:
    done = machine(make=SAY, python3="")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no apt-get to bring it: chromium" in done.stderr


def test_the_demo_is_not_run_after_failed_tests(machine: Machine) -> None:
    done = machine(make=f"{SAY}; exit 2", python3="", chromium="")
    assert (done.returncode, done.stdout) == (2, "make test\n")


def test_nothing_waits_for_a_person(machine: Machine) -> None:
    done = machine(make='read line || echo "no input, CI=$CI"', python3="", chromium="")
    assert done.stdout == "no input, CI=true\n" * 2
