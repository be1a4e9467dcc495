"""`treadle corpus make`: corpora made from texts and by models."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.corpora import bootstrapped, decomposition, files, rows, rubrics
from app.corpora.opening import opened, settings_of
from app.corpora.showing import shown
from app.corpora.texts import gather
from app.errors import UserError
from app.knowledge.folder import folder_corpus
from app.models.catalogue import BOBBIN, layout_of
from app.settings import Settings
from app.weave.constitution import LARGEST, parse
from app.weave.principles import Constitution, Principle


def make_bootstrapped(
    output: Path, folder: Path, *, pages: int, seed: int, console: Console
) -> None:
    """Makes the bootstrapped set of a folder's texts.

    Raises:
        UserError: the folder has too little text, or the file cannot be written.
    """
    _require_place(output)
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
    if not one:
        _require_place(output)
    settings = settings_of(model)
    _require_writer(settings, "")
    with opened(settings) as named, Progress(console=Console(stderr=True)) as progress:
        made = [
            rubrics.make(named, question, count=count)
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
    _require_place(output)
    settings = settings_of(model)
    given = rows.read(files.rows(texts), texts)
    easier = _parts(parts) if parts else ()
    if not easier:
        _require_writer(settings, ", or list the parts in a file (--parts)")
    layout = layout_of(settings)
    with opened(settings) as named, Progress(console=Console(stderr=True)) as progress:
        easier = easier or decomposition.parts(named, hard)
        task = progress.add_task("Asking the easier questions …", total=None)
        made = decomposition.distilled(
            named,
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


def _require_place(output: Path) -> None:
    """Refuses a name that no command would read again, before a model works for hours."""
    if output.suffix != ".jsonl":
        raise UserError(f"{output} is no name for a corpus: one that is made ends in .jsonl.")
    if not output.parent.is_dir():
        raise UserError(f"{output} cannot be written: there is no folder {output.parent}.")


def _require_writer(settings: Settings, instead: str) -> None:
    if settings.model == BOBBIN:
        raise UserError(
            "bobbin only repeats sentences of its sources, and cannot write questions: name "
            f"another model with --model or TREADLE_MODEL{instead}."
        )


def _parts(path: Path) -> tuple[Principle, ...]:
    try:
        found = parse(path.read_bytes(), file=str(path), extent=LARGEST)
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
