"""The doctor tells, part by part, what works, what does not, and what to do."""

import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app import doctor
from app.checks import Finding
from app.doctor import examine, show
from app.domain import Piece, Prompt, Usage
from app.errors import TransientError, UserError
from app.models.wire import Loaded
from app.settings import Settings, load
from app.store import migrate


class Model:
    """A model that can be described, and that writes the given pieces."""

    name = "fake"

    def __init__(
        self, pieces: Sequence[Piece] = (), *, odds: float = 1.5, context: int = 2048
    ) -> None:
        self._pieces = pieces
        self._odds = odds
        self._context = context
        self.judged: list[tuple[Sequence[str], str]] = []
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
        )

    def context(self) -> int:
        return self._context

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> "Model":
        assert prompt.text.endswith("Answer:\n")
        return self

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        assert (list(prefixes), list(counts)) == ([""], [1])
        return [self._pieces]

    def yes_no(self, texts: Sequence[str], question: str) -> Sequence[float]:
        self.judged.append((list(texts), question))
        return [self._odds]

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
        "App reached": "open",
        "model": "ok",
    }
    assert found["App reached"].told == "no App is set"
    assert "treadle serve" in found["App reached"].remedy


def test_nothing_but_the_data_folder_is_made(told: Told, tmp_path: Path) -> None:
    assert "the first start makes its tables" in told()["database"].told
    assert list((tmp_path / "data").iterdir()) == []


def test_a_faulty_constitution_is_a_fault_of_the_settings(told: Told, tmp_path: Path) -> None:
    faulty = tmp_path / "ours.md"
    faulty.write_text("## A\n- weight: much\n\nIs it?\n", "utf-8")
    found = told(CONSTITUTION=str(faulty))
    assert found["settings"].state == "fault" and found["the rest"].state == "skipped"
    assert f"`{faulty}`, line 2: `weight` is a number" in found["settings"].told
    assert "`careful`, `default`" in told(CONSTITUTION="nothing")["settings"].told
    assert told(CONSTITUTION="careful")["settings"].state == "ok"


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
    found = told(APP_ID="1", WEBHOOK_SECRET="s")["App reached"]
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
    assert found["judging"].state == "ok"
    assert "log-odds of yes are +1.50" in found["judging"].told
    assert model.closed == 2, "the session and the model"


def test_a_model_that_writes_nothing(told: Told) -> None:
    found = told(Model(), MODEL="bobbin")
    assert found["writing"].state == "fault"
    assert "TREADLE_MODEL_MAX_TOKENS" in found["writing"].remedy


@pytest.mark.parametrize(
    ("odds", "remedy"),
    [
        (math.nan, "TREADLE_MODEL_DTYPE"),
        (math.inf, "TREADLE_MODEL_DTYPE"),
        (0.0, "TREADLE_MODEL_URL"),
    ],
)
def test_a_model_that_judges_nothing(told: Told, odds: float, remedy: str) -> None:
    found = told(Model([WORD], odds=odds), MODEL="bobbin")
    assert found["judging"].state == "fault"
    assert remedy in found["judging"].remedy


def test_a_model_that_judges_wrongly_is_told_of_as_it_is(told: Told) -> None:
    found = told(Model([WORD], odds=-2.0), MODEL="bobbin")["judging"]
    assert (found.state, "are -2.00" in found.told) == ("ok", True)


@pytest.mark.parametrize(
    ("name", "answer", "question"),
    [
        ("bobbin", "[1] A treadle drives a loom.", "\nCheck: Does the answer quote the sources?\n"),
        (
            "some/model",
            "A treadle drives a loom. [1]",
            "Is everything in the answer supported by the sources?",
        ),
    ],
)
def test_a_model_judges_as_it_does_for_answers(
    told: Told, name: str, answer: str, question: str
) -> None:
    model = Model([WORD])
    told(model, MODEL=name)
    assert model.judged == [([answer], question)]


def test_a_model_that_reads_little_is_told_before_anybody_asks(told: Told) -> None:
    found = told(Model([WORD]), MODEL="some/model")
    # Three quarters of 2048 - 512: how long a text is in tokens is estimated.
    assert found["prompts"].told.startswith(
        "the model reads 2,048 tokens, which leaves 1,152 for a prompt"
    )
    assert found["prompts"].state == "ok"
    small = told(Model([WORD], context=512), MODEL="some/model")["prompts"]
    assert (small.state, small.remedy[:25]) == ("fault", "take a model that reads m")
    assert "prompts" not in told(Model([WORD]), MODEL="some/model", MODEL_PROMPT_TOKENS="1152")
    assert "prompts" not in told(Model([WORD], context=0), MODEL="some/model")
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
        "ok       settings         can all be read",
        "fault    model            no such folder; name another",
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


def test_a_kept_app_that_cannot_be_read_is_told(told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "github-app.json").write_text("{}")
    found = told()
    assert found["App reached"].state == "fault"
    assert "github-app.json" in found["App reached"].told
