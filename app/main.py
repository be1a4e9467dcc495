"""The web process: webhooks in, `202` out. It enqueues and answers nothing itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI, Response
from fastapi.concurrency import run_in_threadpool

from app import __version__
from app.inbox import DurableInbox
from app.ports.inbox import Inbox
from app.settings import Settings
from app.store import migrate
from app.webhooks.route import routes

log = structlog.get_logger()


def create_app(settings: Settings, *, inbox: Inbox | None = None) -> FastAPI:
    """Makes the web process's application.

    The database is migrated when it starts, under a lock, so that any number may start.

    Args:
        settings: as `settings.load` returns them, checked by `require_app`.
        inbox: another queue than the durable one, for tests.
    """
    if inbox is None:
        migrate(settings)
        inbox = DurableInbox(settings)
    queue = inbox

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        log.info("web.started", version=__version__)
        yield
        log.info("web.stopped")

    app = FastAPI(title="Treadle", version=__version__, lifespan=lifespan, openapi_url=None)
    app.include_router(
        routes(
            secret=settings.webhook_secret.get_secret_value().encode(),
            app_id=settings.app_id,
            inbox=queue,
            max_body_bytes=settings.max_body_bytes,
        )
    )

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Tells that the process lives."""
        return {"status": "ok", "version": __version__}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        """Tells whether deliveries can be kept: the queue's database can be reached."""
        ready = await run_in_threadpool(queue.ready)
        if not ready:
            response.status_code = 503
        return {"status": "ready" if ready else "the queue's database cannot be reached"}

    return app
