"""The settings of a bot beside a playground, and waiting for its model."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from app.local import NotStarted, Processes, bot_environment

PLAYGROUND = SimpleNamespace(
    app_id=7, private_key_pem="pem", webhook_secret="s", api_url="http://127.0.0.1:1"
)


def environment(data: Path, model: str | None = None) -> dict[str, str]:
    return bot_environment(
        PLAYGROUND,  # type: ignore[arg-type]
        data=data,
        port=1,
        admin_port=2,
        admin_token="t",
        model=model,
    )


def test_of_the_environment_only_the_model_and_its_training_are_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_MODEL", "owner/name")
    monkeypatch.setenv("TREADLE_MODEL_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("TREADLE_TRAINING_ROWS", "24")
    monkeypatch.setenv("TREADLE_APP_ID", "99")
    monkeypatch.setenv("TREADLE_MODELS", "none")
    monkeypatch.setenv("TREADLE_DATABASE_URL", "postgresql://ann@127.0.0.1/real")
    found = environment(tmp_path)
    assert found["TREADLE_MODEL"] == "owner/name"
    assert found["TREADLE_MODEL_URL"] == "http://127.0.0.1:9/v1"
    assert found["TREADLE_TRAINING_ROWS"] == "24"
    assert found["TREADLE_APP_ID"] == "7"
    assert not found.keys() & {"TREADLE_MODELS", "TREADLE_DATABASE_URL"}
    assert environment(tmp_path, "extract")["TREADLE_MODEL"] == "extract"


def test_without_a_word_on_it_the_default_model_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TREADLE_MODEL")
    assert "TREADLE_MODEL" not in environment(tmp_path)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('{"event": "model.loaded"}', ""),
        ('{"cause": "there are no weights", "event": "model.broken"}', "there are no weights"),
    ],
)
def test_waiting_for_the_model(said: str, fault: str, tmp_path: Path) -> None:
    processes = Processes(environment(tmp_path), tmp_path)
    (tmp_path / "worker.log").write_text(f"{said}\n")
    if not fault:
        processes.wait_loaded()
        return
    with pytest.raises(NotStarted, match=fault):
        processes.wait_loaded()
