"""The web process with its two ports and its parts, as processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.cli import main
from app.errors import ConfigError, TreadleError
from app.serving import _together, listen, serve_web
from app.settings import load
from playground.keys import kept_private_key

ROOT = Path(__file__).parents[2]
WAIT = 120.0
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    settings = {
        "APP_ID": "1",
        "PRIVATE_KEY": kept_private_key(tmp_path / "key.pem"),
        "WEBHOOK_SECRET": "secret",
        "GITHUB_API_URL": "http://127.0.0.1:1",
        "DATA_DIR": str(tmp_path / "data"),
        "MODEL": "extract",
        "PORT": "0",
        "ADMIN_PORT": "0",
        "ADMIN_TOKEN": "token",
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TREADLE_")}
    return inherited | {f"TREADLE_{name}": value for name, value in settings.items()}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def make(*arguments: str, **settings: str) -> "subprocess.Popen[str]":
        given = {f"TREADLE_{name}": value for name, value in settings.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            env=environment | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        started.append(process)
        return process

    yield make
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("name", ["PORT", "ADMIN_PORT"])
def test_a_taken_port_stops_the_start(start: Start, taken: int, name: str) -> None:
    process = start("serve", "--with-worker", **{name: str(taken)})
    _, said = process.communicate(timeout=WAIT)
    assert process.returncode == 2
    assert f"error: 127.0.0.1:{taken} cannot be listened on" in said
    assert f"TREADLE_{name}" in said
    assert "Traceback" not in said
    assert "worker.started" not in said


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1:0 cannot be listened on .*TREADLE_HOST"):
        listen("192.0.2.1", 0, "")


def test_a_connection_sends_at_once() -> None:
    with (
        listen("127.0.0.1", 0, "") as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as taken,
    ):
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_web_process_with_worker_and_a_worker_run_beside_each_other(start: Start) -> None:
    web = start("serve", "--with-worker")
    wait_for(web, "worker.started")
    other = start("work")
    wait_for(other, "worker.started")
    third = start("work")
    _, said = third.communicate(timeout=WAIT)
    assert third.returncode == 2
    assert "TREADLE_WORKER_ID" in said
    for process in (other, web):
        process.send_signal(signal.SIGTERM)
        wait_for(process, "worker.stopped")
        process.communicate(timeout=WAIT)
        assert process.returncode == 0


def test_a_web_process_whose_worker_cannot_start_ends(start: Start) -> None:
    other = start("work", WORKER_ID="w1")
    wait_for(other, "worker.started")
    web = start("serve", "--with-worker", WORKER_ID="w1")
    _, said = web.communicate(timeout=WAIT)
    assert web.returncode == 2
    assert "error: a worker named w1 is running already" in said
    assert "Traceback" not in said


class Server:
    """A server that runs until it should exit."""

    def __init__(self) -> None:
        self.should_exit = False

    def run(self) -> None:
        deadline = time.monotonic() + 10
        while not self.should_exit:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.parametrize(
    ("fault", "raised", "words"),
    [
        (None, TreadleError, "the worker ended by itself"),
        (ConfigError(["no"]), ConfigError, "no"),
        (ValueError("bug"), ValueError, "bug"),
    ],
)
def test_the_end_of_a_part_ends_all(
    fault: Exception | None, raised: type[Exception], words: str
) -> None:
    server, stop = Server(), threading.Event()

    def worker() -> None:
        if fault is not None:
            raise fault

    parts: dict[str, Callable[[], None]] = {"dashboard": lambda: _wait(stop), "worker": worker}
    with pytest.raises(raised, match=words):
        _together(server.run, server, parts, stop.set)  # type: ignore[arg-type]
    assert stop.is_set()


def test_parts_end_with_the_server() -> None:
    server, stop = Server(), threading.Event()
    server.should_exit = True
    _together(server.run, server, {"dashboard": lambda: _wait(stop)}, stop.set)  # type: ignore[arg-type]
    assert stop.is_set()


@pytest.mark.parametrize(("token", "status"), [("", 200), ("of-my-own", 401)])
def test_the_dashboard_says_where_it_is(start: Start, token: str, status: int) -> None:
    web = start("serve", ADMIN_TOKEN=token)
    assert web.stdout is not None
    address = web.stdout.readline().removeprefix("Dashboard: ").strip()
    wait_for(web, "web.started")
    # A token that is set is no part of what is printed, which may be kept for long.
    assert ("token=" in address) == (not token)
    assert httpx.get(address, follow_redirects=True, timeout=WAIT).status_code == status


NO_APP = {"APP_ID": "", "PRIVATE_KEY": "", "WEBHOOK_SECRET": ""}


def test_without_an_app_the_page_that_makes_one_is_served(start: Start) -> None:
    web = start("serve", **NO_APP, ADMIN_TOKEN="")
    assert web.stdout is not None
    lines = iter(web.stdout.readline, "")
    address = next(line.strip() for line in lines if "http://" in line)
    said = next(line for line in lines if line.strip())
    assert "a worker in it" in said
    parts = urlsplit(address)
    assert (parts.path, parts.hostname) == ("/setup", "127.0.0.1")
    with httpx.Client(follow_redirects=True, timeout=WAIT) as browser:
        page = browser.get(address)
        assert (page.status_code, str(page.url)) == (200, address.partition("?")[0])
        assert "No GitHub App is set" in page.text
        assert httpx.get(str(page.url), timeout=WAIT).status_code == 401
    web.send_signal(signal.SIGTERM)
    _, written = web.communicate(timeout=WAIT)
    assert web.returncode == 0
    assert "web.started" not in written
    assert "Traceback" not in written


def test_a_token_that_is_set_is_not_printed_with_that_page(start: Start) -> None:
    web = start("serve", **NO_APP, ADMIN_TOKEN="of-my-own")
    assert web.stdout is not None
    address = next(line.strip() for line in iter(web.stdout.readline, "") if "http://" in line)
    assert urlsplit(address).path == "/setup" and "of-my-own" not in address


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"APP_ID": "1"}, ["WEBHOOK_SECRET is not set", "PRIVATE_KEY or TREADLE_PRIVATE_KEY_FILE"]),
        ({"WEBHOOK_SECRET": "s"}, ["APP_ID is not set", "PRIVATE_KEY or TREADLE_PRIVATE_KEY_FILE"]),
    ],
)
def test_an_app_half_set_stops_the_start(
    start: Start, given: dict[str, str], lacking: list[str]
) -> None:
    web = start("serve", **(NO_APP | given))
    printed, said = web.communicate(timeout=WAIT)
    assert web.returncode == 2
    assert printed == ""
    for words in lacking:
        assert f"error: TREADLE_{words}" in said


def test_a_taken_webhook_port_is_known_before_there_is_an_app(start: Start, taken: int) -> None:
    printed, said = start("serve", **NO_APP, PORT=str(taken)).communicate(timeout=WAIT)
    assert printed == ""
    assert "TREADLE_PORT" in said


def _wait(stop: threading.Event) -> None:
    assert stop.wait(10)


def wait_for(process: "subprocess.Popen[str]", event: str) -> None:
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if event in line:
            return
    raise AssertionError("".join(lines))


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("work",),
        ("migrate",),
        ("why", "http://h/o/r/issues/1#issuecomment-2"),
        ("weights", "o/r"),
        ("sweep", "o/r"),
        ("export", "o/r", "--output", "rows.jsonl"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_database_out_of_reach_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    arguments: tuple[str, ...],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TREADLE_DATABASE_URL", "postgresql://ann:fluff@127.0.0.1:1/none")
    monkeypatch.setattr(sys, "argv", ["treadle", *arguments])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as caught:
        main()
    written = capsys.readouterr()
    assert caught.value.code == 2
    assert written.out == ""
    assert "check TREADLE_DATABASE_URL" in written.err
    assert "fluff" not in written.err
    assert "Traceback" not in written.err


def test_the_page_that_makes_an_app_is_for_this_machine_alone(tmp_path: Path) -> None:
    settings = load(
        {
            "TREADLE_DATA_DIR": str(tmp_path),
            "TREADLE_ADMIN_HOST": "0.0.0.0",
            "TREADLE_ADMIN_TOKEN": "a-token-that-is-set",
            "TREADLE_MODEL": "extract",
        },
        app=True,
        none_yet=True,
    )
    with pytest.raises(ConfigError, match=r"TREADLE_ADMIN_HOST \(0\.0\.0\.0\) at 127"):
        serve_web(settings)
