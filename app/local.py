"""The bot's processes on this machine beside a playground, for the demo and for newcomers."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from app.errors import TreadleError
from app.settings import PREFIX
from playground.server import Playground

PATIENCE = 60.0
"""Seconds that a process may take to start or to stop."""
LOADING = 900.0
"""Seconds that the model may take to load, fetching it included."""
MODEL = PREFIX + "MODEL"
TAKEN = (f"{MODEL}_", f"{PREFIX}TRAINING_")
"""How the other settings begin that are taken over from the environment."""
UNHURRIED = {
    "GITHUB_PAUSE": "0",
    "GITHUB_WRITES_MINUTE": "1000000",
    "GITHUB_WRITES_HOUR": "1000000",
    "GITHUB_REST_POINTS": "1000000",
    "GITHUB_GRAPHQL_POINTS": "1000000",
    "SWEEP_POINTS": "1000000",
}
"""Settings of a bot whose GitHub is a playground: nobody else uses it, and somebody waits."""


def stop_in_order() -> None:
    """Lets SIGTERM and SIGHUP end this process as Ctrl-C does: children are stopped first."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


class NotStarted(TreadleError):
    """A process of the bot ended or did not get ready; the message names its log."""


def free_port() -> int:
    """Returns a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def bot_environment(
    playground: Playground,
    *,
    data: Path,
    port: int,
    admin_port: int,
    admin_token: str,
    model: str | None = None,
) -> dict[str, str]:
    """Returns the settings of a bot that works on a playground.

    Those of the language model and of its training are taken over from this process's own
    environment, and no others: what is set there may be meant for a bot on GitHub.

    Args:
        playground: the GitHub to talk to.
        data: folder of the bot's database and indexes.
        port: where webhooks are listened for.
        admin_port: where the dashboard is.
        admin_token: the dashboard's token.
        model: which model answers, instead of what the environment says.
    """
    models = {
        name: value for name, value in os.environ.items() if name == MODEL or name.startswith(TAKEN)
    }
    settings = {
        "APP_ID": str(playground.app_id),
        "PRIVATE_KEY": playground.private_key_pem,
        "WEBHOOK_SECRET": playground.webhook_secret,
        "GITHUB_API_URL": playground.api_url,
        "DATA_DIR": str(data),
        "PORT": str(port),
        "ADMIN_PORT": str(admin_port),
        "ADMIN_TOKEN": admin_token,
        "SWEEP_SECONDS": "1",
        "SWEEP_YOUNGEST": "1",
        "WORKER_ID": "local",
        **UNHURRIED,
    }
    named = {PREFIX + name: value for name, value in settings.items()}
    return {**models, **named, **({} if model is None else {MODEL: model})}


class Processes:
    """The web process and a worker as children; they end with the block.

    Their standard output and error go to `web.log` and `worker.log` in the data folder.
    """

    def __init__(self, environment: Mapping[str, str], data: Path) -> None:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(PREFIX)
        }
        self._environment = {**inherited, **environment}
        self._data = data
        self._port = environment[PREFIX + "PORT"]
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Processes":
        """Starts both, and returns once webhooks are taken and worked on."""
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._start("web", "serve")
            self._start("worker", "work")
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stops both: first by asking, then by force."""
        self._stop()

    def check(self) -> None:
        """Raises NotStarted where a process has ended."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise NotStarted(
                    f"the {name} process ended with status {child.returncode}; its last words "
                    f"in {self._log(name)}:\n{self._tail(name)}"
                )

    def wait_loaded(self) -> None:
        """Waits until the worker has loaded the language model of this machine.

        Raises:
            NotStarted: it cannot be loaded, or not in time.
        """
        deadline = time.monotonic() + LOADING
        while time.monotonic() < deadline:
            self.check()
            said = self._log("worker").read_bytes()
            if b"model.loaded" in said:
                return
            if b"model.broken" in said:
                raise NotStarted(
                    f"the language model could not be loaded; {self._log('worker')} ends with:\n"
                    + self._tail("worker")
                )
            time.sleep(0.05)
        raise NotStarted(f"the language model was not loaded in {LOADING:.0f} s")

    def _log(self, name: str) -> Path:
        return self._data / f"{name}.log"

    def _tail(self, name: str) -> str:
        lines = self._log(name).read_text("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-15:])

    def _start(self, name: str, command: str) -> None:
        with self._log(name).open("wb") as log:
            # A group of its own: an interrupt at the terminal reaches only the parent, which
            # then stops the children in order.
            self._children[name] = subprocess.Popen(
                [sys.executable, "-m", "app", command],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        address = f"http://127.0.0.1:{self._port}/readyz"
        while time.monotonic() < deadline:
            self.check()
            try:
                with urllib.request.urlopen(address, timeout=2):
                    if b"worker.started" in self._log("worker").read_bytes():
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.05)
        raise NotStarted(f"the bot was not ready in {PATIENCE:.0f} s; see the logs in {self._data}")

    def _stop(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self._children.values():
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
