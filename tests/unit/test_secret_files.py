"""Secrets that are handed over as files."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app import secret_files
from app.errors import ConfigError
from app.settings import PREFIX, Settings, load


def a_file(folder: Path, content: bytes) -> str:
    path = folder / "secret"
    path.write_bytes(content)
    return str(path)


def test_every_secret_can_come_from_a_file() -> None:
    secret = {name for name, one in Settings.model_fields.items() if one.annotation is SecretStr}
    # One with a file of its own since long, and one that the set-up page keeps.
    assert secret - {"private_key", "webhook_proxy"} <= set(secret_files.NAMES)
    assert set(secret_files.NAMES) <= set(Settings.model_fields)
    taken = {PREFIX + name.upper() for name in Settings.model_fields}
    assert not taken & {secret_files.variable(name, PREFIX) for name in secret_files.NAMES}


@pytest.mark.parametrize("content", [b"of the hook", b"  of the hook\r\n", b"\nof the hook\n\n"])
def test_what_surrounds_a_secret_is_no_part_of_it(tmp_path: Path, content: bytes) -> None:
    settings = load({"TREADLE_WEBHOOK_SECRET_FILE": a_file(tmp_path, content)})
    assert settings.webhook_secret.get_secret_value() == "of the hook"


def test_a_file_is_checked_as_the_variable_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"TREADLE_DATABASE_URL_FILE": a_file(tmp_path, b"mysql://hunter2@h/d")})
    (fault,) = caught.value.faults
    assert fault.startswith("TREADLE_DATABASE_URL: ")
    assert "hunter2" not in fault


def test_an_empty_variable_names_no_file() -> None:
    assert load({"TREADLE_ADMIN_TOKEN_FILE": ""}) == Settings()


@pytest.mark.parametrize(
    ("content", "also", "words"),
    [
        (b"hunter2", {"TREADLE_ADMIN_TOKEN": "hunter3"}, "is set as well"),
        (b" \n", {}, "is empty"),
        (b"hunter2\xff", {}, "not UTF-8"),
        (b"hunter2" * 10_000, {}, "larger than 65536 bytes"),
    ],
)
def test_faults_name_the_variable_and_no_secret(
    tmp_path: Path, content: bytes, also: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"TREADLE_ADMIN_TOKEN_FILE": a_file(tmp_path, content), **also})
    (fault,) = caught.value.faults
    assert fault.startswith("TREADLE_ADMIN_TOKEN_FILE: ")
    assert words in fault
    assert "hunter" not in fault


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"TREADLE_MODEL_API_KEY_FILE": str(tmp_path / "none")})
    assert list(caught.value.faults) == [
        "TREADLE_MODEL_API_KEY_FILE: the file cannot be read (No such file or directory)"
    ]


def test_only_secrets_have_files() -> None:
    with pytest.raises(ConfigError, match="TREADLE_PORT_FILE: no such setting"):
        load({"TREADLE_PORT_FILE": "/etc/hostname"})
