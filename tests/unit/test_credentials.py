"""The App that the set-up page made is kept whole, for its owner alone, and never overwritten."""

import os
import stat
from pathlib import Path

import pytest

from app.credentials import FILE, Credentials, keep, passed_over, read
from app.errors import ConfigError
from app.settings import load, require_app

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n"
API = "https://git.example/api/v3"


def made(**changes: object) -> Credentials:
    """An App as GitHub made it."""
    values = {
        "app_id": 7,
        "slug": "treadle-acme",
        "name": "Treadle acme",
        "html_url": "https://git.example/apps/treadle-acme",
        "github_api_url": API,
        "private_key": KEY,
        "webhook_secret": "a-secret",
        "webhook_proxy": "https://smee.example/channel",
    }
    return Credentials.model_validate(values | changes)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What is set beside the App."""
    given = {"DATA_DIR": str(folder), "GITHUB_API_URL": API} | more
    return {f"TREADLE_{name}": value for name, value in given.items()}


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    assert read(folder) is None
    assert keep(folder, made()) == folder / FILE
    assert read(folder) == made()
    assert list(folder.iterdir()) == [folder / FILE]


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = keep(tmp_path, made())
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = keep(tmp_path, made())
    with pytest.raises(FileExistsError):
        keep(tmp_path, made(app_id=8))
    assert read(tmp_path) == made()
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(tmp_path, made())
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_try_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".{FILE}.{os.getpid()}").write_text("half")
    keep(tmp_path, made())
    assert read(tmp_path) == made()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"app_id": 7, "private_key": "MII"}'])
def test_a_file_that_is_not_ours_is_named_and_not_quoted(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigError) as caught:
        read(tmp_path)
    (fault,) = caught.value.faults
    assert str(tmp_path / FILE) in fault
    assert "MII" not in fault
    assert caught.value.__cause__ is None
    with pytest.raises(ConfigError, match=FILE):
        load(environment(tmp_path), app=True)
    # A command that needs no App goes on without.
    assert load(environment(tmp_path)).app_id == 0


def test_no_key_is_shown() -> None:
    assert "MII" not in repr(made())
    assert "a-secret" not in repr(made())
    assert "channel" not in repr(made())


def test_the_settings_take_the_app_from_the_file(tmp_path: Path) -> None:
    keep(tmp_path, made())
    settings = load(environment(tmp_path), app=True)
    assert settings.app_id == 7
    assert require_app(settings) == KEY
    assert settings.webhook_secret.get_secret_value() == "a-secret"
    assert settings.webhook_proxy.get_secret_value() == "https://smee.example/channel"
    assert "MII" not in repr(settings)
    assert passed_over(tmp_path, settings.app_id) == ""


def test_the_environment_wins_whole(tmp_path: Path) -> None:
    keep(tmp_path, made())
    given = {"APP_ID": "9", "PRIVATE_KEY": KEY, "WEBHOOK_SECRET": "other"}
    settings = load(environment(tmp_path, **given), app=True)
    assert (settings.app_id, settings.webhook_secret.get_secret_value()) == (9, "other")
    assert not settings.webhook_proxy.get_secret_value()
    told = passed_over(tmp_path, settings.app_id)
    assert "App 9" in told
    assert "App 7 (treadle-acme)" in told
    assert "the environment wins" in told


@pytest.mark.parametrize("name", ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_FILE", "WEBHOOK_SECRET"])
def test_an_app_half_in_the_environment_is_not_filled_up(tmp_path: Path, name: str) -> None:
    keep(tmp_path, made())
    with pytest.raises(ConfigError, match=r"not set|must be set"):
        load(environment(tmp_path, **{name: "1"}), app=True, none_yet=True)


def test_the_proxy_alone_can_be_set_anew(tmp_path: Path) -> None:
    keep(tmp_path, made())
    settings = load(environment(tmp_path, WEBHOOK_PROXY="https://smee.example/other"), app=True)
    assert settings.app_id == 7
    assert settings.webhook_proxy.get_secret_value() == "https://smee.example/other"


def test_a_key_is_not_used_at_another_github(tmp_path: Path) -> None:
    keep(tmp_path, made())
    other = environment(tmp_path) | {"TREADLE_GITHUB_API_URL": "https://evil.example"}
    with pytest.raises(ConfigError, match=r"keeps an App of https://git\.example/api/v3"):
        load(other, app=True)
    assert load(other).app_id == 0
    same = environment(tmp_path) | {"TREADLE_GITHUB_API_URL": API + "/"}
    assert load(same).app_id == 7


def test_nothing_set_passes_where_an_app_is_about_to_be_made(tmp_path: Path) -> None:
    assert load(environment(tmp_path), app=True, none_yet=True).app_id == 0
    with pytest.raises(ConfigError) as caught:
        load(environment(tmp_path), app=True)
    assert len(caught.value.faults) == 3
