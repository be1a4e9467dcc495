"""What docs/deploy.md has a shell do is done: an App's parts as files, commands as the service."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from app import credentials
from app.settings import load, require_app
from tests.unit.deploy.test_systemd import UNITS, values
from tests.unit.test_credentials import KEY, made

PAGE = (Path(__file__).resolve().parents[3] / "docs/deploy.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def block(word: str) -> str:
    """The first block of commands that has a word."""
    return next(one for one in BLOCKS if word in one)


def shell(script: str, folder: Path, **more: str) -> str:
    """What commands print, run in a folder; they end where one fails."""
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=os.environ | more,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("by_hand", [False, True], ids=["made by /setup", "made by hand"])
def test_an_app_becomes_an_id_and_two_files(tmp_path: Path, by_hand: bool) -> None:
    if by_hand:
        (tmp_path / "app-key.pem").write_text(KEY)
        script, app_id, secret = block("app-key.pem"), 123456, "SECRET OF THE WEBHOOK"
    else:
        app = made(name="Tréadle")
        credentials.keep(tmp_path / ".treadle", app)
        script, app_id, secret = block("github-app.json"), app.app_id, app.webhook_secret
    assert shell(script + "printenv APP_ID; ls secrets", tmp_path).split() == [
        str(app_id),
        "private-key",
        "webhook-secret",
    ]
    folder = tmp_path / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    settings = load(
        {
            "TREADLE_APP_ID": str(app_id),
            "TREADLE_PRIVATE_KEY_FILE": str(folder / "private-key"),
            "TREADLE_WEBHOOK_SECRET_FILE": str(folder / "webhook-secret"),
        }
    )
    assert require_app(settings) == KEY
    assert settings.webhook_secret.get_secret_value() == secret


def test_keys_are_never_readable_by_others(tmp_path: Path) -> None:
    credentials.keep(tmp_path / ".treadle", made())
    shell("umask 000\n" + block("github-app.json"), tmp_path)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}


PROGRAM = """#!/bin/sh
echo "$TREADLE_PRIVATE_KEY_FILE"; echo "$TREADLE_WEBHOOK_SECRET_FILE"; printf '%s\\n' "$@"
"""
# Takes its own words off, as systemd-run does, and hands on the rest.
SUDO = """#!/bin/sh
while [ "$1" != sh ]; do echo "$1" >>given; shift; done
exec "$@"
"""


def test_commands_have_what_the_service_has(tmp_path: Path) -> None:
    for name, text in (("treadle", PROGRAM), ("sudo", SUDO)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    function, *calls = re.split(r"(?<=^\}\n)", block("as_service()"), flags=re.MULTILINE)
    function = function.replace("/opt/treadle/.venv/bin/treadle", str(tmp_path / "treadle"))
    said = shell(
        function + 'as_service weights "a b"',
        tmp_path,
        PATH=f"{tmp_path}:{os.environ['PATH']}",
        CREDENTIALS_DIRECTORY="/run/credentials",
    )
    assert "as_service doctor" in calls[0]
    assert said.splitlines() == [
        "/run/credentials/private-key",
        "/run/credentials/webhook-secret",
        "weights",
        "a b",
    ]
    given = (tmp_path / "given").read_text().split()
    (unit,) = (one for one in UNITS if one.name == "treadle.service")
    asked = [one.partition("=")[2] for one in given if one.startswith("--property=")]
    for name in ("User", "EnvironmentFile", "LoadCredential"):
        found = [one.partition("=")[2] for one in asked if one.partition("=")[0] == name]
        assert found == values(unit, name), name
    # %S is /var/lib for services of the system, and %d the folder of the credentials.
    variables = {one.partition("=")[2] for one in given if one.startswith("--setenv=")}
    variables |= {
        f"TREADLE_{name}_FILE=%d/{name.lower().replace('_', '-')}"
        for name in ("PRIVATE_KEY", "WEBHOOK_SECRET")
    }
    assert variables == {one.replace("%S", "/var/lib") for one in values(unit, "Environment")}
