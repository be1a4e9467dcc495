"""Which models can be trained here, and where their weights are."""

import pytest

from app.models.catalogue import BOBBIN_FOLDER
from app.models.trainable import untrainable, weights_of
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
