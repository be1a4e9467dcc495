"""A crowd that asks while processes are killed: each question gets exactly one reply.

    python -m bench.crowd --asks 200 --installations 20 --kills 15

The real web process and two workers on one SQLite database, beside a playground GitHub that
the App is installed on by many accounts. Two in five questions are asked at one of them. The
same crowd asks three times: without limits, which shows what GitHub would have seen; with
GitHub's documented limits; and with these while one process after another, chosen by a seed,
is killed with SIGKILL and started again. Answers are quotations (`extract`), so that what is
measured is everything around them.

Counted at the playground: replies to each question, deliveries that found nobody, and of each
installation the most comments and reactions in any minute and the shortest time between two.
It fails where a question is lost or answered twice, or a limit of a minute or an hour is not kept.
The pause between two is shown and not judged: a busy machine sends late. Its load average, over
the last minute, is noted before and after each run.
"""

import argparse
import json
import math
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.local import bot_environment, free_port
from app.queue.work_queue import WorkQueue
from app.settings import load
from app.store import migrate
from bench.deliveries import wait_ready
from playground.actors import Actor
from playground.server import Playground
from playground.values import Comment, Issue

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "crowd.json"
FILES = {
    "README.md": b"# Loom\n\nRun the tests with `make check`.\nThe loom needs Python 3.11.\n",
    ".github/treadle.yml": b"limits:\n  per_person_per_day: 1000\n",
}
CROWDED = 0.4
"""Share of the questions that is asked at the first installation."""
WORKERS = ("w1", "w2")
UNLIMITED = {
    "TREADLE_GITHUB_PAUSE": "0",
    "TREADLE_GITHUB_WRITES_MINUTE": "1000000",
    "TREADLE_GITHUB_WRITES_HOUR": "1000000",
    "TREADLE_GITHUB_REST_POINTS": "1000000",
}
# A web process that is killed again and again misses the same delivery more than once.
QUICK = {"TREADLE_MISSED_MINUTES": "1", "TREADLE_MISSED_PAUSE": "0.2", "TREADLE_MISSED_TRIES": "20"}
MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to happen: `kills` within the first `seconds`, in which all questions come too."""

    asks: int
    installations: int
    kills: int
    seconds: float
    patience: float
    seed: int
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it.

    Times are seconds from question to reply, `others_` those of all but the crowded one; the
    three before the load averages are of the changes of any one installation.
    """

    run: str
    asks: int
    answered_once: int
    lost: int
    doubled: int
    kills: int
    missed: int
    p50: float
    p95: float
    last: float
    others_p50: float
    others_p95: float
    most_a_minute: int
    most_an_hour: int
    shortest_pause: float
    load_before: float
    load_after: float


class Crowd:
    """Accounts with a repository each, whose owners ask; and a record of what the App did."""

    def __init__(self, playground: Playground, plan: Plan) -> None:
        self.world = playground.world
        self.asked: dict[int, float] = {}
        self.replied: dict[int, list[float]] = {}
        self.changes: dict[int, list[float]] = {}
        self.load_before = load_average()
        for app in self.world.apps:
            self.world.apps.put(type(app)(**{**vars(app), "public": True}))
        chance = random.Random(plan.seed)
        owners = [f"owner{number}" for number in range(plan.installations)]
        self.issues: list[tuple[Actor, Issue]] = []
        self.crowded: set[int] = set()
        places = {}
        for owner in owners:
            self.world.create_user(owner)
            places[owner] = self.world.create_repository(owner, "loom", files=FILES)
            playground.install(owner)
        for number in range(plan.asks):
            others = owners[1:] or owners
            owner = owners[0] if number < plan.asks * CROWDED else others[number % len(others)]
            person = self.world.person(owner)
            issue = self.world.create_issue(person, places[owner], "Q", "")
            self.issues.append((person, issue))
            if owner == owners[0]:
                self.crowded.add(issue.id)
        chance.shuffle(self.issues)
        self._record()

    def ask(self, number: int) -> None:
        """Lets the next one ask, each in a thread of their own."""
        person, issue = self.issues[number]
        with self.world.transaction():
            self.asked[issue.id] = time.monotonic()
            self.world.create_comment(person, issue, "/ask How do I run the tests?")

    @property
    def answered(self) -> int:
        """How many have a reply."""
        return len(self.replied)

    def _record(self) -> None:
        """Notes when the App changes something, and where."""
        comment, react = self.world.create_comment, self.world.react

        def commented(actor: Actor, issue: Issue, body: str, **more: Any) -> Comment:
            made = comment(actor, issue, body, **more)
            if actor.installation_id is not None:
                self._changed(actor.installation_id)
                self.replied.setdefault(issue.id, []).append(time.monotonic())
            return made

        def reacted(actor: Actor, *details: Any) -> Any:
            if actor.installation_id is not None:
                self._changed(actor.installation_id)
            return react(actor, *details)

        self.world.create_comment, self.world.react = commented, reacted  # type: ignore[method-assign]

    def _changed(self, installation_id: int) -> None:
        self.changes.setdefault(installation_id, []).append(time.monotonic())


class Child:
    """A process of the bot that can be killed and started again."""

    def __init__(self, environment: Mapping[str, str], command: str, log: Path) -> None:
        self._environment, self._command, self._log = environment, command, log
        self.start()

    def start(self) -> None:
        """Starts it; what it says is added to its log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app", self._command],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def check(self) -> None:
        """Raises RuntimeError where it ended by itself."""
        if self._process.poll() is not None:
            raise RuntimeError(f"a process ended by itself; see {self._log}")


@contextmanager
def bot(settings: Mapping[str, str], folder: Path) -> Iterator[list[Child]]:
    """Runs the bot's processes, the web process first; they are killed in the end."""
    inherited = {key: value for key, value in os.environ.items() if "TREADLE" not in key}
    environment = {**inherited, **settings}
    children = [Child(environment, "serve", folder / "web.log")]
    for name in WORKERS:
        named = {**environment, "TREADLE_WORKER_ID": name}
        children.append(Child(named, "work", folder / f"{name}.log"))
    try:
        yield children
    finally:
        for child in children:
            child.kill()


def prepared(playground: Playground, folder: Path, plan: Plan) -> dict[str, str]:
    """Returns the settings of a bot whose database is made and whose webhooks are on."""
    port = free_port()
    local = bot_environment(
        playground,
        data=folder / "data",
        port=port,
        admin_port=free_port(),
        admin_token="benchmark-token",
        model="extract",
    )
    ours = {"TREADLE_GITHUB_PAUSE", "TREADLE_SWEEP_SECONDS", "TREADLE_SWEEP_YOUNGEST"}
    kept = {key: value for key, value in local.items() if key not in ours}
    settings = {**kept, **QUICK, **plan.settings}
    migrate(load(settings))
    playground.set_hook(f"http://127.0.0.1:{port}/webhooks")
    return settings


def run(name: str, plan: Plan, folder: Path) -> Outcome:
    """Lets a crowd ask once."""
    with Playground() as playground:
        crowd = Crowd(playground, plan)
        settings = prepared(playground, folder, plan)
        with bot(settings, folder) as children, closing(WorkQueue(load(settings))) as queue:
            wait_ready(f"http://127.0.0.1:{settings['TREADLE_PORT']}")
            kills = _ask_and_kill(crowd, plan, children)
            wait_idle(queue, plan.patience)
        sent = list(playground.world.deliveries)
    missed = sum(one.status_code != 202 and not one.redelivery for one in sent)
    return outcome_of(name, crowd, kills=kills, missed=missed)


def _ask_and_kill(crowd: Crowd, plan: Plan, children: Sequence[Child]) -> int:
    """Lets all ask, kills meanwhile, and waits until all are answered; returns the kills."""
    chance = random.Random(plan.seed + 1)
    asks = sorted(chance.uniform(0, plan.seconds / 2) for _ in range(plan.asks))
    kills = sorted(chance.uniform(0, plan.seconds) for _ in range(plan.kills))
    began, asked, killed = time.monotonic(), 0, 0
    while asked < plan.asks or killed < plan.kills or crowd.answered < plan.asks:
        now = time.monotonic() - began
        while asked < plan.asks and asks[asked] <= now:
            crowd.ask(asked)
            asked += 1
        if killed < plan.kills and kills[killed] <= now:
            child = chance.choice(children)
            child.kill()
            child.start()
            killed += 1
        if now > plan.patience:
            break
        time.sleep(0.02)
        for child in children:
            child.check()
    return killed


def wait_idle(queue: WorkQueue, patience: float) -> None:
    """Waits until nothing is left to do that could answer anybody twice."""
    until = time.monotonic() + patience
    while time.monotonic() < until and any(
        key.startswith("ask:") or ":" not in key for key in queue.unfinished()
    ):
        time.sleep(0.2)


def outcome_of(name: str, crowd: Crowd, *, kills: int, missed: int) -> Outcome:
    """Counts what came of a crowd's questions."""
    replies = [crowd.replied.get(issue_id, []) for issue_id in crowd.asked]
    everywhere = [found[0] - crowd.asked[issue_id] for issue_id, found in crowd.replied.items()]
    elsewhere = [
        found[0] - crowd.asked[issue_id]
        for issue_id, found in crowd.replied.items()
        if issue_id not in crowd.crowded
    ]
    pauses = [
        after - before for times in crowd.changes.values() for before, after in pairwise(times)
    ]
    return Outcome(
        run=name,
        asks=len(replies),
        answered_once=sum(len(found) == 1 for found in replies),
        lost=sum(not found for found in replies),
        doubled=sum(len(found) > 1 for found in replies),
        kills=kills,
        missed=missed,
        p50=_of(everywhere, 50),
        p95=_of(everywhere, 95),
        last=_of(everywhere, 100),
        others_p50=_of(elsewhere, 50),
        others_p95=_of(elsewhere, 95),
        most_a_minute=max((most_in(times, MINUTE) for times in crowd.changes.values()), default=0),
        most_an_hour=max((most_in(times, HOUR) for times in crowd.changes.values()), default=0),
        shortest_pause=round(min(pauses, default=0.0), 3),
        load_before=crowd.load_before,
        load_after=load_average(),
    )


def load_average() -> float:
    """Returns how many processes wanted a processor at a time, over the last minute."""
    return round(os.getloadavg()[0], 1)


def _of(waits: Sequence[float], percent: int) -> float:
    """Returns the wait that so many percent are not longer than."""
    if not waits:
        return 0.0
    return round(sorted(waits)[max(0, math.ceil(len(waits) * percent / 100) - 1)], 1)


def most_in(times: Sequence[float], seconds: float) -> int:
    """Returns the most events in any span of that length; times rise."""
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def show(outcomes: Sequence[Outcome], console: Console) -> None:
    """Prints a table, a column a run."""
    table = Table(title="A crowd asks while processes are killed")
    table.add_column("")
    for outcome in outcomes:
        table.add_column(outcome.run, justify="right")
    for name in list(asdict(outcomes[0]))[1:]:
        table.add_row(name.replace("_", " "), *(str(getattr(one, name)) for one in outcomes))
    console.print(table)


def main() -> None:
    """Runs all three and writes the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--installations", type=int, default=20)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=60.0, help="of asking and killing")
    parser.add_argument("--patience", type=float, default=900.0, help="seconds for each run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for databases and logs")
    options = vars(parser.parse_args())
    keep, kills = options.pop("keep"), options.pop("kills")
    console, outcomes = Console(), []
    runs = {
        "without limits": Plan(**options, kills=0, settings=UNLIMITED),
        "limited": Plan(**options, kills=0),
        "limited, killed": Plan(**options, kills=kills),
    }
    with tempfile.TemporaryDirectory() as made:
        for number, (name, plan) in enumerate(runs.items()):
            folder = (keep or Path(made)) / str(number)
            folder.mkdir(parents=True)
            outcomes.append(run(name, plan, folder))
            show(outcomes[-1:], console)
    show(outcomes, console)
    report = {
        **{key: value for key, value in options.items() if key != "patience"},
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "runs": [asdict(outcome) for outcome in outcomes],
    }
    RESULTS.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if any(one.lost or one.doubled for one in outcomes) or any(
        one.most_a_minute > 80 or one.most_an_hour > 500 for one in outcomes[1:]
    ):
        sys.exit(
            "a question was lost or answered twice, or a limit of a minute or an hour was not kept"
        )


if __name__ == "__main__":
    main()
