"""What `treadle corpus` does: makes corpora, measures evaluators, and shows rows to a person."""

import getpass
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from app.corpora import bootstrapped, decomposition, files, measuring, rows, rubrics, sampling
from app.corpora.measuring import Measure
from app.corpora.showing import shown
from app.corpora.texts import gather
from app.corpora.verdicts import Verdicts
from app.errors import UserError
from app.knowledge.folder import folder_corpus
from app.models.catalogue import BOBBIN, EXTRACT, layout_of
from app.models.local import LocalModel
from app.models.needs import require_model
from app.models.present import Present
from app.models.remote import RemoteModel
from app.settings import Settings, load
from app.weave.constitution import parse
from app.weave.principles import Constitution, Principle


def make_bootstrapped(
    output: Path, folder: Path, *, pages: int, seed: int, console: Console
) -> None:
    """Makes the bootstrapped set of a folder's texts.

    Raises:
        UserError: the folder has too little text, or the file cannot be written.
    """
    with Console(stderr=True).status("Reading the folder …"):
        texts = gather(folder_corpus(folder))
    made = bootstrapped.make(texts, pages=pages, seed=seed)
    digest = rows.write(output, map(rows.values, made))
    console.print(f"Wrote {len(made)} rows to {output}, SHA-256 {digest}.", markup=False)


def make_rubrics(
    output: Path, questions: Sequence[str], *, count: int, model: str | None, console: Console
) -> None:
    """Has a model write rubrics: a corpus of them, or one as a constitution's file.

    Raises:
        UserError: the model cannot write them, or the file cannot be written.
    """
    asked = list(questions)
    one = output.suffix == ".md"
    if not asked or (one and len(asked) > 1):
        raise UserError("Give --question, once for a constitution's file that ends in .md.")
    settings = _settings(model)
    _require_writer(settings)
    with _opened(settings) as opened, Progress(console=Console(stderr=True)) as progress:
        made = [
            rubrics.make(opened, question, count=count)
            for question in progress.track(asked, description="Writing rubrics …")
        ]
    if one:
        _write_text(output, made[0].constitution())
    else:
        rows.write(output, (rubric.values() for rubric in made))
    console.print(f"Wrote {sum(len(one.items) for one in made)} items to {output}.", markup=False)
    for rubric in made:
        if not rubric.complete:
            said = f"only {len(rubric.items)} of {rubric.wanted} items: {rubric.asked[:80]}"
            Console(stderr=True).print(shown({"warning": said}), markup=False)


def make_distilled(
    output: Path,
    hard: str,
    texts: Path,
    *,
    parts: Path | None,
    model: str | None,
    console: Console,
) -> None:
    """Labels the texts of a corpus for a hard question by its easier parts.

    Args:
        output: the file to write.
        hard: the question.
        texts: a corpus of yes/no rows, whose pages and answers are taken.
        parts: a constitution's file with the easier questions; the model lists them where None.
        model: what answers, instead of the settings' model.
        console: where to say what was done.

    Raises:
        UserError: a file or the model cannot be used.
    """
    settings = _settings(model)
    given = rows.read(files.rows(texts), texts)
    easier = _parts(parts) if parts else ()
    if not easier:
        _require_writer(settings)
    layout = layout_of(settings)
    with _opened(settings) as opened, Progress(console=Console(stderr=True)) as progress:
        easier = easier or decomposition.parts(opened, hard)
        task = progress.add_task("Asking the easier questions …", total=None)
        made = decomposition.distilled(
            opened,
            given,
            hard,
            easier,
            layout=layout,
            told=lambda count: progress.update(task, advance=count),
        )
    rows.write(output, map(rows.values, made))
    yes = sum(row.label for row in made)
    console.print(
        f"Wrote {len(made)} rows to {output}, {yes} of them yes; {len(easier)} easier questions:",
        markup=False,
    )
    for one in easier:
        console.print(shown({"yes" if one.expected else "no": one.question}), markup=False)


def judge(
    corpus: Path, *, model: str | None, split: rows.Split | None, as_json: bool, console: Console
) -> None:
    """Prints how good a model is as an evaluator of a corpus of yes/no rows.

    Raises:
        UserError: the corpus or the model cannot be used.
    """
    settings = _settings(model)
    every = rows.read(files.rows(corpus), corpus)
    chosen = [row for row in every if split is None or row.split == split]
    if not chosen:
        raise UserError(f"{corpus} has no rows to {split or 'test'}.")
    with _opened(settings) as opened, Progress(console=Console(stderr=True)) as progress:
        name = opened.name
        task = progress.add_task(f"Asking {escape(name)} …", total=len(chosen))
        said = measuring.odds(
            opened,
            chosen,
            layout_of(settings),
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
    if listed is not None:
        drawn = sampling.draw(files.rows(corpus), listed, seed=seed)
        for name, row in drawn.rows.items():
            _say(f"row {name}\n{shown(row)}\n")
        return
    if not sys.stdin.isatty():
        raise UserError("Rows are judged at a terminal; --list 10 prints ten of them anywhere.")
    drawn = sampling.draw(files.rows(corpus), count, seed=seed, known=verdicts.known.keys())
    sampling.ask(drawn, verdicts, who=getpass.getuser(), press=_press, say=_say, now=_now)
    console.print(sampling.summary(verdicts, drawn.total), markup=False)


def questions(path: Path) -> list[str]:
    """Reads questions, one a line.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as UTF-8 text.") from error
    return [line.strip() for line in lines if line.strip()]


def _settings(model: str | None) -> Settings:
    settings = load() if model is None else load(model=model)
    if settings.model == EXTRACT:
        raise UserError("`extract` is no language model: name one with --model or TREADLE_MODEL.")
    require_model(settings)
    return settings


def _require_writer(settings: Settings) -> None:
    if settings.model == BOBBIN:
        raise UserError(
            "bobbin only repeats sentences of its sources, and cannot write questions: name "
            "another model with --model or TREADLE_MODEL, or list the parts in a file (--parts)."
        )


@contextmanager
def _opened(settings: Settings) -> Iterator[LocalModel | RemoteModel]:
    with closing(Present(settings)) as present:
        with Console(stderr=True).status(f"Loading the model {escape(present.name)} …"):
            present.load()
        yield present.opened()


def _parts(path: Path) -> tuple[Principle, ...]:
    try:
        found = parse(path.read_bytes(), file=str(path))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    if isinstance(found, Constitution):
        return found.principles
    raise UserError("\n".join(map(str, found)))


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


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


def _press() -> str:
    try:
        return click.getchar()
    except (EOFError, KeyboardInterrupt):
        return ""


def _say(text: str) -> None:
    click.echo(text)


def _now() -> datetime:
    return datetime.now(UTC)
