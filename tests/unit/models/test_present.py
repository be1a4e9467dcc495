"""The one model of a process, and what is said of it."""

from contextlib import closing

import pytest

from app.errors import UserError
from app.models import present
from app.models.local import LocalModel
from app.models.present import NOTE, Present
from app.models.wire import Loaded
from app.settings import Settings, load

LOADED = Loaded(
    name="bobbin",
    device="cuda",
    dtype="float32",
    parameters=1,
    has_chat_template=False,
    seconds=1.0,
)
SERVER = {"TREADLE_MODEL_URL": "http://127.0.0.1:1/v1"}


def made(model: str, **more: str) -> Present:
    return Present(load({"TREADLE_MODEL": model, **more}))


@pytest.mark.parametrize(
    ("answers", "name", "note", "place"),
    [
        (made("extract"), "extract", "", "no language model"),
        (made("bobbin"), "bobbin", NOTE, "device auto"),
        (made("owner/name", TREADLE_MODEL_DEVICE="cpu"), "owner/name", "", "device cpu"),
        (made("big", **SERVER), "big", "", "a server"),
    ],
)
def test_what_is_said_before_anything_is_loaded(
    answers: Present, name: str, note: str, place: str
) -> None:
    assert (answers.name, answers.note, answers.place) == (name, note, place)


def test_the_note_says_what_it_is_and_what_to_do() -> None:
    assert "demonstration model" in NOTE and "TREADLE_MODEL" in NOTE and "docs/models.md" in NOTE


class Model(LocalModel):
    """A model that starts nothing."""

    def __init__(self, *, broken: bool) -> None:
        self.broken = broken
        self.started = self.closed = 0

    @property
    def loaded(self) -> Loaded | None:
        return LOADED if self.started else None

    def start(self) -> None:
        self.started += 1
        if self.broken:
            raise UserError("it was found not to load a moment ago")

    def describe(self, wait: float = 0.0) -> Loaded:
        self.start()
        return LOADED

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> list[Model]:
    """The models that were opened."""
    opened: list[Model] = []

    def open_model(settings: Settings) -> Model:
        opened.append(Model(broken=settings.model == "broken"))
        return opened[-1]

    monkeypatch.setattr(present, "open_model", open_model)
    return opened


def test_one_model_is_opened_and_closed(models: list[Model]) -> None:
    with closing(made("bobbin")) as answers:
        assert models == []
        assert answers.opened() is answers.opened()
        answers.warm()
        assert answers.place == "cuda, float32"
    [model] = models
    assert (model.started, model.closed) == (1, 1)


def test_a_model_that_does_not_start_is_left_to_the_first_ask(models: list[Model]) -> None:
    made("broken").warm()
    assert models[0].started == 1


@pytest.mark.parametrize("answers", [made("extract"), made("big", **SERVER)])
def test_there_is_nothing_to_warm_elsewhere(answers: Present, models: list[Model]) -> None:
    answers.warm()
    answers.load()
    answers.close()
    assert models == []


def test_loading_waits_and_tells_of_faults(models: list[Model]) -> None:
    made("bobbin").load()
    assert models[0].started == 1
    with pytest.raises(UserError, match="a moment ago"):
        made("broken").load()
