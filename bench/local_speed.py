"""How fast a local model writes and judges an answer, beside the straightforward loop.

    python -m bench.local_speed [--model FOLDER]

One answer as the search asks for it: 72 pieces of 32 tokens after a prompt of 1,000 tokens,
level by level, and three yes/no questions about each draft. The baseline calls `generate` for
each expansion and runs a full forward pass for each question, over the very same drafts. The
same answer through the process that the worker uses tells what that way costs. Then three asks
at once, one without an adapter and two with different ones, against one by one. Without a model,
and where none is built in, a random Llama of the built-in one's size is used.
"""

import argparse
import itertools
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from app.domain import Prompt, Question
from app.layouts import numbered
from app.models.jobs import Context, Done, Expand, Job, YesNo
from app.models.local import LocalModel
from bench.full_pieces import NAME, FullPieces, spec_of
from bench.one_answer import PRINCIPLES, Answer, Direct, Through, answer, result
from bench.plain_loop import Plain
from bench.random_model import TEXTS, adapter, random_model

PROMPT_TOKENS = 1000
BUILT_IN = Path(__file__).parents[1] / "app/models/bobbin"
RESULTS = Path(__file__).parent / "results" / "local_speed.json"


def prompt_of(engine: FullPieces, tokens: int) -> str:
    """Returns text of about that many tokens."""
    text = " ".join(" ".join(path.read_text("utf-8") for path in TEXTS[:10]).split())
    ids = engine.wording.after(text)[:tokens]
    return engine.wording.said((), ids)


@contextmanager
def clock(figures: dict[str, float], name: str) -> Iterator[None]:
    """Notes the seconds that a block takes, and the processor's, which others cannot lengthen."""
    started, worked = time.perf_counter(), time.process_time()
    yield
    figures[f"{name}_seconds"] = time.perf_counter() - started
    figures[f"{name}_cpu_seconds"] = time.process_time() - worked


def compare(source: Path) -> dict[str, float]:
    """Measures one answer both ways, and how far results are apart."""
    engine = FullPieces.load(spec_of(source))
    plain = Plain(source, engine.dtype)
    context = Context(prompt=prompt_of(engine, PROMPT_TOKENS))
    # Once unmeasured: what is set up at the first call is set up for both.
    warm = Context(prompt="warm")
    answer(Direct(engine, warm))
    plain.generate(engine.ids(warm, ""), 9)
    figures: dict[str, float] = {"prompt_tokens": len(engine.ids(context, ""))}

    inside = engine.seconds
    with clock(figures, "treadle"):
        said = answer(Direct(engine, context))
    figures["share_in_model"] = (engine.seconds - inside) / figures["treadle_seconds"]
    figures["pieces"] = sum(len(pieces) for _, pieces in said.expansions)
    figures["questions"] = len(said.odds) * len(PRINCIPLES)

    with clock(figures, "generate"):
        for prefix, pieces in said.expansions:
            plain.generate(engine.ids(context, prefix), len(pieces))
    questions = [engine.wording.after(numbered.check(principle)) for principle in PRINCIPLES]
    gaps = []
    with clock(figures, "full_passes"):
        for draft, odds in said.odds.items():
            ids = engine.ids(context, draft)
            for question, odd in zip(questions, odds, strict=True):
                gaps.append(abs(engine.spellings.odds(plain.last((*ids, *question)))[0] - odd))
    figures["odds_gap"] = max(gaps)
    for unit in ("seconds", "cpu_seconds"):
        plain_time = figures.pop(f"generate_{unit}") + figures.pop(f"full_passes_{unit}")
        figures[f"plain_{unit}"] = plain_time
        figures[f"times_faster_{unit}"] = plain_time / figures[f"treadle_{unit}"]

    gaps = []
    seen = set()
    for prefix, pieces in said.expansions:
        before = len(engine.ids(context, prefix))
        for piece in pieces:
            if prefix + piece.text in seen:
                # The tokens that are remembered are those of the first with this text.
                continue
            seen.add(prefix + piece.text)
            ids = engine.ids(context, prefix + piece.text)
            gaps.append(abs(plain.logprob(ids, len(ids) - before) - piece.logprob))
    figures["logprob_gap"] = max(gaps)

    sure = FullPieces.load(spec_of(source, temperature=0.0))
    same = 0
    for prefix, _ in said.expansions:
        (pieces,) = result(
            sure.run([Expand(context=context, prefixes=(prefix,), counts=(1,))])[0]
        ).result
        ids = sure.ids(context, prefix)
        wanted = plain.generate(ids, 1, greedy=True)
        # A piece may be some tokens longer or shorter, to end on a whole character.
        mine = sure.ids(context, prefix + pieces[0].text)[len(ids) :]
        same += all(one == other for one, other in zip(mine, wanted, strict=False))
    figures["greedy_equal"] = same / len(said.expansions)
    return figures | through(source, context.prompt, said)


def through(source: Path, prompt: str, direct: Answer) -> dict[str, float]:
    """Measures the same answer through a process, and how many of its pieces are the same.

    The processor's time is the other process's, so only seconds are told.
    """
    model = LocalModel(spec_of(source), name="measured", engine=NAME)
    figures: dict[str, float] = {}
    with closing(model):
        model.describe()
        for text in ("warm", prompt):
            asked = Prompt(text=text, question=Question(text="?"), sources=())
            with closing(model.session(asked)) as session, clock(figures, "process"):
                said = answer(Through(session))
    del figures["process_cpu_seconds"]
    pairs = zip(
        (piece.text for _, pieces in direct.expansions for piece in pieces),
        (piece.text for _, pieces in said.expansions for piece in pieces),
        strict=True,
    )
    equal = [one == other for one, other in pairs]
    figures["process_equal"] = sum(equal) / len(equal)
    return figures


def mixed(source: Path, scratch: Path) -> dict[str, float]:
    """Runs three asks under three adapters at once and one by one."""
    figures: dict[str, float] = {}
    found: dict[str, list[Done]] = {}
    folders = {name: adapter(scratch / name, source, at) for at, name in enumerate(("a1", "b2"))}
    for way in ("together", "one_by_one"):
        engine = FullPieces.load(spec_of(source))
        for name, folder in folders.items():
            engine.add_adapter(name, folder)
        prompts = [prompt_of(engine, PROMPT_TOKENS - 100 * at) for at in range(3)]
        contexts = [
            Context(prompt=prompt, adapter=name)
            for prompt, name in zip(prompts, ("", *folders), strict=True)
        ]
        jobs: list[Job] = []
        for context in contexts:
            jobs.append(Expand(context=context, prefixes=("",), counts=(9,)))
            for principle in PRINCIPLES:
                check = numbered.check(principle)
                drafts = ("It does.", "No such thing is said.")
                jobs.append(YesNo(context=context, texts=drafts, question=check))
        with clock(figures, way):
            runs = [jobs] if way == "together" else [[job] for job in jobs]
            found[way] = [
                result(one) for one in itertools.chain.from_iterable(map(engine.run, runs))
            ]
    equal = 0
    gaps = [0.0]
    for one, other in zip(found["together"], found["one_by_one"], strict=True):
        if isinstance(one.result[0], float):
            gaps.extend(abs(a - b) for a, b in zip(one.result, other.result, strict=True))
        else:
            texts = [[piece.text for piece in side.result[0]] for side in (one, other)]
            equal += texts[0] == texts[1]
    figures["asks_equal"] = equal / 3
    figures["mixed_odds_gap"] = max(gaps)
    return figures


def main() -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--model", type=Path, default=BUILT_IN, help="a folder with a model")
    model = parser.parse_args().model
    with tempfile.TemporaryDirectory() as scratch:
        known = (model / "config.json").is_file()
        source = model if known else random_model(Path(scratch) / "model")
        figures = compare(source) | mixed(source, Path(scratch))
    title = f"One answer by {model.name if known else 'a random Llama of the same size'}"
    table = Table(title=f"{title}, {torch.get_num_threads()} threads")
    for column in ("", "treadle", "plain, or one by one"):
        table.add_column(column)
    beside = {
        f"{one}_{unit}": f"{other}_{unit}"
        for one, other in (("treadle", "plain"), ("together", "one_by_one"))
        for unit in ("seconds", "cpu_seconds")
    }
    for key, value in figures.items():
        if key not in beside.values():
            other = f"{figures[beside[key]]:,.2f}" if key in beside else ""
            table.add_row(key.replace("_", " "), f"{value:,.4g}", other)
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    kept = {"model": model.name if known else "random", "threads": torch.get_num_threads()}
    RESULTS.write_text(json.dumps(kept | figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
