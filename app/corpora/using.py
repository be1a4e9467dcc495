"""`treadle corpus teach`, `judge` and `sample`: what corpora are for."""

import getpass
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from app.corpora import files, measuring, rows, sampling, teaching
from app.corpora.keys import keys
from app.corpora.measuring import Measure
from app.corpora.opening import opened, settings_of
from app.corpora.showing import shown
from app.corpora.verdicts import Verdicts
from app.errors import UserError
from app.models.catalogue import layout_of, spec_of

ADAPTER = "evaluator"
"""What an adapter is called while it is measured."""


def teach(
    corpus: Path, output: Path, *, model: str | None, epochs: int, seed: int, console: Console
) -> None:
    """Trains an adapter on the rows of a corpus that are to train on.

    Raises:
        UserError: the corpus cannot be used, or the model cannot be trained here.
    """
    settings = settings_of(model)
    if settings.model_url:
        raise UserError("An adapter is trained here for a model that runs here: unset MODEL_URL.")
    chosen = _chosen(corpus, "train")
    source = spec_of(settings).source
    with Console(stderr=True).status(f"Training on {len(chosen)} rows …"):
        count = teaching.teach(
            chosen, source, output, layout_of(settings), epochs=epochs, seed=seed
        )
    console.print(
        f"Trained on {count} of {len(chosen)} rows; the adapter is in {output}.", markup=False
    )


def judge(
    corpus: Path,
    *,
    model: str | None,
    adapter: Path | None,
    split: rows.Split | None,
    as_json: bool,
    console: Console,
) -> None:
    """Prints how good a model, with or without an adapter, is as an evaluator of yes/no rows.

    Raises:
        UserError: the corpus, the model or the adapter cannot be used.
    """
    settings = settings_of(model)
    chosen = _chosen(corpus, split)
    with opened(settings) as named, Progress(console=Console(stderr=True)) as progress:
        name = named.name
        if adapter:
            named.add_adapter(ADAPTER, adapter)
            name += f" with {adapter.name}"
        task = progress.add_task(f"Asking {escape(name)} …", total=len(chosen))
        said = measuring.odds(
            named,
            chosen,
            layout_of(settings),
            adapter=ADAPTER if adapter else "",
            told=lambda count: progress.update(task, advance=count),
        )
    found = measuring.measures(chosen, said)
    if as_json:
        figures = {"model": name, "questions": [each.figures() for each in found]}
        console.out(json.dumps(figures, ensure_ascii=False, indent=2), highlight=False)
    else:
        console.print(_table(name, found))


def sample(corpus: Path, *, count: int, seed: int, listed: int | None, console: Console) -> None:
    """Shows random rows of a corpus: all at once where `listed` says how many, else one by one.

    Raises:
        UserError: the corpus cannot be read, or there is no terminal to press keys at.
    """
    verdicts = Verdicts(corpus)
    # As it is: neither marked up, nor wrapped, nor coloured.
    say = partial(console.out, highlight=False)
    if listed is not None:
        drawn = sampling.draw(files.rows(corpus), listed, seed=seed)
        for name, row in drawn.rows.items():
            say(f"row {name}\n{shown(row)}\n")
        return
    drawn = sampling.draw(files.rows(corpus), count, seed=seed, known=verdicts.known.keys())
    if not sys.stdin.isatty():
        raise UserError("Rows are judged at a terminal; --list 10 prints ten of them anywhere.")
    with keys(sys.stdin.fileno()) as press:
        sampling.ask(drawn, verdicts, who=_who(), press=press, say=say, now=_now)
    console.print(sampling.summary(verdicts, drawn.total), markup=False)


def _chosen(corpus: Path, split: rows.Split | None) -> list[rows.Row]:
    every = rows.read(files.rows(corpus), corpus)
    chosen = [row for row in every if split is None or row.split == split]
    if not chosen:
        raise UserError(f"{corpus} has no rows to {split}.")
    return chosen


def _table(name: str, found: Sequence[Measure]) -> Table:
    table = Table(title=f"{escape(name)} as an evaluator, with 95 % intervals")
    for column in ("question", "rows", "yes", "accuracy", "AUC"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for each in found:
        table.add_row(
            escape(each.name),
            str(each.rows),
            str(each.yes),
            f"{each.accuracy:.2f} ({each.accuracy_low:.2f}-{each.accuracy_high:.2f})",
            f"{each.auc:.2f} ({each.auc_low:.2f}-{each.auc_high:.2f})",
        )
    return table


def _who() -> str:
    """Returns the name of the person at the terminal, or the number of a user without one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _now() -> datetime:
    return datetime.now(UTC)
