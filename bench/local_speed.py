"""How fast a local model writes and judges an answer, beside the straightforward loop.

    python -m bench.local_speed [--model FOLDER]

One answer as the search asks for it: 72 pieces of 32 tokens after a prompt of 1,000 tokens,
level by level, and three yes/no questions about each draft. The baseline calls `generate` for
each expansion and runs a full forward pass for each question, over the very same drafts. Then
three asks at once, one without an adapter and two with different ones, against one by one.
Without a model, and where none is built in, a random Llama of the built-in one's size is used:
speed does not depend on what weights say.
"""

import argparse
import itertools
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from app.domain import Piece
from app.layouts import numbered
from app.models.engine import Engine
from app.models.jobs import Context, Done, Expand, Job, ModelSpec, YesNo
from app.weave.search import SearchConfig, weave

PROMPT_TOKENS = 1000
PIECES = 72
PIECE_TOKENS = 32
PRINCIPLES = (
    "Does the answer quote the sources?",
    "Does the answer address the question?",
    "Is the answer short?",
)
TEMPERATURE, TOP_P = 0.8, 0.95
BUILT_IN = Path(__file__).parents[1] / "app/models/bobbin"
RESULTS = Path(__file__).parent / "results" / "local_speed.json"
TEXTS = sorted((Path(__file__).parents[1] / "app").rglob("*.py"))


def random_model(folder: Path) -> Path:
    """Saves a random Llama with a tokenizer of the built-in model's sizes."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=4096,
        special_tokens=["<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator((path.read_text("utf-8") for path in TEXTS), trainer)
    words = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<eos>")
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=4096,
        hidden_size=256,
        intermediate_size=384,
        num_hidden_layers=5,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        initializer_range=0.08,
        eos_token_id=words.eos_token_id,
        bos_token_id=None,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def adapter(folder: Path, base: Path, seed: int) -> Path:
    """Saves a random adapter."""
    torch.manual_seed(seed)
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base),
        LoraConfig(r=8, target_modules="all-linear", task_type="CAUSAL_LM"),
    )
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    model.save_pretrained(folder)
    return folder


def open_engine(source: Path, temperature: float = TEMPERATURE) -> Engine:
    """Loads a model whose pieces all have their full length, as the task says."""
    engine = Engine.load(
        ModelSpec(
            source=str(source), piece_tokens=PIECE_TOKENS, temperature=temperature, top_p=TOP_P
        )
    )
    engine.wording.ends = frozenset()
    return engine


def prompt_of(engine: Engine, tokens: int) -> str:
    """Returns text of about that many tokens."""
    text = " ".join(" ".join(path.read_text("utf-8") for path in TEXTS[:10]).split())
    ids = engine.wording.after(text)[:tokens]
    return engine.wording.said((), ids)


def result(found: object) -> Done:
    """Returns a result that must be one.

    Raises:
        RuntimeError: it is an error.
    """
    if not isinstance(found, Done):
        raise RuntimeError(f"the engine failed: {found}")
    return found


@dataclass(kw_only=True)
class Answer:
    """What a search asked for: expansions with their pieces, and the drafts with their odds."""

    expansions: list[tuple[str, list[Piece]]] = field(default_factory=list)
    odds: dict[str, list[float]] = field(default_factory=dict)


def answer(engine: Engine, context: Context) -> Answer:
    """Searches once."""
    said = Answer()

    def expand(prefixes: object, counts: object) -> object:
        job = Expand(context=context, prefixes=tuple(prefixes), counts=tuple(counts))
        found = result(engine.run([job])[0]).result
        said.expansions.extend(
            (prefix, list(pieces)) for prefix, pieces in zip(job.prefixes, found, strict=True)
        )
        return found

    def score(texts: object) -> list[float]:
        drafts = tuple(texts)
        jobs = [
            YesNo(context=context, texts=drafts, question=numbered.check(principle))
            for principle in PRINCIPLES
        ]
        columns = [result(found).result for found in engine.run(jobs)]
        for draft, *odds in zip(drafts, *columns, strict=True):
            said.odds[draft] = odds
        return [sum(said.odds[draft]) for draft in drafts]

    weave(context.prompt, expand=expand, score=score, config=SearchConfig(budget=PIECES, seed=0))
    return said


class Plain:
    """The straightforward loop."""

    def __init__(self, source: Path, dtype: str) -> None:
        self.model = AutoModelForCausalLM.from_pretrained(source, dtype=getattr(torch, dtype))
        self.model.eval()
        # As in the engine here: the end is a token like any other.
        self.model.generation_config.eos_token_id = None

    @torch.inference_mode()
    def generate(self, ids: tuple[int, ...], count: int, *, greedy: bool = False) -> list[int]:
        """Continues a text by `count` samples; returns the first one's new tokens."""
        tokens = torch.tensor([ids])
        options = (
            {"do_sample": False}
            if greedy
            else {"do_sample": True, "temperature": TEMPERATURE, "top_p": TOP_P, "top_k": 0}
        )
        out = self.model.generate(
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=PIECE_TOKENS,
            num_return_sequences=count,
            pad_token_id=0,
            **options,
        )
        found: list[int] = out[0, len(ids) :].tolist()
        return found

    @torch.inference_mode()
    def last(self, ids: tuple[int, ...]) -> torch.Tensor:
        """Returns the logits after a text, [1, vocabulary]."""
        logits: torch.Tensor = self.model(
            input_ids=torch.tensor([ids]), use_cache=False, logits_to_keep=1
        ).logits
        return logits[:, -1]

    @torch.inference_mode()
    def logprob(self, ids: tuple[int, ...], own: int) -> float:
        """Returns the log-probability of a text's last `own` tokens."""
        tokens = torch.tensor([ids])
        said = self.model(input_ids=tokens, use_cache=False).logits[0].log_softmax(-1)
        return float(said[-own - 1 : -1].gather(-1, tokens[0, -own:, None]).sum())


@contextmanager
def clock(figures: dict[str, float], name: str) -> Iterator[None]:
    """Notes the seconds that a block takes, and the processor's, which others cannot lengthen."""
    started, worked = time.perf_counter(), time.process_time()
    yield
    figures[f"{name}_seconds"] = time.perf_counter() - started
    figures[f"{name}_cpu_seconds"] = time.process_time() - worked


def compare(source: Path) -> dict[str, float]:
    """Measures one answer both ways, and how far results are apart."""
    engine = open_engine(source)
    plain = Plain(source, engine.dtype)
    context = Context(prompt=prompt_of(engine, PROMPT_TOKENS))
    # Once unmeasured: what is set up at the first call is set up for both.
    warm = Context(prompt="warm")
    answer(engine, warm)
    plain.generate(engine.ids(warm, ""), 9)
    figures: dict[str, float] = {"prompt_tokens": len(engine.ids(context, ""))}

    inside = engine.seconds
    with clock(figures, "treadle"):
        said = answer(engine, context)
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

    sure = open_engine(source, temperature=0.0)
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
    return figures


def mixed(source: Path, scratch: Path) -> dict[str, float]:
    """Runs three asks under three adapters at once and one by one."""
    figures: dict[str, float] = {}
    found: dict[str, list[Done]] = {}
    folders = {name: adapter(scratch / name, source, at) for at, name in enumerate(("a1", "b2"))}
    for way in ("together", "one_by_one"):
        engine = open_engine(source)
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
