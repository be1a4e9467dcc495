"""What is done outside while an App is made, and what the check list shows after it."""

import json
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import credentials, setting_up
from app.checks import Finding
from app.errors import TransientError, UserError
from app.github.manifest import Registered
from app.proxy import PART, Proxy, Standing
from app.setting_up import Registrar, proxy_client, steps_of
from app.settings import Settings, load
from tests.unit.github.test_manifest import APP
from tests.unit.test_credentials import KEY, made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings without an App."""
    return load({}, data_dir=tmp_path / "data")


def converted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets GitHub hand out an App for any code."""
    app = Registered.model_validate(APP)
    monkeypatch.setattr(setting_up, "convert", lambda *_, **__: app)


def test_an_app_is_kept_with_its_channel(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    converted(monkeypatch)
    Registrar(settings).ready()
    Registrar(settings).register("code", "https://smee.example/c")
    kept = credentials.read(settings.data_dir)
    assert kept is not None
    assert (kept.app_id, kept.slug) == (7, "treadle-acme")
    assert kept.github_api_url == settings.github_api_url
    assert kept.webhook_proxy == "https://smee.example/c"
    written = json.loads((settings.data_dir / credentials.FILE).read_text())
    assert "client_secret" not in written


def test_an_app_that_is_kept_stays(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    credentials.keep(settings.data_dir, made())
    with pytest.raises(UserError, match="not overwritten"):
        Registrar(settings).ready()
    converted(monkeypatch)
    with pytest.raises(UserError, match=r"not overwritten.*delete https://github\.com/apps/tr"):
        Registrar(settings).register("code", "")
    assert credentials.read(settings.data_dir) == made()


def test_keys_that_cannot_be_kept_are_told_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def full(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    converted(monkeypatch)
    monkeypatch.setattr(credentials, "keep", full)
    with pytest.raises(UserError, match="No space left on device; delete") as caught:
        Registrar(settings).register("code", "")
    assert "MII" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = load({}, data_dir=tmp_path / "file" / "data")
    with pytest.raises(UserError, match="TREADLE_DATA_DIR"):
        Registrar(settings).ready()


def test_a_github_out_of_reach_is_told(tmp_path: Path) -> None:
    settings = load({}, data_dir=tmp_path, github_api_url="http://127.0.0.1:1")
    with pytest.raises(TransientError, match="cannot be reached"):
        Registrar(settings).register("code", "")
    assert credentials.read(tmp_path) is None


@pytest.mark.parametrize(
    ("listened", "target"),
    [
        (("127.0.0.1", 8080), "http://127.0.0.1:8080/webhooks"),
        (("0.0.0.0", 8080), "http://127.0.0.1:8080/webhooks"),
        (("10.0.0.7", 80), "http://10.0.0.7:80/webhooks"),
        (("::", 8080, 0, 0), "http://[::1]:8080/webhooks"),
        (("::1", 8080, 0, 0), "http://[::1]:8080/webhooks"),
    ],
)
def test_deliveries_go_only_to_our_own_port(listened: tuple[Any, ...], target: str) -> None:
    class Listening:
        def getsockname(self) -> tuple[Any, ...]:
            return listened

    proxied = load(
        {}, app_id=1, private_key=KEY, webhook_secret="s", webhook_proxy="https://smee.example/c"
    )
    proxy = proxy_client(proxied, Listening())  # type: ignore[arg-type]
    assert proxy is not None
    assert proxy._target == target
    assert httpx.URL(proxy._target).path == "/webhooks"


def test_without_a_channel_there_is_no_client(settings: Settings) -> None:
    with socket.socket() as unused:
        assert proxy_client(settings, unused) is None


class Onboarding:
    """Steps that were found before."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = findings

    def findings(self) -> Iterator[Finding]:
        yield from self._findings


STEPS = [
    Finding(part="worker", state="ok", told="runs"),
    Finding(part=PART, state="ok", told="GitHub says that it arrived"),
]


def test_what_a_proxy_took_is_not_yet_delivered(settings: Settings) -> None:
    class Client:
        standing = Standing(host="smee.example", connected=True)

    shown = steps_of(settings, Onboarding(STEPS), Client())  # type: ignore[arg-type]
    worker, webhook = shown.findings()
    assert worker == STEPS[0]
    assert (webhook.part, webhook.state) == (PART, "open")
    (note,) = shown.notes
    assert "smee.example" in note


def test_after_a_restart_it_is_known_that_deliveries_came(settings: Settings) -> None:
    class Client:
        standing = Standing(host="smee.example", connected=True)

    answered = Finding(part="first question", state="ok", told="the newest reply is there")
    shown = steps_of(settings, Onboarding([*STEPS, answered]), Client())  # type: ignore[arg-type]
    assert [one.state for one in shown.findings()] == ["ok", "ok", "ok"]


def test_without_a_proxy_github_is_believed(settings: Settings) -> None:
    shown = steps_of(settings, Onboarding(STEPS), None)  # type: ignore[arg-type]
    assert list(shown.findings()) == STEPS
    assert shown.notes == []


def test_an_app_that_is_passed_over_is_named(tmp_path: Path) -> None:
    credentials.keep(tmp_path, made())
    settings = load({}, data_dir=tmp_path, app_id=9, private_key=KEY, webhook_secret="s")
    (note,) = steps_of(settings, Onboarding(STEPS), None).notes  # type: ignore[arg-type]
    assert "the environment wins" in note


def test_the_channel_is_in_no_note_and_no_name() -> None:
    proxy = Proxy(
        "https://smee.example/channel", "http://127.0.0.1/", secret=b"s", max_body_bytes=1024
    )
    assert "channel" not in repr(proxy.standing)
