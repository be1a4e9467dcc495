"""Texts of models whose weights are chance, held to formats: they fit, whatever is drawn."""

from pathlib import Path

import pytest

from app.errors import UserError
from app.layouts.formats import Format, checklist, choices, regex, schema
from app.models.catalogue import BOBBIN_FOLDER
from app.models.engine import Engine
from app.models.guiding import Guides
from app.models.jobs import Context, Done, Expand, Form, ModelSpec
from tests.tiny_models import TEMPLATE, save_model

FORMATS = [
    choices(["yes", "no", 'a "quoted" one', "ünïcode"]),
    regex(r"\[[1-3]\] [a-z ]{3,20}"),
    regex("(one|two)(, (one|two)){2,4}"),
    schema({"type": "object", "properties": {"n": {"type": "integer", "maximum": 99}},
            "required": ["n"], "additionalProperties": False}),
    schema({"type": "array", "items": {"enum": ["a", {"b": [None, True]}]}, "maxItems": 4}),
    checklist(2),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(
        tmp_path_factory.mktemp("models") / "chat", "llama", template=TEMPLATE, every_byte=True
    )


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Engine:
    return Engine.load(ModelSpec(source=str(folder), temperature=1.5, top_p=1.0, stop="\n"))


@pytest.fixture(scope="module")
def bobbin() -> Engine:
    return Engine.load(ModelSpec(source=str(BOBBIN_FOLDER), temperature=1.0, threads=1, stop="\n"))


def written(engine: Engine, wanted: Format, *, seed: int = 0, tokens: int = 700) -> Done:
    context = Context(prompt="Sources\n[1] It listens.\n", opening="Answer:\n", seed=seed)
    (done,) = engine.run([Form(context=context, format=wanted, tokens=tokens)])
    assert isinstance(done, Done), done
    return done


@pytest.mark.parametrize("wanted", FORMATS, ids=lambda wanted: wanted.kind)
@pytest.mark.parametrize("seed", range(3))
def test_what_chance_writes_has_the_format(tiny: Engine, wanted: Format, seed: int) -> None:
    ((piece,),) = written(tiny, wanted, seed=seed).result

    assert piece.finished
    assert wanted.fault(piece.text) == ""


@pytest.mark.parametrize("wanted", FORMATS, ids=lambda wanted: wanted.kind)
def test_what_bobbin_writes_has_the_format(bobbin: Engine, wanted: Format) -> None:
    ((piece,),) = written(bobbin, wanted).result

    assert piece.finished
    assert wanted.fault(piece.text) == ""


def test_jobs_with_and_without_a_format_share_batches(tiny: Engine) -> None:
    context = Context(prompt="p", seed=3)
    jobs = [Form(context=context, format=wanted, tokens=700) for wanted in FORMATS]
    free = Expand(context=context, prefixes=("",), counts=(2,))

    *found, pieces = tiny.run([*jobs, free])

    for wanted, done in zip(FORMATS, found, strict=True):
        assert isinstance(done, Done)
        assert wanted.fault(done.result[0][0].text) == ""
    assert isinstance(pieces, Done) and len(pieces.result[0]) == 2


def test_the_same_seed_writes_the_same_and_asking_again_another(tiny: Engine) -> None:
    wanted = regex("[a-z]{30}")
    context = Context(prompt="p", seed=8, number=1)
    job = Form(context=context, format=wanted, tokens=200)

    first, again = (tiny.run([job])[0].result[0][0].text for _ in range(2))
    tiny.forget(context)
    other = tiny.run([job])[0].result[0][0].text

    assert first == other
    assert first != again


def test_a_text_that_is_cut_is_not_finished(tiny: Engine) -> None:
    done = written(tiny, regex("[a-z]{500}"), tokens=5)

    assert not done.result[0][0].finished
    assert done.usage.written == 5


def test_an_expression_that_the_library_does_not_know_is_told(tiny: Engine) -> None:
    wanted = Format(kind="regex", spec="(?=a)ab")
    context = Context(prompt="p")

    (found,) = tiny.run([Form(context=context, format=wanted, tokens=5)])

    assert isinstance(found, UserError)
    assert "No text can be held to this regex" in str(found)


def test_a_tokenizer_that_the_library_cannot_read_guides_nothing() -> None:
    assert Guides(object(), [1], 10).guide(regex("a")) is None  # type: ignore[arg-type]
