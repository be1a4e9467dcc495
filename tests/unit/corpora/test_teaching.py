"""Rows as training reads them: to the token what asking reads, and the word that answers."""

from pathlib import Path

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

from app.corpora import teaching
from app.corpora.rows import prompt, question
from app.errors import UserError
from app.layouts import Layout
from app.models.catalogue import BOBBIN_FOLDER
from app.models.engine import Engine
from app.models.jobs import Context, ModelSpec, YesNo
from app.training.bobbin.encode import written
from app.training.rows import MASKED
from tests.tiny_models import TEMPLATE, save_model
from tests.unit.corpora.made import row


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    return {
        "bobbin": BOBBIN_FOLDER,
        "plain": save_model(root / "plain", every_byte=True),
        "chat": save_model(root / "chat", template=TEMPLATE, every_byte=True),
    }


def layout_of(name: str) -> Layout:
    return Layout.NUMBERED if name == "bobbin" else Layout.PASSAGES


@pytest.mark.parametrize("name", ["bobbin", "plain", "chat"])
@pytest.mark.parametrize("label", [True, False])
def test_a_row_is_what_asking_reads_and_one_word(
    folders: dict[str, Path], name: str, label: bool
) -> None:
    folder, layout = folders[name], layout_of(name)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    one = row(label=label)

    (made,) = teaching.laid_out([one], tokenizer, model, layout, 100_000)

    engine = Engine.load(ModelSpec(source=str(folder)))
    page = prompt(one, layout)
    context = Context(prompt=page.text, opening=page.opening)
    asked = engine._tools.chat.question(question(one, layout))
    assert made.ids[:-1] == (*engine.ids(context, one.answer), *asked)
    assert set(made.labels[:-1]) == {MASKED}
    assert made.labels[-1] == made.ids[-1]
    if name == "bobbin":
        sides = (engine.spellings.no, engine.spellings.yes)
        assert made.ids[-1] in sides[label]
        assert made.ids[-1] not in sides[not label]


def test_a_row_is_a_page_of_bobbins_own_training() -> None:
    one = row()

    made = written(teaching.page(one))

    layout = Layout.NUMBERED
    assert made == prompt(one, layout).text + one.answer + question(one, layout) + "yes"


def test_a_row_that_does_not_fit_is_left_out(folders: dict[str, Path]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folders["bobbin"])
    model = AutoModelForCausalLM.from_pretrained(folders["bobbin"])
    rows = [row(), row(answer="[1] The server keeps a key. " * 40)]

    assert len(teaching.laid_out(rows, tokenizer, model, Layout.NUMBERED, 200)) == 1


def test_what_is_taught_is_learned(folders: dict[str, Path], tmp_path: Path) -> None:
    asking = [
        row(answer=f"[{1 + at % 2}] {said}", label=at % 2 == 0, question="Is it the first source?")
        for at in range(8)
        for said in [("The server keeps a key.", "The page keeps a vote.")[at % 2]]
    ]
    adapter = tmp_path / "adapter"

    count = teaching.teach(
        asking * 4, str(BOBBIN_FOLDER), adapter, Layout.NUMBERED, epochs=10, seed=1
    )

    assert count == 32
    assert not list(tmp_path.glob("*.work"))
    engine = Engine.load(ModelSpec(source=str(BOBBIN_FOLDER), threads=1))
    engine.add_adapter("e", adapter)
    page = prompt(asking[0], Layout.NUMBERED)
    job = YesNo(
        context=Context(prompt=page.text, adapter="e"),
        texts=(asking[0].answer, asking[1].answer),
        question=question(asking[0], Layout.NUMBERED),
    )
    yes, no = engine.run([job])[0].result  # type: ignore[union-attr]
    assert yes > 0 > no


def test_an_adapter_is_never_written_over(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there already"):
        teaching.teach([row()], "m", tmp_path, Layout.NUMBERED, epochs=1, seed=0)
