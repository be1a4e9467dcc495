"""What a model needs is looked at before anything is started."""

import sys

import pytest

from app.cli import main
from app.errors import ConfigError
from app.models import needs
from app.settings import load


@pytest.fixture(autouse=True)
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the packages of models be missing."""
    monkeypatch.setattr(needs, "PACKAGES", ("json", "no_such_package"))


def test_what_lacks_is_named_with_both_ways_out() -> None:
    with pytest.raises(ConfigError) as caught:
        needs.require_model(load({"TREADLE_MODEL": "bobbin"}))
    [fault] = caught.value.faults
    assert "TREADLE_MODEL=bobbin runs on this machine and needs no_such_package:" in fault
    assert "`make setup TORCH=yes`" in fault
    assert "TREADLE_MODEL=extract" in fault


@pytest.mark.parametrize(
    "variables",
    [
        {"TREADLE_MODEL": "extract"},
        {"TREADLE_MODEL": "big", "TREADLE_MODEL_URL": "http://127.0.0.1:1/v1"},
    ],
)
def test_nothing_is_needed_without_a_model_on_this_machine(variables: dict[str, str]) -> None:
    needs.require_model(load(variables))


@pytest.mark.parametrize(
    "arguments",
    [("serve",), ("work",), ("ask", "How?"), ("why", "http://h"), ("demo",)],
    ids=lambda value: value[0],
)
def test_commands_that_answer_end_with_2(
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = {
        "MODEL": "bobbin",
        "APP_ID": "1",
        "PRIVATE_KEY": "-----BEGIN RSA PRIVATE KEY-----",
        "WEBHOOK_SECRET": "secret",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"TREADLE_{name}", value)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["treadle", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert "TREADLE_MODEL=extract" in capsys.readouterr().err
