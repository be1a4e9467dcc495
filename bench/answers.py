"""How good answers are: right passage, right sentence, and knowing when the text has none.

    python -m bench.answers --set test
    TREADLE_MODEL=bobbin python -m bench.answers --set dev --model

Questions are those of `bench/questions`; each package is indexed like a repository. Beside
the product stands a plain baseline: BM25 over the same passages with tantivy's own English
tokenizer, and sentences chosen by the share of the question's words that they have. With
`--model` answers are the set language model's, kept apart under its name.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.domain import Dictionary, Passage, Question
from app.knowledge.index import IndexedCorpus
from app.models.catalogue import layout_of, open_model
from app.models.extract import Extract
from app.settings import load as settings
from app.text.quotable import units
from app.weave.answer import Composer, ComposerConfig, ModelUse
from bench.measures import area, bootstrap, curve, declined, says, wilson, words
from bench.plain import PlainIndex
from bench.questions import Answer, load
from bench.shelf import corpora

RESULTS = Path(__file__).parent / "results" / "answers.json"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One question's outcome; `passage` and `sentence` are None where no answer exists."""

    package: str
    confidence: float
    abstained: bool
    seconds: float
    passage: bool | None = None
    sentence: bool | None = None


def has_passage(sources: Sequence[Passage], answers: Sequence[Answer]) -> bool:
    """Tells whether one of the sources holds a right answer, in the right file."""
    return any(
        source.path == answer.path and says(source.text, answer.sentence)
        for source in sources
        for answer in answers
    )


def has_sentence(quotes: Sequence[str], answers: Sequence[Answer]) -> bool:
    """Tells whether one of the quotes is a right answer, or most of one."""
    return any(
        says(quote, answer.sentence) or _is_part(quote, answer.sentence)
        for quote in quotes
        for answer in answers
    )


def _is_part(quote: str, sentence: str) -> bool:
    return len(words(quote)) * 2 >= len(words(sentence)) and says(sentence, quote, 1.0)


def product(
    questions: Sequence,  # type: ignore[type-arg]
    shelf: dict[str, IndexedCorpus],
    open_minded: Composer,
) -> list[Outcome]:
    """Answers each question as the product does; what it would quote counts, said or not.

    Args:
        questions: of one set, answerable or not.
        shelf: the packages that they are about.
        open_minded: what answers, with a least confidence of 0.
    """
    limit = ComposerConfig().min_confidence
    found = []
    for item in questions:
        answers = getattr(item, "answers", None)
        started = time.perf_counter()
        answer = open_minded.answer(
            Question(text=item.question),
            corpus=shelf[item.package],
            memories=(),
            dictionary=Dictionary(repository_id=0),
        )
        seconds = time.perf_counter() - started
        quotes = [quote.text for quote in answer.quotes]
        found.append(
            Outcome(
                package=item.package,
                confidence=answer.confidence,
                abstained=answer.confidence < limit,
                seconds=seconds,
                passage=has_passage(answer.sources, answers) if answers else None,
                sentence=has_sentence(quotes, answers) if answers else None,
            )
        )
    return found


def baseline(questions: Sequence, shelf: dict[str, PlainIndex]) -> list[Outcome]:  # type: ignore[type-arg]
    """Answers by plain BM25 and word overlap, with as many passages and sentences."""
    config = ComposerConfig()
    found = []
    for item in questions:
        answers = getattr(item, "answers", None)
        started = time.perf_counter()
        sources = shelf[item.package].search(item.question, config.listed)
        asked = set(words(item.question))
        ranked = sorted(
            (
                (len(asked & set(words(unit.text))) / len(asked), unit.text)
                for source in sources
                for unit in units(source.text, source.path, source.start_line)
            ),
            key=lambda scored: -scored[0],
        )
        quotes = [text for _, text in ranked[: config.sentences]]
        found.append(
            Outcome(
                package=item.package,
                confidence=ranked[0][0] if ranked else 0.0,
                abstained=False,
                seconds=time.perf_counter() - started,
                passage=has_passage(sources, answers) if answers else None,
                sentence=has_sentence(quotes, answers) if answers else None,
            )
        )
    return found


def summary(answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> dict[str, object]:
    """Returns all figures of one way of answering, each with its 95 % interval."""
    total = len(answerable)
    passages = sum(bool(o.passage) for o in answerable)
    sentences = sum(bool(o.sentence) for o in answerable)
    said = sum(bool(o.sentence) and not o.abstained for o in answerable)
    yes = [o.confidence for o in answerable]
    no = [o.confidence for o in unanswerable]
    every = [*answerable, *unanswerable]
    return {
        "passage": [passages / total, *wilson(passages, total)],
        "sentence": [sentences / total, *wilson(sentences, total)],
        "sentence_said": [said / total, *wilson(said, total)],
        "area": [area(yes, no), *bootstrap(area, yes, no)],
        "declined_at_15": [declined(yes, no), *bootstrap(declined, yes, no)],
        "refused_wrongly": [
            sum(o.abstained for o in answerable) / total,
            *wilson(sum(o.abstained for o in answerable), total),
        ],
        "refused_rightly": [
            sum(o.abstained for o in unanswerable) / len(unanswerable),
            *wilson(sum(o.abstained for o in unanswerable), len(unanswerable)),
        ],
        "seconds": sum(o.seconds for o in every) / len(every),
        "curve": curve(yes, no),
        "questions": [total, len(unanswerable)],
    }


ROWS = (
    ("passage", "right passage among the sources"),
    ("sentence", "right sentence quoted"),
    ("sentence_said", "right sentence quoted and said (over the confidence limit)"),
    ("area", "area under the confidence curve"),
    ("declined_at_15", "unanswerable declined at 15 % false refusals"),
    ("refused_wrongly", "answerable refused at the product's limit"),
    ("refused_rightly", "unanswerable refused at the product's limit"),
)


def show(ours: dict[str, object], plain: dict[str, object], name: str, console: Console) -> None:
    """Prints the figures beside the baseline's."""
    table = Table(title=f"Answers over the {name} questions ({ours['questions']})")
    for column in ("", "treadle", "95 %", "plain BM25 + overlap", "95 %"):
        table.add_column(column)
    for key, label in ROWS:
        cells = []
        for figures in (ours, plain):
            value, low, high = figures[key]  # type: ignore[misc]
            cells += [f"{value:.2f}", f"{low:.2f}-{high:.2f}"]
        table.add_row(label, *cells)
    table.add_row("seconds an answer", f"{ours['seconds']:.3f}", "", f"{plain['seconds']:.3f}", "")
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", default="test", choices=("dev", "more", "test"), dest="name")
    parser.add_argument("--model", action="store_true", help="answer with the set language model")
    options = parser.parse_args(arguments)
    name = options.name
    questions = load(name)
    config = ComposerConfig(min_confidence=0.0)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        composer = Composer(Extract(), config)
        if options.model:
            known = settings()
            model = stack.enter_context(closing(open_model(known)))
            use = ModelUse(layout=layout_of(known), pieces=known.model_pieces)
            config = replace(config, prompt_tokens=known.model_prompt_tokens)
            composer = Composer.of(model, use, config)
            name = f"{name}, {model.name}"
        shelf = corpora(questions.packages, Path(folder))
        plain = {package: PlainIndex(questions.packages[package]) for package in shelf}
        groups = (questions.answerable, questions.unanswerable)
        ours = [product(group, shelf, composer) for group in groups]
        base = [baseline(group, plain) for group in groups]
    figures = {"treadle": summary(*ours), "plain": summary(*base)}
    show(figures["treadle"], figures["plain"], name, Console())
    RESULTS.parent.mkdir(exist_ok=True)
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    kept[name] = {**figures, "outcomes": [asdict(o) for group in ours for o in group]}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
