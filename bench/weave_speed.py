"""Where the time of a reply goes: how much of it is the model's, and what it need not read again.

    python -m bench.weave_speed [--runs 3] [--model NAME] [--model-url URL]

The flows run in this process against the playground, from a person's comment to the posted reply,
with a question to this repository's own text each time. Inside the model is the time that a
draft waits for it: sampling, judging, and what it takes to ask it, which for a local one is a
process of its own. What a question about a draft reads of the prompt was read before, and is
looked up: tokens are counted both ways. Without a model named these are bobbin, which is so small
that all else weighs, and a random one of its size that writes text and is asked about it by the
usual principles, as any set model is, with a third of the usual pieces.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from app import logs
from app.bootstrap.building import build
from app.domain import Usage
from app.github.client import connect
from app.local import bot_environment, free_port
from app.models.catalogue import BOBBIN
from app.ports.models import ModelSession
from app.settings import load
from app.store import migrate
from bench.random_model import random_model
from bench.reply import asked, lift_limit, town

RESULTS = Path(__file__).parent / "results" / "weave_speed.json"
QUESTIONS = (
    "How do I run the tests?",
    "Which model answers where none is set?",
    "How is the signature of a delivery checked?",
    "Where does the dictionary of phrases come from?",
    "How do I forget everything about a repository?",
    "What does the worker do when it is stopped?",
)
RANDOM = "a random model"
NAMES = {
    "expand": "sampling",
    "yes_no": "questions about drafts",
    "logprob": "probabilities of sentences",
}
KINDS = tuple(NAMES)


@dataclass(kw_only=True, slots=True)
class Spent:
    """What the calls of one kind came to: seconds waited, texts, and tokens."""

    calls: int = 0
    texts: int = 0
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)


class Watch:
    """Adds up what each kind of call to a model takes and reads."""

    def __init__(self) -> None:
        self.spent: dict[str, Spent] = {kind: Spent() for kind in KINDS}

    def watched(self, session: ModelSession) -> ModelSession:
        """Returns a session that is watched."""
        return Watched(session, self)  # type: ignore[return-value]


class Watched:
    """Forwards to a session and tells a watch what each call took."""

    def __init__(self, inner: ModelSession, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name == "again":
            return lambda prompt: self._watch.watched(found(prompt))
        if name not in KINDS:
            return found
        spent = self._watch.spent[name]

        def call(texts: Sequence[str], *rest: Any) -> Any:
            before, start = self._inner.usage, time.perf_counter()
            try:
                return found(texts, *rest)
            finally:
                spent.seconds += time.perf_counter() - start
                spent.calls += 1
                spent.texts += len(texts)
                spent.usage += _less(self._inner.usage, before)

        return call


def _less(after: Usage, before: Usage) -> Usage:
    return Usage(
        read=after.read - before.read,
        cached=after.cached - before.cached,
        written=after.written - before.written,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One reply: its seconds from comment to post, and what went to the model by kind of call."""

    seconds: float
    spent: Mapping[str, Spent]

    @property
    def inside(self) -> float:
        """The share of the time, in [0, 1], that was spent waiting for the model."""
        return sum(one.seconds for one in self.spent.values()) / self.seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="of each question")
    parser.add_argument("--questions", type=int, help="the first so many")
    parser.add_argument("--model", help="as TREADLE_MODEL; bobbin and a random one without it")
    parser.add_argument("--model-url", default="", help="as TREADLE_MODEL_URL")
    options = parser.parse_args(arguments)
    logs.configure("warning")
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as folder:
        models = {options.model: {"model": options.model, "model_url": options.model_url}}
        if not options.model:
            made = str(random_model(Path(folder) / "random"))
            writes = {"model": made, "model_prompt_tokens": 1000, "model_pieces": 24}
            models = {BOBBIN: {"model": BOBBIN}, RANDOM: writes}
        figures = {}
        for name, settings in models.items():
            every = QUESTIONS[: options.questions] * options.runs
            figures[name] = measured(settings, every, console)
            console.print(table(name, figures[name]))
    if not options.model:
        RESULTS.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def measured(
    settings: Mapping[str, Any], questions: Sequence[str], console: Console
) -> dict[str, Any]:
    """Returns the figures of one model."""
    with _asking(settings) as reply:
        # The first builds the index and loads the model.
        reply(QUESTIONS[0])
        going = track(questions, "replies", console=console)
        return summary([reply(words) for words in going])


@contextmanager
def _asking(changed: Mapping[str, Any]) -> Iterator[Callable[[str], Reply]]:
    """Yields what has a question asked and answered."""
    with (
        tempfile.TemporaryDirectory() as folder,
        town("http://127.0.0.1:9/") as (playground, wren),
    ):
        lift_limit(playground)
        environment = bot_environment(
            playground,
            data=Path(folder),
            port=0,
            admin_port=free_port(),
            admin_token="benchmark-token",
            model=changed["model"],
        )
        settings = load(environment, **changed)
        migrate(settings)
        bot = build(settings, github=connect(settings))
        opened: Any = bot.model.opened()
        plain = opened.session
        try:

            def reply(words: str) -> Reply:
                work = asked(bot, playground, wren, f"/ask {words}")
                watch = Watch()
                opened.session = lambda *given, **named: watch.watched(plain(*given, **named))
                start = time.perf_counter()
                work()
                return Reply(seconds=time.perf_counter() - start, spent=watch.spent)

            yield reply
        finally:
            bot.close()


def summary(replies: Sequence[Reply]) -> dict[str, Any]:
    """Returns the figures: medians of times and shares, and sums of calls and tokens."""
    kinds = {}
    for kind in KINDS:
        some = [one.spent[kind] for one in replies]
        usage = sum((one.usage for one in some), Usage())
        kinds[kind] = {
            "calls": sum(one.calls for one in some) / len(replies),
            "texts": sum(one.texts for one in some) / len(replies),
            "seconds": round(statistics.median(one.seconds for one in some), 4),
            "read": usage.read / len(replies),
            "computed": (usage.read - usage.cached) / len(replies),
            "written": usage.written / len(replies),
        }
    return {
        "replies": len(replies),
        "seconds": round(statistics.median(one.seconds for one in replies), 3),
        "inside": round(statistics.median(one.inside for one in replies), 3),
        "inside_least": round(min(one.inside for one in replies), 3),
        "kinds": kinds,
    }


def table(name: str, figures: Mapping[str, Any]) -> Table:
    """Shows the figures of a model, a row for each kind of call."""
    replies, seconds, inside = (figures[key] for key in ("replies", "seconds", "inside"))
    table = Table(
        title=f"{replies} replies by {name}: {seconds:.2f} s each, {inside:.0%} of it inside"
        " the model (medians)"
    )
    for title in ("calls of a reply", "", "texts", "s", "tokens to read", "computed", "looked up"):
        table.add_column(title, justify="left" if title == "calls of a reply" else "right")
    for kind, row in figures["kinds"].items():
        table.add_row(
            NAMES[kind],
            f"{row['calls']:.1f}",
            f"{row['texts']:.0f}",
            f"{row['seconds']:.2f}",
            f"{row['read']:,.0f}",
            f"{row['computed']:,.0f}",
            f"{1 - row['computed'] / row['read']:.1%}" if row["read"] else "",
        )
    return table


if __name__ == "__main__":
    main()
