"""A worker as a process of its own shows its health and its numbers while it runs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.local import free_port
from playground.keys import kept_private_key

ROOT = Path(__file__).parents[2]
WAIT = 120.0


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def worker(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    settings = {
        "APP_ID": "1",
        "PRIVATE_KEY": kept_private_key(tmp_path / "key.pem"),
        "WEBHOOK_SECRET": "secret",
        "GITHUB_API_URL": "http://127.0.0.1:1",
        "DATA_DIR": str(tmp_path / "data"),
        "MODEL": "extract",
        "METRICS_PORT": str(port),
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TREADLE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "work"],
        env=inherited | {f"TREADLE_{name}": value for name, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def asked(port: int, path: str) -> httpx.Response | None:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5)
    except httpx.TransportError:
        return None


def test_it_is_healthy_from_its_first_sign_of_life_to_its_end(
    worker: "subprocess.Popen[str]", port: int
) -> None:
    deadline = time.monotonic() + WAIT
    while (answer := asked(port, "/healthz")) is None or answer.status_code != 200:
        assert worker.poll() is None and time.monotonic() < deadline
        # Before that it says that it is not, or nothing.
        assert answer is None or answer.status_code == 503
        time.sleep(0.05)
    numbers = asked(port, "/metrics")
    assert numbers is not None
    assert "treadle_step_seconds" in numbers.text
    assert "repository=" not in numbers.text
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WAIT) == 0
    assert asked(port, "/healthz") is None


def test_a_taken_port_stops_the_start(worker: "subprocess.Popen[str]", port: int) -> None:
    # Taken before the worker comes to it: it has to import and migrate first.
    with socket.create_server(("127.0.0.1", port)):
        _, said = worker.communicate(timeout=WAIT)
    assert worker.returncode == 2
    assert "TREADLE_METRICS_PORT" in said
    assert "Traceback" not in said
