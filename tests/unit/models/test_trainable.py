"""Which models can be trained here, and where their weights are."""

from pathlib import Path

import pytest

from app.models import trainable
from app.models.catalogue import BOBBIN_FOLDER
from app.models.jobs import ModelSpec
from app.models.present import Present
from app.models.trainable import fetch, untrainable, weights_of
from app.settings import load

SERVER = {"TREADLE_MODEL_URL": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TREADLE_MODEL": "bobbin"}, ""),
        ({"TREADLE_MODEL": "org/model"}, ""),
        ({"TREADLE_MODEL": "extract"}, "nothing to train"),
        ({"TREADLE_MODEL": "m", **SERVER}, "TREADLE_TRAINING_MODEL"),
        ({"TREADLE_MODEL": "m", "TREADLE_TRAINING_MODEL": "org/m", **SERVER}, ""),
    ],
)
def test_what_cannot_be_trained_is_told(settings: dict[str, str], words: str) -> None:
    told = untrainable(load(settings))
    assert words in told and bool(told) == bool(words)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"TREADLE_MODEL": "bobbin"}, (str(BOBBIN_FOLDER), "")),
        ({"TREADLE_MODEL": "org/m", "TREADLE_MODEL_REVISION": "v2"}, ("org/m", "v2")),
        ({"TREADLE_MODEL": "m", "TREADLE_TRAINING_MODEL": "org/m", **SERVER}, ("org/m", "")),
    ],
)
def test_where_the_weights_are(settings: dict[str, str], found: tuple[str, str]) -> None:
    assert weights_of(load(settings)) == found


class TestFetching:
    """Which weights are loaded, and so brought onto this disk; nothing is loaded here."""

    @pytest.fixture
    def loaded(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        loaded: list[str] = []

        class Weights:
            def __init__(self, spec: ModelSpec, *, name: str) -> None:
                assert spec.device == "cpu"
                loaded.append(spec.source)

            def describe(self) -> None:
                loaded.append("described")

            def close(self) -> None:
                loaded.append("closed")

        monkeypatch.setattr(trainable, "LocalModel", Weights)
        monkeypatch.setattr(Present, "load", lambda model: loaded.append(f"own {model.name}"))
        return loaded

    def bring(self, **given: str) -> None:
        settings = load({f"TREADLE_{name}": value for name, value in given.items()})
        fetch(settings, Present(settings))

    def test_a_model_of_this_machine_has_them(self, loaded: list[str]) -> None:
        self.bring(MODEL="org/m")
        assert loaded == ["own org/m"]

    def test_those_of_a_server_come_from_the_hub(self, loaded: list[str]) -> None:
        self.bring(MODEL="m", TRAINING_MODEL="org/m", MODEL_URL=SERVER["TREADLE_MODEL_URL"])
        assert loaded == ["org/m", "described", "closed"]

    def test_a_folder_is_here(self, loaded: list[str], tmp_path: Path) -> None:
        self.bring(MODEL="m", TRAINING_MODEL=str(tmp_path), MODEL_URL=SERVER["TREADLE_MODEL_URL"])
        assert loaded == []
