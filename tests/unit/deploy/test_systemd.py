"""The systemd units name commands and settings that there are, and systemd takes them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from app import secret_files
from app.cli import app
from app.settings import PREFIX, Settings

UNITS = sorted((Path(__file__).resolve().parents[3] / "deploy/systemd").glob("*.service"))


def values(unit: Path, name: str) -> list[str]:
    """What a unit sets a directive to, each time."""
    lines = unit.read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.partition("=")[0] == name]


@pytest.fixture(params=UNITS, ids=lambda unit: unit.name)
def unit(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_the_command_is_there(unit: Path) -> None:
    (line,) = values(unit, "ExecStart")
    program, sub, *rest = line.split()
    assert program.endswith("/.venv/bin/treadle")
    command = typer.main.get_command(app)
    command.commands[sub].make_context(sub, rest)  # type: ignore[attr-defined]


def test_settings_are_there_and_secrets_are_credentials(unit: Path) -> None:
    given = dict(line.split("=", 1) for line in values(unit, "Environment"))
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    files = {secret_files.variable(name, PREFIX) for name in secret_files.NAMES}
    files.add("TREADLE_PRIVATE_KEY_FILE")
    assert {name for name in given if name.startswith(PREFIX)} <= known | files
    read = {value for name, value in given.items() if name in files}
    loaded = {line.partition(":")[0] for line in values(unit, "LoadCredential")}
    assert read == {f"%d/{name}" for name in loaded}


def test_only_the_state_folder_is_written(unit: Path) -> None:
    given = dict(line.split("=", 1) for line in values(unit, "Environment"))
    assert values(unit, "ProtectSystem") == ["strict"]
    assert values(unit, "StateDirectory") == ["treadle"]
    assert given["TREADLE_DATA_DIR"] == given["HOME"] == "%S/treadle"


def test_a_stop_leaves_time_for_work_in_hand(unit: Path) -> None:
    from app.jobs import GRACE_SECONDS

    assert int(values(unit, "TimeoutStopSec")[0]) >= 2 * GRACE_SECONDS


def test_workers_have_names_of_their_own() -> None:
    (worker,) = (unit for unit in UNITS if unit.name == "treadle-worker@.service")
    assert "TREADLE_WORKER_ID=%l-%i" in values(worker, "Environment")


def test_systemd_takes_it(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here")
    # It looks for the program, which is not installed here.
    text = unit.read_text("utf-8").replace("/opt/treadle/.venv/bin/treadle", sys.executable)
    copy = tmp_path / unit.name
    copy.write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
