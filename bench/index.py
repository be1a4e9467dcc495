"""How long a repository of 5,000 files takes to index, to refresh and to ask.

    python -m bench.index

The files are real ones, taken evenly from what is installed beside the product. Beside it
stands a plain baseline: whole files put into tantivy with its own English tokenizer. Each
figure is the median of three runs.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tantivy import Document, Index, SchemaBuilder

from app.domain import Dictionary, Question
from app.knowledge.archive import Limits
from app.knowledge.library import Library
from app.models.extract import Extract
from app.text.clean import decode
from app.weave.answer import Composer
from bench.questions import SITE_PACKAGES
from bench.shelf import archive

FILES = 5000
CHANGED = 50
RUNS = 3
RESULTS = Path(__file__).parent / "results" / "index.json"
QUESTIONS = (
    "How do I run the tests?",
    "What happens when the connection times out?",
    "Where is the default encoding set?",
    "Why is my cache not used after a restart?",
    "Can I pass my own logger?",
)


def sample() -> dict[str, bytes]:
    """Returns `FILES` installed source and text files, evenly chosen, without the vendored."""
    every = sorted(
        path
        for suffix in ("py", "md", "rst")
        for path in SITE_PACKAGES.rglob(f"*.{suffix}")
        if 200 < path.stat().st_size < Limits().file_bytes and "vendor" not in str(path)
    )
    step = max(1, len(every) // FILES)
    return {
        path.relative_to(SITE_PACKAGES).as_posix(): path.read_bytes()
        for path in every[::step][:FILES]
    }


def timed(work: Callable[[], object]) -> float:
    """Returns the seconds that a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def ours(files: dict[str, bytes]) -> dict[str, float]:
    """Builds, refreshes with a hundredth of the files changed, and asks."""
    changed = {
        path: data + b"\n# one more line\n" if number < CHANGED else data
        for number, (path, data) in enumerate(files.items())
    }
    first, second = (archive(iter(group.items())) for group in (files, changed))
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder), Limits())
        build = timed(lambda: library.build(1, "a" * 40, first))
        refresh = timed(lambda: library.build(1, "b" * 40, second))
        corpus = library.corpus(1)
        assert corpus is not None
        composer = Composer(Extract())
        asked = [
            timed(
                lambda text=text: composer.answer(  # type: ignore[misc]
                    Question(text=text),
                    corpus=corpus,
                    memories=(),
                    dictionary=Dictionary(repository_id=1),
                )
            )
            for text in QUESTIONS
        ]
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        return {
            "build_seconds": build,
            "refresh_seconds": refresh,
            "answer_seconds": statistics.mean(asked),
            "slowest_answer_seconds": max(asked),
            "passages": corpus.size,
            "megabytes": size / 2 / 1e6,
        }


def plain(files: dict[str, bytes]) -> dict[str, float]:
    """Puts whole files into tantivy."""
    builder = SchemaBuilder()
    builder.add_text_field("body", stored=True, tokenizer_name="en_stem")
    builder.add_text_field("path", stored=True)
    with tempfile.TemporaryDirectory() as folder:
        index = Index(builder.build(), path=folder)

        def work() -> None:
            writer = index.writer(96_000_000, 1)
            for path, data in files.items():
                writer.add_document(Document(body=decode(data), path=path))
            writer.commit()
            writer.wait_merging_threads()

        return {"build_seconds": timed(work)}


def main() -> None:
    """Measures, prints and keeps the figures."""
    files = sample()
    runs = [(ours(files), plain(files)) for _ in range(RUNS)]
    mine, other = (
        {key: statistics.median(run[side][key] for run in runs) for key in runs[0][side]}
        for side in (0, 1)
    )
    table = Table(
        title=f"Indexing {len(files):,} files, {sum(map(len, files.values())) / 1e6:.0f} MB"
    )
    for column in ("", "treadle", "plain tantivy, whole files"):
        table.add_column(column)
    for key, value in mine.items():
        table.add_row(
            key.replace("_", " "), f"{value:,.2f}", f"{other[key]:,.2f}" if key in other else ""
        )
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    found = {"files": len(files), "treadle": mine, "plain": other}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
