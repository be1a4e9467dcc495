"""The bot as it is against a GitHub that others wrote: the one of vercel-labs/emulate.

    python -m bench.emulate PACKAGES

PACKAGES is a folder whose `node_modules` holds `@emulators/core` and `@emulators/github`, built;
`docs/other-githubs.md` says which. Node 20 or newer runs them, on 127.0.0.1.

A person asks, the bot answers from the repository's text, a maintainer edits the answer, and
the same question is asked again. The exit status is 1 where a step failed, where `treadle
doctor` had a fault to tell, or where the bot logged an error.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rich.console import Console

from app.local import free_port
from app.settings import PREFIX
from bench.other_github import (
    APP_ID,
    MAINTAINER,
    PATIENCE,
    REPO,
    SECRET,
    Failed,
    Other,
    answers,
    lacking,
    other_github,
    until,
)

QUIET = 5.0
"""Seconds in which a bot that has nothing to do is watched."""
FILES = {
    "README.md": "# Loom\n\nA loom weaves cloth.\n",
    "docs/treadles.md": (
        "# Treadles\n\nA treadle lifts the shafts of the loom. Press one treadle at a time.\n\n"
        "# Warp\n\nThe warp is wound on the back beam before weaving.\n"
    ),
}
QUESTION = "What does a treadle lift?"
TAUGHT = "A treadle lifts the shafts that are tied to it."


@contextmanager
def bot(environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Runs `treadle serve --with-worker` until the block ends."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--with-worker"],
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        port = environment[f"{PREFIX}PORT"]
        until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), "the bot did not start")
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def doctor(environment: Mapping[str, str]) -> dict[str, Any]:
    """What `treadle doctor --json` says."""
    command = [sys.executable, "-m", "app", "doctor", "--json"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def environment_of(data: Path, other: str, port: int, key: str) -> dict[str, str]:
    """The bot's environment: nothing but what any GitHub needs, and short waits."""
    settings = {
        "APP_ID": str(APP_ID),
        "PRIVATE_KEY": key,
        "WEBHOOK_SECRET": SECRET,
        "GITHUB_API_URL": other,
        "DATA_DIR": str(data),
        "PORT": str(port),
        "ADMIN_PORT": str(free_port()),
        "MODEL": "extract",
        "SWEEP_SECONDS": "1",
        "SWEEP_YOUNGEST": "1",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**inherited, **{PREFIX + name: value for name, value in settings.items()}}


def new_key() -> str:
    """A private key in the form that the package reads."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def course(other: Other, log: Path, console: Console) -> None:
    """Asks, corrects, and asks again."""
    began = time.monotonic()
    _, reply = other.ask(QUESTION)
    if "lifts the shafts of the loom" not in reply["body"]:
        raise Failed(f"the repository's text is not in the answer: {reply['body']}")
    console.print(f"answered from the repository's text in {time.monotonic() - began:.1f} s")
    began = time.monotonic()
    body = reply["body"].replace("A treadle lifts the shafts of the loom.", TAUGHT)
    if body == reply["body"]:
        raise Failed(f"nothing to correct in: {body}")
    other.call(MAINTAINER, "PATCH", f"{REPO}/issues/comments/{reply['id']}", {"body": body})
    until(lambda: True if b"reply.taught" in log.read_bytes() else None, "the edit was not learned")
    console.print(f"the edit was learned in {time.monotonic() - began:.1f} s")
    _, again = other.ask(QUESTION)
    if TAUGHT not in again["body"]:
        raise Failed(f"the correction is not in the next answer: {again['body']}")
    console.print("the next answer uses it")
    before = log.stat().st_size
    time.sleep(QUIET)
    console.print(f"{log.stat().st_size - before} bytes of log in {QUIET:.0f} s of doing nothing")


def events(log: Path) -> Counter[tuple[str, str]]:
    """Counts what the bot logged, by level and event."""
    lines = log.read_text("utf-8", errors="replace").splitlines()
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    return Counter((line["level"], line["event"]) for line in logged)


def run(packages: Path, console: Console) -> int:
    """Runs the whole; returns the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        data, log = Path(folder) / "data", Path(folder) / "bot.log"
        port, key = free_port(), new_key()
        with other_github(packages, f"http://127.0.0.1:{port}/webhooks", key) as other:
            other.push(FILES)
            environment = environment_of(data, other.url, port, key)
            failure = ""
            try:
                with bot(environment, log):
                    course(other, log, console)
                    found = doctor(environment)
            except Failed as error:
                console.print(f"failed: {error}", style="red", markup=False)
                console.print(log.read_text("utf-8", errors="replace")[-3000:], markup=False)
                return 1
        for finding in found["findings"]:
            words = f"{finding['state']:8} {finding['part']:16} {finding['told']}"
            console.print(words, markup=False)
        logged = events(log)
        for (level, event), count in sorted(logged.items()):
            console.print(f"{count:4} {level:8} {event}", markup=False)
        errors = sum(
            count for (level, _), count in logged.items() if level in ("error", "critical")
        )
        return int(bool(failure) or not found["ok"] or errors > 0)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("packages", type=Path)
    packages = parser.parse_args().packages
    if missing := lacking(packages):
        sys.exit(missing)
    sys.exit(run(packages, Console(soft_wrap=True, highlight=False)))


if __name__ == "__main__":
    main()
