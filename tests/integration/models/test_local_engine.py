"""A tiny model in its process says what the engine says, under several adapters at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from app.domain import Prompt, Question
from app.errors import UserError
from app.layouts.formats import choices, regex
from app.models.engine import Engine
from app.models.jobs import Context, Done, Expand, Job, Logprob, ModelSpec, YesNo
from app.models.local import LocalModel
from tests.tiny_models import save_adapter, save_model

TEXT = "The server listens on port 8080. Where? Answer:"
QUESTION = "Does it quote?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save_model(folder / "base")
    for seed, name in enumerate(("one", "two"), 1):
        save_adapter(folder / name, folder / "base", seed=seed)
    return folder


@pytest.fixture(scope="module")
def spec(folder: Path) -> ModelSpec:
    return ModelSpec(
        source=str(folder / "base"), device="cpu", dtype="float32", threads=1, piece_tokens=6
    )


@pytest.fixture(scope="module")
def model(spec: ModelSpec) -> Iterator[LocalModel]:
    with closing(LocalModel(spec, name="tiny")) as model:
        yield model


def test_what_is_loaded_is_described(model: LocalModel) -> None:
    loaded = model.describe()

    assert (loaded.device, loaded.dtype, loaded.has_chat_template) == ("cpu", "float32", False)
    assert loaded.parameters > 10_000
    assert model.loaded == loaded


def test_a_whole_text_has_the_format_and_one_that_is_cut_is_told(model: LocalModel) -> None:
    prompt = Prompt(text=TEXT, question=Question(text="Where?"), sources=())
    session = model.session(prompt, seed=5)

    assert session.form(choices(["here", "there"])) in ("here", "there")
    with pytest.raises(UserError, match="cut at its limit"):
        session.form(regex("[a-z]{90}"), tokens=3)

    # The second was tried four times.
    assert session.usage.written > 4 * 3
    session.close()


def test_answers_are_the_engines_under_each_adapter_at_once(
    model: LocalModel, spec: ModelSpec, folder: Path
) -> None:
    adapters = ("", "one", "two")
    for adapter in adapters[1:]:
        model.add_adapter(adapter, folder / adapter)
    prompt = Prompt(text=TEXT, question=Question(text="Where?"), sources=())

    def ask(adapter: str) -> tuple[object, ...]:
        session = model.session(prompt, adapter=adapter, seed=5)
        pieces = session.expand(["", " port"], [2, 1])
        odds = session.yes_no([" port", " host"], QUESTION)
        logprobs = session.logprob([" port 8080."])
        assert session.usage.written > 0
        session.close()
        return pieces, odds, logprobs

    with ThreadPoolExecutor(3) as pool:
        found = dict(zip(adapters, pool.map(ask, adapters), strict=True))

    engine = Engine.load(spec)
    for adapter in adapters[1:]:
        engine.add_adapter(adapter, folder / adapter)
    for adapter in adapters:
        context = Context(prompt=TEXT, adapter=adapter, seed=5)
        pieces, odds, logprobs = found[adapter]
        assert _texts(pieces) == _texts(
            _run(engine, Expand(context=context, prefixes=("", " port"), counts=(2, 1)))
        )
        asked = YesNo(context=context, texts=(" port", " host"), question=QUESTION)
        assert odds == pytest.approx(_run(engine, asked), abs=1e-3)
        measured = Logprob(context=context, texts=(" port 8080.",))
        assert logprobs == pytest.approx(_run(engine, measured), abs=1e-3)
    assert len({repr(said) for said in found.values()}) == 3


def _run(engine: Engine, job: Job) -> object:
    (done,) = engine.run([job])
    assert isinstance(done, Done)
    return done.result


def _texts(rows: object) -> list[list[tuple[str, bool]]]:
    return [[(piece.text, piece.finished) for piece in row] for row in rows]  # type: ignore[attr-defined]


def test_asks_that_are_the_same_to_the_letter_are_answered_alike(model: LocalModel) -> None:
    prompt = Prompt(text=TEXT, question=Question(text="Where?"), sources=())
    first, double = (model.session(prompt, seed=7) for _ in range(2))
    wanted = [piece.text for piece in first.expand([""], [4])[0]]
    assert [piece.text for piece in double.expand([""], [4])[0]] == wanted
    first.close()
    # What the double has drawn already is not drawn again.
    assert [piece.text for piece in double.expand([""], [4])[0]] != wanted
    double.close()


def test_an_adapter_that_is_none_is_told_in_words(model: LocalModel, folder: Path) -> None:
    with pytest.raises(UserError, match="adapter"):
        model.add_adapter("three", folder / "base")


def test_a_model_that_is_none_is_told_in_words(tmp_path: Path) -> None:
    spec = ModelSpec(source=str(tmp_path), threads=1)
    with (
        closing(LocalModel(spec, name="none")) as model,
        pytest.raises(UserError, match=r"no config.json"),
    ):
        model.describe()
