"""Processes: the web process with its two ports, and the worker."""

import ipaddress
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from app.app_settings import no_app
from app.bootstrap.building import build
from app.checks import Onboarding
from app.errors import ConfigError, TreadleError
from app.jobs import run_worker
from app.main import create_app
from app.models.needs import require_model
from app.queue.names import TRAINING
from app.setting_up import proxy_client, set_up, steps_of
from app.settings import Settings, require_app
from app.signing import signing_keys
from app.store import migrate
from app.store.workers import Workers
from app.vitals import beating, shown
from app.web.dashboard import create_dashboard

log = structlog.get_logger()


def serve_web(settings: Settings, *, with_worker: bool = False) -> None:
    """Listens for webhooks and, on the second port, serves dashboard and metrics.

    Args:
        settings: as `settings.load` returns them. Without an App, the page that makes one is
            served first.
        with_worker: answer in this process too, as it does anyway where an App is made here.

    Raises:
        ConfigError: something needed is missing, a port is taken, the dashboard would be open
            to others, or another worker has the name of this one.
        TreadleError: the dashboard or the worker ended before it was told to.
    """
    require_model(settings)
    token = admin_token(settings)
    making = no_app(settings)
    if not making:
        require_app(settings)
    elif not _loopback(settings.admin_host):
        raise ConfigError([_FAR.format(host=settings.admin_host)])
    migrate(settings)
    with (
        listen(settings.host, settings.port, "") as webhooks,
        listen(settings.admin_host, settings.admin_port, "ADMIN_") as admin,
    ):
        if making:
            # What would stop the bot then had better be known before there is an App.
            signing_keys(settings)
            settings = set_up(settings, admin, token)
        _serve(settings, (webhooks, admin), token, with_worker=with_worker or making)


def _serve(
    settings: Settings,
    sockets: tuple[socket.socket, socket.socket],
    token: str,
    *,
    with_worker: bool,
) -> None:
    """Runs both servers and the parts of the process, with an App set.

    Args:
        settings: checked.
        sockets: what is listened on for webhooks, and for the dashboard.
        token: opens the dashboard.
        with_worker: whether a worker is among the parts.
    """
    webhooks, admin = sockets
    with (
        closing(build(settings)) as bot,
        closing(Onboarding(settings, bot.store, model=bot.model)) as steps,
    ):
        proxy = proxy_client(settings, webhooks)
        web = _server(create_app(settings))
        check_list = steps_of(settings, steps, proxy)
        dashboard = _server(create_dashboard(bot, token, set_up=check_list))
        stop = threading.Event()
        parts: dict[str, Callable[[], None]] = {"dashboard": lambda: dashboard.run([admin])}
        if proxy is not None:
            parts["webhook proxy's client"] = proxy.run
        if with_worker:
            named = settings.model_copy(update={"worker_id": settings.worker_id or web_name()})
            parts["worker"] = lambda: run_worker(named, bot, stop)
            bot.model.warm()
        else:
            # A worker does so again and again; this process keeps little on its disk.
            bot.forgetting.tidy()
        # Said on the terminal, not logged: the address carries a token that is new. One that is
        # set is known, and would lie in the journal or in a container's log for ever.
        query = "" if settings.admin_token.get_secret_value() else f"?token={token}"
        address = f"http://{settings.admin_host}:{admin.getsockname()[1]}/{query}"
        print(f"Dashboard: {address}", flush=True)  # noqa: T201

        def end() -> None:
            stop.set()
            dashboard.should_exit = True
            if proxy is not None:
                proxy.stop()

        _together(lambda: web.run([webhooks]), web, parts, end)


def serve_worker(settings: Settings, stop: threading.Event, *, group: str = "all") -> None:
    """Works until `stop` is set; what is begun by then is finished or left to the next start.

    Args:
        settings: as `settings.load` returns them.
        stop: set from a signal handler.
        group: what it works on, one of `app.queue.names.GROUPS`.

    Raises:
        ConfigError: something needed is missing.
    """
    require_app(settings)
    require_model(settings)
    migrate(settings)
    with closing(build(settings)) as bot:
        if group == TRAINING:
            # Two workers of one machine, of which one trains, need two names.
            worker_id = settings.worker_id or f"{socket.gethostname()}-training"
        else:
            worker_id = settings.worker_id or socket.gethostname()
            bot.model.warm()
        settings = settings.model_copy(update={"worker_id": worker_id})
        with _vitals(settings, bot.store.workers):
            run_worker(settings, bot, stop, group=group)


@contextmanager
def _vitals(settings: Settings, workers: Workers) -> Iterator[None]:
    """Shows a worker's numbers and health while the block runs, where a port is set for them."""
    if not settings.metrics_port:
        yield
        return
    healthy = beating(workers, settings.worker_id, settings.worker_silence)
    listening = listen(settings.metrics_host, settings.metrics_port, "METRICS_")
    with shown(listening, healthy):
        yield


def web_name() -> str:
    """Returns the default name of a web process's worker: `treadle work` may run beside it."""
    return f"{socket.gethostname()}-web"


def listen(host: str, port: int, prefix: str) -> socket.socket:
    """Opens the socket of a server.

    Args:
        host: an address or name of this machine.
        port: 0 takes a free one.
        prefix: what the settings of this server start with, after `TREADLE_`.

    Raises:
        ConfigError: the port is taken, or the address not of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(
            [
                f"{host}:{port} cannot be listened on ({error.strerror}): change "
                f"TREADLE_{prefix}PORT or TREADLE_{prefix}HOST, or stop what listens there"
            ]
        ) from error
    # Its connections inherit this. asyncio sets it only on sockets that name their protocol, and
    # without it an answer's body waits 40 ms until its head is acknowledged.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


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


_FAR = (
    "no App is set, and the page that makes one shows keys to nobody but this machine: leave "
    "TREADLE_ADMIN_HOST ({host}) at 127.0.0.1 until there is one (`ssh -L 8081:127.0.0.1:8081 "
    "HOST` leads there from elsewhere), or set an App by hand: docs/github.md"
)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _server(app: FastAPI) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))


def _together(
    run: Callable[[], None],
    web: uvicorn.Server,
    parts: Mapping[str, Callable[[], None]],
    end: Callable[[], None],
) -> None:
    """Runs a server and the parts of its process; all end when one does.

    Args:
        run: runs the server, here.
        web: that server.
        parts: what runs on threads meanwhile, by name.
        end: tells all parts to end.

    Raises:
        TreadleError: a part ended before the server. What a part raised is raised as it is.
    """

    def ended(_: Future[None]) -> None:
        web.should_exit = True

    with ThreadPoolExecutor(len(parts)) as pool:
        running = {name: pool.submit(part) for name, part in parts.items()}
        for future in running.values():
            future.add_done_callback(ended)
        try:
            run()
        finally:
            early = [name for name, future in running.items() if future.done()]
            end()
    for future in running.values():
        future.result()
    if early:
        raise TreadleError(f"the {early[0]} ended by itself, and so did the web process")
