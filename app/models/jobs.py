"""What the engine of a local model is asked to do, as values that can cross processes."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import Piece, Usage
from app.layouts.formats import Format


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSpec:
    """Which model to load, and how to run it.

    `source` is a folder or an id on the hub, `revision` its commit there. `device` and
    `dtype` may be "auto". A piece has at most `piece_tokens` tokens, and ends sooner after
    `stop`, if that is not empty, or where the model ends its text. `rows` is the most texts
    in one batch, `cache_tokens` the most tokens of prompts and drafts whose caches are kept.
    Of `tries` whole texts one has to have the format that is asked for.
    """

    source: str
    revision: str = ""
    device: str = "auto"
    dtype: str = "auto"
    threads: int = 0
    rows: int = 64
    cache_tokens: int = 65_536
    piece_tokens: int = 32
    temperature: float = 0.8
    top_p: float = 0.95
    stop: str = ""
    tries: int = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What jobs of one ask share: the prompt, what an answer opens with where the model has
    no chat template, the adapter's name ("" for none), and the seed of all sampling.

    `number` tells asks apart that are the same to the letter: none is to get its samples
    where another one has stopped.
    """

    prompt: str
    opening: str = ""
    adapter: str = ""
    seed: int = 0
    number: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Expand:
    """Sample `counts[i]` pieces after `prefixes[i]`; gives a tuple of pieces for each."""

    context: Context
    prefixes: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class YesNo:
    """Ask a question about each text; gives log-odds of yes against no, in nats."""

    context: Context
    texts: tuple[str, ...]
    question: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Logprob:
    """Measure each text as the whole answer; gives log-probabilities in nats, end included."""

    context: Context
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Sample a whole text of at most `tokens` tokens, held to a format; gives one piece."""

    context: Context
    format: Format
    tokens: int


Job = Expand | YesNo | Logprob | Form
Result = Sequence[Sequence[Piece]] | Sequence[float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A job's result, and the tokens that it cost."""

    result: Result
    usage: Usage
