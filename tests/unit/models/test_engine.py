import math
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from app.domain import Piece
from app.errors import TooLong, TransientError, UserError
from app.layouts.templates import fill, template
from app.models.engine import Engine
from app.models.grouped_rows import GroupedWay
from app.models.jobs import Context, Done, Expand, Job, Logprob, ModelSpec, YesNo
from app.models.shared_rows import SharedWay
from tests.tiny_models import KINDS, TEMPLATE, save_adapter, save_model

PROMPT = "The server listens on port 8080. Set HOST to listen. Where does it listen?"
OTHER = "Does it listen on another address?"
QUESTION = "\nIs it so?\n"
Make = Callable[..., Engine]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    root = tmp_path_factory.mktemp("models")

    def folder(name: str) -> Path:
        path = root / name
        if path.exists():
            return path
        kind, _, rest = name.partition("+")
        if rest.startswith("adapter"):
            return save_adapter(path, folder(kind), seed=len(rest))
        return save_model(
            path, kind, template=TEMPLATE if rest == "chat" else "", every_byte=rest == "bytes"
        )

    return folder


@pytest.fixture
def make(folders: Callable[[str], Path]) -> Make:
    def engine(name: str = "llama", **spec: object) -> Engine:
        chosen = {"temperature": 0.0, "piece_tokens": 8} | spec
        return Engine.load(ModelSpec(source=str(folders(name)), **chosen))

    return engine


class Plain:
    """The model as transformers runs it, without anything kept or shared."""

    def __init__(self, folder: Path, adapter: Path | None = None) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder)
        self.model = (
            model if adapter is None else PeftModel.from_pretrained(model, adapter)
        ).eval()

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)

    @torch.inference_mode()
    def said(self, ids: Sequence[int]) -> torch.Tensor:
        """Log-probabilities after each token, [tokens, vocabulary]."""
        return self.model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)

    @torch.inference_mode()
    def greedy(self, ids: list[int], most: int) -> tuple[str, float]:
        tokens = torch.tensor([ids])
        out = self.model.generate(
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=most,
            do_sample=False,
            pad_token_id=self.tokenizer.eos_token_id,
        )[0].tolist()[len(ids) :]
        return self.tokenizer.decode(out, skip_special_tokens=True), self.logprob(ids, out)

    def logprob(self, before: Sequence[int], ids: Sequence[int]) -> float:
        said = self.said([*before, *ids])[len(before) - 1 : -1]
        return float(said[range(len(ids)), ids].sum())

    def odds(self, ids: Sequence[int]) -> float:
        last = self.said(ids)[-1]
        sides: dict[str, list[int]] = {"yes": [], "no": []}
        for entry in range(len(self.tokenizer)):
            sides.get(self.tokenizer.decode([entry]).strip().lower(), []).append(entry)
        return float(last[sides["yes"]].logsumexp(0) - last[sides["no"]].logsumexp(0))


def done(engine: Engine, *jobs: Job) -> list[Done]:
    results = engine.run(jobs)
    assert all(isinstance(result, Done) for result in results), results
    return list(results)


def expand(engine: Engine, context: Context, *prefixes: str, count: int = 1) -> list[list[Piece]]:
    (found,) = done(
        engine, Expand(context=context, prefixes=prefixes, counts=(count,) * len(prefixes))
    )
    return [list(pieces) for pieces in found.result]


@pytest.mark.parametrize("kind", KINDS)
def test_equals_plain_generate_and_plain_forward_passes(
    kind: str, make: Make, folders: Callable[[str], Path]
) -> None:
    engine, plain = make(kind), Plain(folders(kind))
    contexts = [Context(prompt=PROMPT), Context(prompt=OTHER, opening=" So:")]
    starts = [PROMPT, f"{OTHER} So:"]
    texts = ("Yes, it does", " no", "The answer is that it listens on port 8080 and another")
    jobs: list[Job] = []
    for context in contexts:
        jobs.append(Expand(context=context, prefixes=("", texts[0]), counts=(2, 1)))
        jobs.append(YesNo(context=context, texts=texts, question=QUESTION))
        jobs.append(Logprob(context=context, texts=texts))
    results = done(engine, *jobs)
    for at, start in enumerate(starts):
        pieces, odds, whole = (result.result for result in results[3 * at : 3 * at + 3])
        ids = plain.ids(start)
        for given, found in zip(("", texts[0]), pieces, strict=True):
            # The texts are read apart, as a prompt and what was sampled after it are.
            text, logprob = plain.greedy([*ids, *plain.ids(given)], 8)
            assert [piece.text for piece in found] == [text] * len(found)
            for piece in found:
                assert piece.logprob == pytest.approx(logprob, rel=1e-4)
        for text, got, total in zip(texts, odds, whole, strict=True):
            own = plain.ids(text)
            wanted = plain.odds([*ids, *own, *plain.ids(QUESTION)])
            assert got == pytest.approx(wanted, rel=1e-3, abs=1e-3)
            ended = [*own, plain.tokenizer.eos_token_id]
            assert total == pytest.approx(plain.logprob(ids, ended), rel=1e-4)


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("llama", SharedWay),
        ("llama-grouped", SharedWay),
        ("qwen2", SharedWay),
        ("gpt2", SharedWay),
        ("mistral", GroupedWay),
        ("gemma2", GroupedWay),
        ("bloom", GroupedWay),
        ("mamba", GroupedWay),
    ],
)
def test_takes_the_fast_way_where_a_model_allows_it(kind: str, way: type, make: Make) -> None:
    assert isinstance(make(kind)._tools.reader.way, way)


@pytest.mark.parametrize("kind", ["llama-grouped", "mistral"])
def test_goes_on_in_pieces_as_in_one(kind: str, make: Make, folders: Callable[[str], Path]) -> None:
    engine, plain = make(kind, piece_tokens=4), Plain(folders(kind))
    context = Context(prompt=PROMPT)
    text, logprob = "", 0.0
    for _ in range(5):
        ((piece,),) = expand(engine, context, text)
        text, logprob = text + piece.text, logprob + piece.logprob
        if piece.finished:
            break
    wanted, wanted_logprob = plain.greedy(plain.ids(PROMPT), 20)
    assert text == wanted
    assert logprob == pytest.approx(wanted_logprob, rel=1e-4)


def test_keeps_tokens_as_they_were_sampled(make: Make) -> None:
    """A sampled text is measured by its own tokens, not by those of its text read anew."""
    engine = make(temperature=1.5, top_p=1.0, piece_tokens=12)
    context = Context(prompt=PROMPT)
    (pieces,) = expand(engine, context, "", count=16)
    finished = [piece for piece in pieces if piece.finished]
    sampled = engine._tools.trails.of(context).texts
    reread = [text for text, ids in sampled.items() if ids != tuple(_ids(engine, text))]
    assert reread, "some text must be one that is read otherwise than it was sampled"
    texts = tuple(piece.text for piece in pieces)
    (whole,) = done(engine, Logprob(context=context, texts=texts))
    for piece, total in zip(pieces, whole.result, strict=True):
        if piece in finished:
            assert total == pytest.approx(piece.logprob, rel=1e-4)
        else:
            assert total < piece.logprob


def _ids(engine: Engine, text: str) -> list[int]:
    return engine._loaded.tokenizer.encode(text, add_special_tokens=False)


def test_an_adapter_has_a_cache_of_its_own(make: Make, folders: Callable[[str], Path]) -> None:
    """Another adapter's cache gives other scores; the engine's are those of a plain pass."""
    engine = make("llama")
    engine.add_adapter("first", folders("llama+adapter"))
    base, first = Context(prompt=PROMPT), Context(prompt=PROMPT, adapter="first")
    ask = {"texts": ("It listens.",), "question": QUESTION}
    plain = Plain(folders("llama"), folders("llama+adapter"))
    wanted = plain.odds([*plain.ids(PROMPT), *plain.ids("It listens."), *plain.ids(QUESTION)])
    (before,) = done(engine, YesNo(context=base, **ask))
    (after,) = done(engine, YesNo(context=first, **ask))
    assert before.result[0] != pytest.approx(wanted, abs=1e-2)
    assert after.result[0] == pytest.approx(wanted, abs=1e-3)

    shelf = engine._tools.reader.shelf
    ids = engine._tools.trails.of(base).ids
    wrong, right = shelf.stem("", ids), shelf.stem("first", ids)
    assert wrong is not None and right is not None
    shelf._kept["first", ids].stem = type(right)(adapter="first", ids=ids, cache=wrong.cache)
    shelf._kept["first", ids].tails.clear()
    (confused,) = done(engine, YesNo(context=first, **ask))
    assert confused.result[0] != pytest.approx(wanted, abs=1e-2)


def test_mixes_asks_and_adapters_without_confusing_them(
    make: Make, folders: Callable[[str], Path]
) -> None:
    def loaded() -> Engine:
        engine = make("llama", temperature=0.9)
        engine.add_adapter("one", folders("llama+adapter"))
        engine.add_adapter("two", folders("llama+adapter-2"))
        return engine

    contexts = [
        Context(prompt=prompt, adapter=adapter, seed=at)
        for at, (prompt, adapter) in enumerate(
            [(PROMPT, ""), (PROMPT, "one"), (PROMPT, "two"), (OTHER, "two"), (OTHER, "")]
        )
    ]
    jobs: list[Job] = []
    for context in contexts:
        jobs.append(Expand(context=context, prefixes=("", " Yes, it"), counts=(3, 2)))
        jobs.append(YesNo(context=context, texts=("no", "It listens."), question=QUESTION))
        jobs.append(Logprob(context=context, texts=("yes", "It does not.")))
    together = done(loaded(), *jobs)
    alone = loaded()
    for job, found in zip(jobs, together, strict=True):
        (single,) = done(alone, job)
        if isinstance(job, Expand):
            for some, others in zip(found.result, single.result, strict=True):
                assert [piece.text for piece in some] == [piece.text for piece in others]
        else:
            assert found.result == pytest.approx(single.result, abs=1e-3)
    firsts = [result.result for result in together[1::3]]
    assert len({round(values[1], 3) for values in firsts}) == len(contexts)


def test_what_is_kept_is_never_changed_by_use(make: Make) -> None:
    engine = make(temperature=0.9)
    context = Context(prompt=PROMPT)
    expand(engine, context, "", " Yes", count=3)
    (kept,) = engine._tools.reader.shelf._kept.values()
    layers = [kept.stem.cache, *kept.tails.values()]
    before = [(keys.clone(), values.clone()) for one in layers for keys, values in one]
    expand(engine, context, "", " Yes", " no", count=4)
    done(engine, YesNo(context=context, texts=(" Yes", "no"), question=QUESTION))
    after = [pair for one in layers for pair in one]
    assert all(
        torch.equal(keys, keys_after) and torch.equal(values, values_after)
        for (keys, values), (keys_after, values_after) in zip(before, after, strict=True)
    )


def test_samples_depend_on_the_seed_the_text_and_the_number_alone(make: Make) -> None:
    context = Context(prompt=PROMPT, seed=5)
    engine = make(temperature=1.0)
    (pieces,) = expand(engine, context, "", count=6)
    texts = [piece.text for piece in pieces]
    assert len(set(texts)) > 1

    crowd = make(temperature=1.0, rows=4)
    jobs = [
        Expand(context=Context(prompt=OTHER), prefixes=("",), counts=(5,)),
        Expand(context=context, prefixes=("no", ""), counts=(1, 4)),
    ]
    first = done(crowd, *jobs)[1].result[1]
    ((*second,),) = expand(crowd, context, "", count=2)
    assert [piece.text for piece in (*first, *second)] == texts

    (others,) = expand(make(temperature=1.0), Context(prompt=PROMPT, seed=6), "", count=6)
    assert [piece.text for piece in others] != texts


def test_pieces_end_on_whole_characters(make: Make) -> None:
    engine = make("llama+bytes", temperature=2.0, top_p=1.0, piece_tokens=3)
    context = Context(prompt=PROMPT)
    (pieces,) = expand(engine, context, "", count=64)
    trail = engine._tools.trails.of(context)
    cut = 0
    for piece in pieces:
        ids = trail.texts[piece.text]
        assert len(ids) <= 6
        raw = engine._loaded.tokenizer.decode(list(ids))
        assert piece.text == (raw if not piece.finished else raw.rstrip("\ufffd"))
        cut += piece.text.endswith("\ufffd")
        if piece.text.endswith("\ufffd"):
            # Only where the bytes that the model chose never make a character.
            texts = [engine._loaded.tokenizer.decode(list(ids[:at])) for at in range(1, len(ids))]
            assert all(text.endswith("\ufffd") for text in texts)
    assert cut < len(pieces) / 4


def test_a_piece_ends_after_the_stop_text(make: Make) -> None:
    context = Context(prompt=PROMPT)
    free = make(temperature=1.0, piece_tokens=24)
    (pieces,) = expand(free, context, "", count=8)
    stop = next(piece.text[6] for piece in pieces if len(piece.text) > 8)
    (ended,) = expand(make(temperature=1.0, piece_tokens=24, stop=stop), context, "", count=8)
    for piece, whole in zip(ended, pieces, strict=True):
        assert whole.text.startswith(piece.text)
        if stop in whole.text:
            assert stop in piece.text
            assert stop not in piece.text[: whole.text.index(stop)]
            assert len(piece.text) - whole.text.index(stop) <= 8
    assert any(piece.text != whole.text for piece, whole in zip(ended, pieces, strict=True))


def test_counts_what_was_read_and_what_was_kept(make: Make) -> None:
    engine = make(piece_tokens=4)
    context = Context(prompt=PROMPT)
    size = len(_ids(engine, PROMPT))
    (first,) = done(engine, Expand(context=context, prefixes=("",), counts=(3,)))
    pieces = first.result[0]
    # The prompt once, and its last token in each of three rows.
    assert first.usage.read == 3 * size
    assert first.usage.read - first.usage.cached == size - 1 + 3
    assert first.usage.written == 12 or pieces[0].finished
    own = len(engine._tools.trails.of(context).texts[pieces[0].text])
    (asked,) = done(engine, YesNo(context=context, texts=(pieces[0].text,), question=QUESTION))
    question = len(_ids(engine, QUESTION))
    assert asked.usage.read == size + own + question
    # Only the last sampled token and the question are new.
    assert asked.usage.read - asked.usage.cached == 1 + question


def test_forgets_an_ask(make: Make) -> None:
    engine = make(temperature=1.0)
    context, twin = Context(prompt=PROMPT, seed=1), Context(prompt=PROMPT, seed=2)
    (first,) = expand(engine, context, "", count=3)
    expand(engine, twin, "")
    engine.forget(context)
    assert engine._tools.reader.shelf.tokens > 0, "the twin goes on with the same prompt"
    engine.forget(twin)
    engine.forget(twin)
    assert engine._tools.reader.shelf.tokens == 0
    (again,) = expand(engine, context, "", count=3)
    assert [piece.text for piece in again] == [piece.text for piece in first]


def test_keeps_no_more_tokens_than_it_may(make: Make) -> None:
    engine = make(cache_tokens=200, temperature=1.0)
    (wanted,) = expand(make(temperature=1.0), Context(prompt=PROMPT), "", count=2)
    for round_ in range(4):
        for number in range(6):
            context = Context(prompt=f"{PROMPT} {number}")
            ((piece, *_),) = expand(engine, context, "", count=4)
            expand(engine, context, piece.text)
            assert engine._tools.reader.shelf.tokens <= 200, round_
    (found,) = expand(engine, Context(prompt=PROMPT), "", count=2)
    assert [piece.text for piece in found] == [piece.text for piece in wanted]


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_says_that_a_prompt_is_too_long(kind: str, make: Make) -> None:
    engine = make(kind)
    long, short = Context(prompt=PROMPT * 40), Context(prompt=PROMPT)
    bad, good = engine.run(
        [
            Expand(context=long, prefixes=("",), counts=(1,)),
            Expand(context=short, prefixes=("",), counts=(1,)),
        ]
    )
    assert isinstance(good, Done)
    assert isinstance(bad, TooLong) and "TREADLE_MODEL_PROMPT_TOKENS" in str(bad)
    (bad,) = engine.run([YesNo(context=short, texts=("no " * 600,), question=QUESTION)])
    assert isinstance(bad, TooLong) and "TREADLE_MODEL_PROMPT_TOKENS" in str(bad)


def test_pieces_fill_the_model_and_then_none_follow(make: Make) -> None:
    engine = make(piece_tokens=300)
    context = Context(prompt=PROMPT)
    text = "no " * 200
    ((piece,),) = expand(engine, context, text)
    assert not piece.finished
    ids = engine._tools.trails.of(context).texts[text + piece.text]
    assert len(_ids(engine, PROMPT)) + len(ids) == 512
    assert expand(engine, context, text + piece.text) == [[]]


def test_no_character_is_completed_past_the_models_end(make: Make) -> None:
    """GPT-2 has no position after its last one: reading there is an error."""
    engine = make("gpt2+bytes", temperature=3.0, top_p=1.0)
    context = Context(prompt="a" * 508)
    size = len(engine.ids(context, ""))
    (pieces,) = expand(engine, context, "", count=64)
    longest = max(len(engine.ids(context, piece.text)) for piece in pieces)
    assert size < longest <= 512


def test_a_row_at_the_models_end_is_read_no_further_with_the_others(make: Make) -> None:
    engine = make("gpt2", temperature=1.0)
    long, short = Context(prompt="a" * 509), Context(prompt=PROMPT)
    assert len(engine.ids(long, "")) == 509
    jobs = [
        Expand(context=long, prefixes=("",), counts=(1,)),
        Expand(context=short, prefixes=("",), counts=(5,)),
    ]
    for found in engine.run(jobs):
        assert isinstance(found, Done)


def test_names_an_adapter_that_is_not_loaded(make: Make) -> None:
    context = Context(prompt=PROMPT, adapter="nobody")
    (error,) = make().run([Logprob(context=context, texts=("yes",))])
    assert isinstance(error, UserError) and "nobody" in str(error)


@pytest.mark.parametrize(
    "shortage",
    [
        MemoryError(),
        torch.OutOfMemoryError("out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
    ],
)
def test_halves_batches_that_do_not_fit(
    shortage: Exception, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context(prompt=PROMPT)
    (wanted,) = expand(make(temperature=1.0), context, "", count=9)
    engine = make(temperature=1.0)
    opened = engine._tools.reader.way.open
    sizes = []

    def narrow(rows: Sequence[object], room: int) -> object:
        sizes.append(len(rows))
        if len(rows) > 3:
            raise shortage
        return opened(rows, room)

    monkeypatch.setattr(engine._tools.reader.way, "open", narrow)
    (found,) = expand(engine, context, "", count=9)
    assert [piece.text for piece in found] == [piece.text for piece in wanted]
    # The prompt; nine do not fit, nor four; then two at a time, and so from then on.
    assert sizes == [1, 9, 4, 2, 2, 2, 2, 1]
    expand(engine, context, "", count=2)
    assert max(sizes[8:]) == 2


def test_says_when_one_row_does_not_fit(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make()

    def full(rows: Sequence[object], room: int) -> object:
        raise MemoryError

    monkeypatch.setattr(engine._tools.reader.way, "open", full)
    context = Context(prompt=PROMPT)
    (error,) = engine.run([Expand(context=context, prefixes=("",), counts=(2,))])
    assert isinstance(error, TransientError) and "memory" in str(error)


def test_other_errors_are_not_taken_for_a_shortage(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make()

    def broken(rows: Sequence[object], room: int) -> object:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine._tools.reader.way, "open", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        expand(engine, Context(prompt=PROMPT), "")


def test_asks_through_the_chat_template(make: Make, folders: Callable[[str], Path]) -> None:
    engine, plain = make("llama+chat"), Plain(folders("llama+chat"))
    assert engine.has_chat_template
    context = Context(prompt=OTHER, opening="never used")
    ((piece,),) = expand(engine, context, "")
    start = f"<|user|>{OTHER}<eos><|assistant|>"
    assert piece.text == plain.greedy(plain.ids(start), 8)[0]
    asked_as = fill(template("judge/reply"), {"question": "Is it so?"}).strip()
    (asked,) = done(engine, YesNo(context=context, texts=("It does.",), question=QUESTION))
    wanted = plain.odds(plain.ids(f"{start}It does.<eos><|user|>{asked_as}<eos><|assistant|>"))
    assert asked.result[0] == pytest.approx(wanted, abs=1e-3)


def test_log_odds_are_those_of_all_spellings(make: Make) -> None:
    engine = make()
    spellings = engine._tools.judge._spellings
    decode = engine._loaded.tokenizer.decode
    assert {decode([one]) for one in spellings.yes} >= {" yes"}
    assert {decode([one]).strip().lower() for one in (*spellings.yes, *spellings.no)} == {
        "yes",
        "no",
    }
    assert math.isfinite(
        done(engine, YesNo(context=Context(prompt=PROMPT), texts=("",), question=QUESTION))[
            0
        ].result[0]
    )


def test_describes_itself(make: Make, folders: Callable[[str], Path]) -> None:
    engine = make(threads=1)
    assert engine.name == str(folders("llama"))
    assert (engine.device, engine.dtype, engine.has_chat_template) == ("cpu", "float32", False)
    assert engine.context == 512
    assert engine.parameters == sum(
        weight.numel() for weight in AutoModelForCausalLM.from_pretrained(engine.name).parameters()
    )
