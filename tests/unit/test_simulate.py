"""`treadle playground --simulate`: what it prints, its exit status, and its errors in words."""

import io
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from app import simulate as module
from app.cli import main
from app.errors import UserError
from app.local import free_port
from app.simulate import simulate
from playground.simulation.rule import RULE
from playground.simulation.standing import Phase, Standing

ASKING = Standing(repository="olivia/shuttle", wanted=4)
DONE = Standing(
    repository="olivia/shuttle",
    wanted=4,
    phase=Phase.DONE,
    asked=4,
    answered=4,
    edited=4,
    said="Every reply that came in time was judged.",
)
STOPPED = Standing(repository="olivia/shuttle", wanted=4, phase=Phase.STOPPED, said="Stopped.")


class Script:
    """Answers each request with what comes next: status and JSON, or text where it is none."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.requests: list[tuple[str, str, Any]] = []

    def __enter__(self) -> "Script":
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("content-length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                script.requests.append((self.command, self.path, body))
                status, content = script.answers.pop(0)
                data = content if isinstance(content, str) else json.dumps(content)
                self.send_response(status)
                self.send_header("content-length", str(len(data.encode())))
                self.end_headers()
                self.wfile.write(data.encode())

            do_POST = do_DELETE = do_GET

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    monkeypatch.setattr(module, "PAUSE", 0.0)
    with Script() as running:
        yield running


def run(script: Script, count: int = 4) -> tuple[int, str]:
    out = io.StringIO()
    console = Console(file=out, width=400)
    return simulate(script.port, count, console=console), out.getvalue()


def test_it_prints_the_rule_and_how_it_ended(script: Script) -> None:
    script.answers = [(200, ASKING.json()), (200, ASKING.json()), (200, DONE.json())]
    code, said = run(script)
    assert code == 0
    assert RULE in said
    assert f"http://127.0.0.1:{script.port}/_pages/simulation" in said
    assert "4 of 4 asked, 4 answered, 4 edited" in said and DONE.said in said
    path = "/_playground/simulation"
    assert script.requests == [("POST", path, {"count": 4}), *[("GET", path, None)] * 2]


def test_replies_that_did_not_come_are_named_by_line_and_status(script: Script) -> None:
    late = {**DONE.json(), "answered": 3, "late": [{"number": 7, "question": "Where [x]?"}]}
    script.answers = [(200, ASKING.json()), (200, late)]
    code, said = run(script)
    assert code == 1
    assert "no reply in time: #7 Where [x]?" in said


def test_an_interrupt_stops_the_simulation(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeps = iter([KeyboardInterrupt, None])

    def sleep(seconds: float) -> None:
        if error := next(sleeps):
            raise error

    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=sleep))
    script.answers = [(200, ASKING.json()), (200, ASKING.json()), (200, STOPPED.json())]
    code, said = run(script)
    assert code == 1
    assert [method for method, _, _ in script.requests] == ["POST", "DELETE", "GET"]
    assert "Stopped." in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((409, {"message": "A simulation is under way."}), "A simulation is under way."),
        ((200, {}), "knows of no simulation"),
        ((200, "<html>"), "knows of no simulation"),
        ((404, {"detail": "Not Found"}), "knows of no simulation"),
    ],
)
def test_what_is_refused_is_told_in_words(
    script: Script, answer: tuple[int, Any], words: str
) -> None:
    script.answers = [answer]
    with pytest.raises(UserError, match=words):
        run(script)


@pytest.mark.parametrize("count", [0, 85])
def test_there_are_only_so_many_questions(script: Script, count: int) -> None:
    with pytest.raises(UserError, match="1 to 84 questions"):
        run(script, count)
    assert script.requests == []


def test_without_a_playground_the_command_says_what_to_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = str(free_port())
    monkeypatch.setattr(sys, "argv", ["treadle", "playground", "--port", port, "--simulate", "4"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    assert "treadle run" in capsys.readouterr().err
