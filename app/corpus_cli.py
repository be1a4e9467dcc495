"""`treadle corpus`: the commands about corpora that test and train evaluators."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

commands = typer.Typer(
    name="corpus",
    help="Make corpora for evaluators, measure models with them, and look at their rows.",
    no_args_is_help=True,
)
make = typer.Typer(name="make", help="Make a corpus.", no_args_is_help=True)
commands.add_typer(make)
# Not wrapped: names and tables are to be copied whole.
console = Console(soft_wrap=True, highlight=False)

Corpus = Annotated[
    Path, typer.Argument(help="The corpus: a file that ends in .jsonl, .jsonl.gz or .parquet.")
]
Output = Annotated[Path, typer.Argument(help="The file to write, which ends in .jsonl.")]
Seed = Annotated[int, typer.Option(help="Seed of all chance.")]
Model = Annotated[
    str | None,
    typer.Option(help="The model, instead of TREADLE_MODEL: bobbin, an id, a folder."),
]


@make.command()
def bootstrapped(
    output: Output,
    path: Annotated[Path, typer.Option(help="Folder whose texts are used.")] = Path(),
    pages: Annotated[int, typer.Option(min=2, help="Pages; each gives one row a question.")] = 200,
    seed: Seed = 0,
) -> None:
    """Make yes/no questions whose labels an algorithm knows, from the texts of a folder."""
    from app.corpora.making import make_bootstrapped  # noqa: PLC0415 - slow to import

    make_bootstrapped(output, path, pages=pages, seed=seed, console=console)


@make.command()
def rubrics(
    output: Output,
    question: Annotated[
        list[str] | None, typer.Option(help="A question; may be given several times.")
    ] = None,
    questions: Annotated[Path | None, typer.Option(help="A file of questions, one a line.")] = None,
    items: Annotated[int, typer.Option(min=1, max=50, help="Items of a rubric.")] = 10,
    model: Model = None,
) -> None:
    """Have a model write yes/no items that tell good answers to a question from bad ones.

    A file that ends in .md becomes a constitution, for one question.
    """
    from app.corpora import making  # noqa: PLC0415 - slow to import

    asked = [*(question or ()), *(making.questions(questions) if questions else ())]
    making.make_rubrics(output, asked, count=items, model=model, console=console)


@make.command()
def distilled(
    output: Output,
    question: Annotated[str, typer.Option(help="The hard yes/no question about answers.")],
    texts: Annotated[
        Path, typer.Option(help="A corpus of yes/no rows whose answers are labelled.")
    ],
    parts: Annotated[
        Path | None,
        typer.Option(help="Constitution's file with the easier questions; else the model's own."),
    ] = None,
    model: Model = None,
) -> None:
    """Label answers for a hard question by what a model says to easier ones."""
    from app.corpora.making import make_distilled  # noqa: PLC0415 - slow to import

    make_distilled(output, question, texts, parts=parts, model=model, console=console)


@commands.command()
def judge(
    corpus: Corpus,
    model: Model = None,
    split: Annotated[
        Literal["all", "train", "test"], typer.Option(help="Rows to judge: all, train or test.")
    ] = "all",
    adapter: Annotated[
        Path | None, typer.Option(help="Folder of an adapter, as `teach` makes it.")
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print how well a model answers the yes/no questions of a corpus, question by question."""
    from app.corpora.using import judge as measure  # noqa: PLC0415 - slow to import

    chosen = None if split == "all" else split
    measure(
        corpus, model=model, adapter=adapter, split=chosen, as_json=json_output, console=console
    )


@commands.command()
def teach(
    corpus: Corpus,
    output: Annotated[Path, typer.Argument(help="Folder to put the adapter in.")],
    model: Model = None,
    epochs: Annotated[int, typer.Option(min=1, max=100, help="Times each row is read.")] = 3,
    seed: Seed = 0,
) -> None:
    """Train an adapter that answers the yes/no questions of a corpus, on its rows to train on."""
    from app.corpora.using import teach as train  # noqa: PLC0415 - slow to import

    train(corpus, output, model=model, epochs=epochs, seed=seed, console=console)


@commands.command()
def sample(
    corpus: Corpus,
    rows: Annotated[int, typer.Option(min=1, help="Rows to show at most.")] = 50,
    listed: Annotated[
        int | None, typer.Option("--list", min=1, help="Print so many rows and ask nothing.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Show random rows of a corpus, to be accepted or rejected by a key; go on another time.

    What was said is kept in a file beside the corpus.
    """
    from app.corpora.using import sample as show  # noqa: PLC0415 - slow to import

    show(corpus, count=rows, seed=seed, listed=listed, console=console)
