"""The doctor tells, part by part, what works, what does not, and what to do."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app import doctor
from app.doctor import Finding, examine, show
from app.domain import Piece, Prompt, Usage
from app.errors import TransientError, UserError
from app.models.wire import Loaded
from app.settings import Settings, load
from app.store import migrate


class Model:
    """A model that can be described, and that writes the given pieces."""

    name = "fake"

    def __init__(self, pieces: Sequence[Piece] = ()) -> None:
        self._pieces = pieces
        self.closed = 0
        self.usage = Usage(read=20, written=1)

    def describe(self) -> Loaded:
        return Loaded(
            name="fake",
            device="cpu",
            dtype="float32",
            parameters=3_840_000,
            has_chat_template=False,
            seconds=1.25,
            context=2048,
        )

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> "Model":
        assert prompt.text.endswith("Answer:\n")
        return self

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        assert (list(prefixes), list(counts)) == ([""], [1])
        return [self._pieces]

    def close(self) -> None:
        self.closed += 1


WORD = Piece(text="a", finished=False, logprob=-1.0)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Finding]]:
    """Examines with the given settings and model; gives each part's last finding."""

    def examined(model: object = None, **settings: str) -> dict[str, Finding]:
        def opened(_: Settings) -> Any:
            if isinstance(model, Exception):
                raise model
            return model

        monkeypatch.setattr(doctor, "open_model", opened)
        values = {"DATA_DIR": str(tmp_path / "data"), "MODEL": "extract"} | settings
        environment = {f"TREADLE_{name}": value for name, value in values.items()}
        return {finding.part: finding for finding in examine(environment)}

    return examined


def states(found: dict[str, Finding]) -> dict[str, str]:
    return {part: finding.state for part, finding in found.items()}


Told = Callable[..., dict[str, Finding]]


def test_an_installation_without_app_and_model_is_well(told: Told) -> None:
    found = told()
    assert states(found) == {
        "settings": "ok",
        "data folder": "ok",
        "database": "ok",
        "GitHub": "skipped",
        "model": "ok",
    }
    assert "no App is set" in found["GitHub"].told


def test_nothing_but_the_data_folder_is_made(told: Told, tmp_path: Path) -> None:
    assert "the first start makes its tables" in told()["database"].told
    assert list((tmp_path / "data").iterdir()) == []


def test_every_fault_of_the_settings_is_told_and_the_rest_left(told: Told) -> None:
    environment = {"TREADLE_PORT": "many", "TREADLE_COLOUR": "red"}
    found = list(examine(environment))
    assert [(one.part, one.state) for one in found] == [
        ("settings", "fault"),
        ("settings", "fault"),
        ("the rest", "skipped"),
    ]
    assert "TREADLE_COLOUR" in found[0].told and "TREADLE_PORT" in found[1].told


def test_a_data_folder_that_cannot_be(told: Told, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = told(DATA_DIR=str(tmp_path / "file" / "data"))
    assert found["data folder"].state == "fault"
    assert "TREADLE_DATA_DIR" in found["data folder"].remedy


def test_a_database_of_this_version(told: Told, tmp_path: Path) -> None:
    migrate(load({}, data_dir=tmp_path / "data"))
    assert "of this version" in told()["database"].told


def test_a_database_that_cannot_be_reached(told: Told) -> None:
    found = told(DATABASE_URL="postgresql://ann:secret@127.0.0.1:1/none")["database"]
    assert found.state == "fault"
    assert "check TREADLE_DATABASE_URL" in found.told
    assert "secret" not in found.told


def test_an_app_that_is_half_set(told: Told) -> None:
    found = told(APP_ID="1", WEBHOOK_SECRET="s")["GitHub"]
    assert found.state == "fault"
    assert "TREADLE_PRIVATE_KEY" in found.told


BAD = "No folder and no model on the hub is named so"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (UserError(f"{BAD}."), BAD),
        (TransientError("the hub cannot be reached"), "the hub cannot be reached"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_told_in_its_words(
    told: Told, model: Exception, said: str
) -> None:
    found = told(model, MODEL="some/model")
    assert found["model"].state == "fault"
    assert found["model"].told == said
    assert "docs/models.md" in found["model"].remedy
    assert "writing" not in found


def test_a_model_that_writes(told: Told) -> None:
    model = Model([WORD])
    found = told(model, MODEL="bobbin")
    assert found["model"].told == (
        "fake: 3,840,000 parameters in float32 on cpu, without a chat template, loaded in 1.2 s"
    )
    assert found["writing"].state == "ok"
    assert found["writing"].told.startswith("1 tokens")
    assert model.closed == 2, "the session and the model"


def test_a_model_that_writes_nothing(told: Told) -> None:
    found = told(Model(), MODEL="bobbin")
    assert found["writing"].state == "fault"
    assert "TREADLE_MODEL_MAX_TOKENS" in found["writing"].remedy


def test_prompts_that_the_model_cannot_read_are_told_before_anybody_asks(told: Told) -> None:
    found = told(Model([WORD]), MODEL="some/model")
    assert found["prompts"].state == "fault"
    assert found["prompts"].told == "the model reads 2,048 tokens, and prompts may have 6,000"
    # Three quarters of 2048 - 32: how long a text is in tokens is estimated.
    assert "TREADLE_MODEL_PROMPT_TOKENS to 1512" in found["prompts"].remedy
    assert "prompts" not in told(Model([WORD]), MODEL="some/model", MODEL_PROMPT_TOKENS="1512")
    assert "prompts" not in told(Model([WORD]), MODEL="bobbin"), "its pages are short"


def test_without_its_packages_no_model_is_tried(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.models.needs.PACKAGES", ("torch", "no_such_package"))
    found = told(AssertionError("opened"), MODEL="bobbin")
    assert found["packages"].told == "a model on this machine needs no_such_package"
    assert "make setup TORCH=yes" in found["packages"].remedy
    assert found["model"].state == "skipped"


def test_a_server_needs_no_packages(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.models.needs.PACKAGES", ("no_such_package",))
    found = told(Model([WORD]), MODEL="big", MODEL_URL="http://127.0.0.1:1/v1")
    assert "packages" not in found
    assert found["network"].told == "every draft is asked of http://127.0.0.1:1/v1"
    assert found["writing"].state == "ok"


@pytest.mark.parametrize(
    ("model", "offline", "said"),
    [
        ("bobbin", "", "comes with Treadle"),
        (str(Path(__file__).parent), "", "a folder of this machine"),
        ("./missing", "", "a folder of this machine"),
        ("some/model", "1", "fetched earlier can be loaded"),
        ("some/model", "0", "the hub is asked"),
    ],
)
def test_what_comes_over_the_network(
    told: Told, monkeypatch: pytest.MonkeyPatch, model: str, offline: str, said: str
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    assert said in told(Model([WORD]), MODEL=model)["network"].told


FINDINGS = [
    Finding(part="settings", state="ok", told="can all be read"),
    Finding(part="model", state="fault", told="no such folder", remedy="name another"),
]


@pytest.mark.parametrize(("findings", "status"), [(FINDINGS[:1], 0), (FINDINGS, 1)])
def test_the_status_tells_of_faults(findings: list[Finding], status: int) -> None:
    for as_json in (False, True):
        assert show(findings, Console(file=io.StringIO()), as_json=as_json) == status


def test_a_line_each_with_what_to_do() -> None:
    out = io.StringIO()
    show(iter(FINDINGS), Console(file=out, soft_wrap=True), as_json=False)
    assert out.getvalue().splitlines() == [
        "ok       settings     can all be read",
        "fault    model        no such folder; name another",
    ]


def test_json() -> None:
    out = io.StringIO()
    show(iter(FINDINGS), Console(file=out), as_json=True)
    written = json.loads(out.getvalue())
    assert written["ok"] is False
    assert written["findings"][1] == {
        "part": "model",
        "state": "fault",
        "told": "no such folder",
        "remedy": "name another",
    }
