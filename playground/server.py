"""The playground over HTTP: in a thread for tests, or as a process of its own."""

import functools
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from playground.archive import archive_route
from playground.clock import Clock
from playground.control import control_routes
from playground.faults import FaultGate
from playground.graphql.route import graphql_route
from playground.keys import new_private_key, public_key
from playground.rest.gateway import ByNumber, rest_routes
from playground.smee import Smee, smee_routes
from playground.values import Installation
from playground.webhooks import Dispatcher
from playground.world import World

HOST = "127.0.0.1"
OWNER = "olivia"
SLUG = "treadle"


class Connections:
    """Knows the transport of each open connection, so that a fault can cut it."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], Any] = {}

    def protocol(self) -> type[H11Protocol]:
        """The protocol that tells of its connections."""
        known = self._open

        class Told(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                if self.client is not None:
                    known[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                if self.client is not None:
                    known.pop(self.client, None)

        return Told

    def drop(self, scope: Scope) -> None:
        """Cuts the connection of a request; nothing more is sent on it."""
        transport = self._open.get(tuple(scope.get("client") or ("", 0)))
        if transport is not None:
            transport.abort()


def create_app(
    world: World,
    *,
    drop: Callable[[Scope], None] | None = None,
    pages: Sequence[BaseRoute] = (),
    smee: Smee | None = None,
) -> ASGIApp:
    """The playground as an ASGI application.

    Args:
        drop: Cuts the connection of a request, for the faults that need it.
        pages: Routes for people; they come after those for programs.
        smee: The webhook proxy's channels.
    """

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    routes: list[BaseRoute] = [
        Route("/_health", health),
        graphql_route(world),
        Mount("/api/v3", routes=rest_routes(world)),
        archive_route(world),
        *control_routes(world),
        *smee_routes(smee or Smee(), lambda: world.web_url),
        *pages,
    ]
    return FaultGate(ByNumber(Starlette(routes=routes), world), world.faults, drop or _cannot_drop)


def _cannot_drop(scope: Scope) -> None:
    raise RuntimeError("only the playground's own server can drop connections")


class Playground:
    """A playground on a free port of this machine, with an App registered unless told otherwise.

    Use it as a context manager; `world` may also be acted upon directly.

    Args:
        path: A SQLite file that keeps the world; None for memory alone.
        port: 0 takes a free one.
        private_key_pem: The App's key; a fresh one when not given.
        slug: Of the App; None registers none, so that somebody makes one from a manifest.
        hook_url: Where the App's webhooks go from the start.
        pages: Makes the routes for people from the world.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        port: int = 0,
        private_key_pem: str | None = None,
        webhook_secret: str = "playground-webhook-secret",
        slug: str | None = SLUG,
        owner: str = OWNER,
        permissions: Mapping[str, str] | None = None,
        hook_url: str | None = None,
        clock: Clock | None = None,
        pages: Callable[[World], Sequence[BaseRoute]] | None = None,
        hook_timeout: float = 10.0,
    ) -> None:
        self.private_key_pem = private_key_pem or _shared_key()
        self.webhook_secret = webhook_secret
        self._slug = slug
        self.world = world = World(path, clock)
        world.create_user(owner)
        if slug is not None:
            world.register_app(
                slug=slug,
                owner=owner,
                public_key_pem=public_key(self.private_key_pem),
                webhook_secret=webhook_secret,
                permissions=permissions,
            )
            if hook_url is not None:
                world.set_hook(hook_url, slug=slug)
        # With the protocol named, asyncio lets its connections send at once (TCP_NODELAY); without,
        # an answer's body waits 40 ms until its head is acknowledged.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, port))
        self.port: int = self._socket.getsockname()[1]
        world.web_url = self.url
        connections = Connections()
        self.smee = Smee(lambda: self.server.should_exit)
        routes = () if pages is None else pages(world)
        config = uvicorn.Config(
            create_app(world, drop=connections.drop, pages=routes, smee=self.smee),
            http=connections.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        self.server = uvicorn.Server(config)
        self.dispatcher = Dispatcher(world, hook_timeout)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where people's pages start; no slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """What a GitHub client takes as its base address."""
        return f"{self.url}/api/v3"

    @property
    def app_id(self) -> int:
        """The App's id; of the first one made where none was registered."""
        return self.world.app_of(self._slug).id

    @property
    def client_id(self) -> str:
        """The App's client id; of the first one made where none was registered."""
        return self.world.app_of(self._slug).client_id

    def install(self, owner: str, repositories: Sequence[str] | None = None) -> Installation:
        """Installs the App on an account; on all its repositories unless some are named."""
        return self.world.install(owner, repositories=repositories, slug=self._slug)

    def set_hook(self, url: str | None) -> None:
        """Says where the App's webhooks go."""
        self.world.set_hook(url, slug=self._slug)

    def settle(self, timeout: float = 30.0) -> bool:
        """Waits until all webhooks were sent; tells whether they were."""
        return self.dispatcher.settle(timeout)

    def __enter__(self) -> "Playground":
        """Serves from a thread of its own, and returns once connections are accepted."""
        self._socket.listen(128)
        self.dispatcher.start()
        run = functools.partial(self.server.run, sockets=[self._socket])
        self._thread = threading.Thread(target=run, name="playground", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stops serving and sending."""
        self.world.simulator.close()
        self.server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)
        self.dispatcher.stop()
        self._socket.close()
        self.world.close()

    def serve_here(self) -> None:
        """Serves in this thread until a signal ends it."""
        self._socket.listen(128)
        self.dispatcher.start()
        try:
            self.server.run(sockets=[self._socket])
        finally:
            self.world.simulator.close()
            self.dispatcher.stop()
            self._socket.close()
            self.world.close()


@functools.cache
def _shared_key() -> str:
    """One fresh key for a process: making one takes a tenth of a second."""
    return new_private_key()
