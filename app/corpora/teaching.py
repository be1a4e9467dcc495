"""Trains an evaluator on yes/no rows: an adapter that answers their questions better.

A row becomes the tokens that asking reads, page, answer and question, and the one token that
says yes or no; only that one is learned. The recipe is the one of `app.training` with other
values: a new question has to be understood, which the last feed-forward layers alone cannot do,
and there is nothing to prefer.
"""

import shutil
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.corpora.rows import Row, prompt, question
from app.errors import UserError
from app.layouts import Layout, numbered
from app.layouts.chat import Chat
from app.layouts.wording import Model, Tokenizer, Wording
from app.training import rows as training
from app.training.bobbin.pages import Check, Page
from app.training.recipe import Recipe
from app.training.rows import MASKED

EPOCHS = 3


def recipe(epochs: int = EPOCHS) -> Recipe:
    """Returns how evaluators are taught."""
    usual = Recipe.read()
    return replace(
        usual,
        lora=replace(usual.lora, rank=16, alpha=32, modules="all", last=1.0),
        sft=replace(usual.sft, forms=("plain",), epochs=epochs, rows=8, rate=5e-4),
        dpo=replace(usual.dpo, epochs=0),
    )


def laid_out(
    rows: Sequence[Row], tokenizer: Tokenizer, model: Model, layout: Layout, most: int
) -> list[training.Row]:
    """Lays rows out to be learned.

    Args:
        rows: what is true of answers.
        tokenizer: the model's.
        model: for the tokens that end its texts.
        layout: how the model reads pages.
        most: tokens that a row may have; longer ones are left out.
    """
    wording = Wording(tokenizer, model)
    chat = Chat(wording)
    word = {label: _word(label, layout, chat.templated) for label in (True, False)}
    found = []
    for row in rows:
        page = prompt(row, layout)
        before = (
            *chat.prompt(page.text, page.opening),
            *wording.after(row.answer),
            *chat.question(question(row, layout)),
        )
        said = wording.after(word[row.label])[0]
        if len(before) < most:
            labels = (*[MASKED] * len(before), said)
            found.append(training.Row(form="plain", ids=(*before, said), labels=labels, weight=1.0))
    return found


def page(row: Row) -> Page:
    """Returns a row as a page that bobbin itself is trained on (`app.training.bobbin`)."""
    check = Check(asked=row.asked, answer=row.answer, question=row.question, yes=row.label)
    return Page(sources=row.sources, turns=(check,))


def teach(
    rows: Sequence[Row], source: str, folder: Path, layout: Layout, *, epochs: int, seed: int
) -> int:
    """Trains an adapter; returns how many rows it learned from.

    Args:
        rows: to train on.
        source: the base model's folder, or its id on the hub where it is on this disk.
        folder: where the adapter is put; it must not be there yet.
        layout: how the model reads pages.
        epochs: times that each row is read.
        seed: of the order of the rows and of the adapter's first weights.

    Raises:
        UserError: the folder is there already, no row fits, or the model cannot be trained.
    """
    # Whoever makes or looks at a corpus need not have the packages that train.
    from app.training.base import load  # noqa: PLC0415
    from app.training.teach import Material, Teacher  # noqa: PLC0415
    from app.training.watch import Watch  # noqa: PLC0415

    if folder.exists():
        raise UserError(f"{folder} is there already: name a folder that is not.")
    base = load(source, device="auto")
    chosen = recipe(epochs)
    most = min(chosen.length, base.most or chosen.length)
    material = laid_out(rows, base.tokenizer, base.model, layout, most)
    if not material:
        raise UserError(f"None of the {len(rows)} rows fits into the model's {most} tokens.")
    work = folder.with_name(f"{folder.name}.work")
    work.mkdir(parents=True, exist_ok=True)
    teacher = Teacher(base=base, recipe=chosen, seed=seed, watch=Watch(work))
    teacher.check()
    with warnings.catch_warnings():
        # What libraries say to each other about their next versions.
        warnings.simplefilter("ignore", FutureWarning)
        taught = teacher.teach(Material(rows=material, pairs=(), reference=()), work)
    assert taught is not None
    taught.adapter.replace(folder)
    shutil.rmtree(work)
    return len(material)


def _word(label: bool, layout: Layout, templated: bool) -> str:
    """Returns how the model says a label where it is asked."""
    if layout is Layout.NUMBERED:
        return numbered.YES if label else numbered.NO
    said = "Yes" if label else "No"
    return said if templated else f" {said}"
