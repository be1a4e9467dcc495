"""Processes: the web process with its two ports, and the worker."""

import ipaddress
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from app.bootstrap import build
from app.errors import ConfigError
from app.jobs import run_worker
from app.main import create_app
from app.settings import Settings, require_app
from app.store import migrate
from app.web.dashboard import create_dashboard

log = structlog.get_logger()


def serve_web(settings: Settings, *, with_worker: bool = False) -> None:
    """Listens for webhooks and, on the second port, serves dashboard and metrics.

    Args:
        settings: as `settings.load` returns them.
        with_worker: answer in this process too.

    Raises:
        ConfigError: something needed is missing, or the dashboard would be open to others.
    """
    require_app(settings)
    token = admin_token(settings)
    migrate(settings)
    bot = build(settings)
    stop = threading.Event()
    with _background(
        _server(create_dashboard(bot, token), settings.admin_host, settings.admin_port)
    ):
        # Said on the terminal, not logged: the address carries the token.
        print(  # noqa: T201
            f"Dashboard: http://{settings.admin_host}:{settings.admin_port}/?token={token}",
            flush=True,
        )
        worker = threading.Thread(target=run_worker, args=(settings, bot, stop), name="worker")
        if with_worker:
            worker.start()
        try:
            _server(create_app(settings), settings.host, settings.port).run()
        finally:
            stop.set()
            if with_worker:
                worker.join()


def serve_worker(settings: Settings, stop: threading.Event) -> None:
    """Works until `stop` is set; what is begun by then is finished or left to the next start.

    Raises:
        ConfigError: something needed is missing.
    """
    require_app(settings)
    migrate(settings)
    run_worker(settings, build(settings), stop)


def admin_token(settings: Settings) -> str:
    """Returns the dashboard's token, made anew where none is set.

    Raises:
        ConfigError: the dashboard is to listen beyond this machine without a set token.
    """
    token = settings.admin_token.get_secret_value()
    if token:
        return token
    if not _loopback(settings.admin_host):
        raise ConfigError(
            [
                f"TREADLE_ADMIN_HOST is {settings.admin_host}, which others can reach: set "
                "TREADLE_ADMIN_TOKEN, or leave the dashboard on 127.0.0.1"
            ]
        )
    return secrets.token_urlsafe(24)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)
    )


@contextmanager
def _background(server: uvicorn.Server) -> Iterator[None]:
    """Runs a server on a thread of its own while the block runs."""
    thread = threading.Thread(target=server.run, name="dashboard", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
