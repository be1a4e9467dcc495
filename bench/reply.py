"""From a question to its posted reply, end to end: web process, queue, worker, playground.

    python -m bench.reply --asks 30 --runs 3 [--model bobbin]

A person comments over HTTP; the clock stops when the bot's reply is on the thread. Beside it
stands an echo: a web process that checks the signature and posts a fixed text at once, with
no queue, no search and no block, which is the least that a bot can do. Our own share is the
time that the flows take less the time that they wait for GitHub, measured in one process. With
bobbin, which needs no network either, the time to a reply is measured and kept beside.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app import logs
from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.demo.people import Someone
from app.domain import Job
from app.errors import TreadleError
from app.github.client import connect
from app.local import Processes, bot_environment, free_port
from app.models.catalogue import BOBBIN, EXTRACT
from app.settings import Settings, load
from app.store import migrate
from app.webhooks.events import parse
from app.webhooks.select import select
from bench.echo import echoing
from playground.code import from_directory
from playground.server import Playground

RESULTS = Path(__file__).parent / "results" / "reply.json"
ROOT = Path(__file__).resolve().parent.parent
QUESTION = "/ask How do I run the tests?"


def main() -> None:
    """Runs the benchmark, prints its table and keeps it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asks", type=int, default=30)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--model",
        choices=(EXTRACT, BOBBIN),
        default=EXTRACT,
        help=f"what drafts; of {BOBBIN} the time to a reply alone is measured",
    )
    options = parser.parse_args()
    logs.configure("warning")
    console = Console()
    rows = []
    for run in range(options.runs):
        with console.status(f"Run {run + 1} of {options.runs} …"):
            rows.append(_run(options.model, options.asks))
    figures = {
        name: {
            measure: round(statistics.median(row[name][measure] for row in rows), 1)
            for measure in rows[0][name]
        }
        for name in rows[0]
    }
    table = Table(title=f"Question to reply, median of {options.runs} runs, milliseconds")
    for column in ("", "p50", "p95"):
        table.add_column(column)
    for name, measured in figures.items():
        if name != "own":
            table.add_row(name, str(measured["p50_ms"]), str(measured["p95_ms"]))
    console.print(table)
    if "own" in figures:
        figures["ratio"] = {
            "p50": round(figures["treadle"]["p50_ms"] / figures["echo"]["p50_ms"], 2),
            "own_share": round(figures["own"]["own_ms"] / figures["treadle"]["p50_ms"], 2),
        }
        console.print(
            f"Ratio to the echo {figures['ratio']['p50']}. Of a reply our own code takes "
            f"{figures['own']['own_ms']} ms, GitHub {figures['own']['github_ms']} ms in "
            f"{figures['own']['calls']:.0f} calls; own share {figures['ratio']['own_share']:.0%}."
        )
    RESULTS.parent.mkdir(exist_ok=True)
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(kept | figures, indent=2) + "\n", "utf-8")


def _run(model: str, asks: int) -> dict[str, dict[str, float]]:
    if model == BOBBIN:
        return {BOBBIN: _processes(asks, BOBBIN)}
    return {"treadle": _processes(asks, EXTRACT), "echo": _echo(asks), "own": _own(asks)}


@contextmanager
def town(hook_url: str | None) -> Iterator[tuple[Playground, Someone]]:
    """Yields a playground where the bot is installed on this repository, and who asks there."""
    files = from_directory(ROOT, ("*.md", "docs/**/*.md", "app/**/*.py", "Makefile"))
    with Playground(hook_url=hook_url) as playground:
        token = playground.world.create_user("wren")
        playground.world.create_repository("olivia", "loom", files=files)
        playground.install("olivia")
        wren = Someone(
            login="wren", token=token, api_url=playground.api_url, full_name="olivia/loom"
        )
        try:
            yield playground, wren
        finally:
            wren.close()


def _measure(wren: Someone, asks: int) -> dict[str, float]:
    """Asks one after another; the first, which builds the index and loads a model, is left out."""
    times = []
    for _ in range(asks + 1):
        number = wren.open_issue("Tests", "")
        start = time.perf_counter()
        trigger = wren.comment(number, QUESTION)
        wren.reply_to(number, trigger, seconds=300)
        times.append((time.perf_counter() - start) * 1000)
    return _percentiles(times[1:])


def _percentiles(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return {"p50_ms": statistics.median(times), "p95_ms": cuts[18]}


def _environment(playground: Playground, folder: Path, port: int, model: str) -> dict[str, str]:
    return bot_environment(
        playground,
        data=folder,
        port=port,
        admin_port=free_port(),
        admin_token="benchmark-token",
        model=model,
    )


def _settings(playground: Playground, folder: Path, port: int) -> Settings:
    return load(_environment(playground, folder, port, EXTRACT))


def _processes(asks: int, model: str) -> dict[str, float]:
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        town(f"http://127.0.0.1:{port}/webhooks") as (playground, wren),
    ):
        environment = _environment(playground, Path(folder), port, model)
        # One person asks more than a person may by default, so the limit is of no help here.
        lift_limit(playground)
        with Processes(environment, Path(folder)):
            return _measure(wren, asks)


def lift_limit(playground: Playground) -> None:
    """Lets one person ask as often as a benchmark does."""
    world = playground.world
    [repository] = list(world.repositories)
    world.commit_files(
        world.person("olivia"),
        repository,
        {".github/treadle.yml": b"limits:\n  per_person_per_day: 1000\n"},
        message="Lift the limit",
    )


def _echo(asks: int) -> dict[str, float]:
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        town(f"http://127.0.0.1:{port}/webhooks") as (playground, wren),
        echoing(_settings(playground, Path(folder), port), ("olivia", "loom")),
    ):
        return _measure(wren, asks)


class Timed:
    """Forwards to GitHub and adds up how long its calls take."""

    def __init__(self, inner: object) -> None:
        self._inner = inner
        self.seconds = 0.0
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return found(*args, **named)
            finally:
                self.seconds += time.perf_counter() - start
                self.calls += 1

        return call


def _own(asks: int) -> dict[str, float]:
    """Runs the flows in this process: what they take, and what of it is GitHub's."""
    with (
        tempfile.TemporaryDirectory() as folder,
        town("http://127.0.0.1:9/") as (
            playground,
            wren,
        ),
    ):
        lift_limit(playground)
        settings = _settings(playground, Path(folder), 0)
        migrate(settings)
        hub = Timed(connect(settings))
        bot = build(settings, github=hub)  # type: ignore[arg-type]
        own, github, calls = [], [], []
        try:
            for _ in range(asks + 1):
                work = asked(bot, playground, wren, QUESTION)
                hub.seconds, hub.calls = 0.0, 0
                start = time.perf_counter()
                work()
                whole = time.perf_counter() - start
                own.append((whole - hub.seconds) * 1000)
                github.append(hub.seconds * 1000)
                calls.append(hub.calls)
        finally:
            bot.store.close()
    return {
        "own_ms": statistics.median(own[1:]),
        "github_ms": statistics.median(github[1:]),
        "calls": statistics.median(calls[1:]),
    }


def asked(bot: Bot, playground: Playground, wren: Someone, words: str) -> Callable[[], None]:
    """Has somebody ask on a new thread; returns the work on that, up to the posted reply."""
    number = wren.open_issue("Tests", "")
    wren.comment(number, words)
    playground.settle()
    delivery = list(playground.world.deliveries)[-1]

    def work() -> None:
        event = parse(delivery.event, delivery.payload.encode())
        if event is None:
            raise TreadleError("the playground sent something else than the comment")
        chosen = select(event, guid=delivery.guid, kind=delivery.event, app_id=playground.app_id)
        if isinstance(chosen, str):
            raise TreadleError(f"the comment was not taken: {chosen}")
        _work(bot.deliveries.handle(chosen), bot.ask)

    return work


def _work(jobs: Any, steps: Any) -> None:
    for job in jobs:
        if isinstance(job, Job) and job.name == "ask":
            for step in (steps.acknowledge, steps.draft, steps.publish):
                _call(step, str(job.args[0]))


def _call(step: Callable[[str], object], key: str) -> None:
    if step(key) is False:
        raise TreadleError(f"{key} ended early")


if __name__ == "__main__":
    main()
