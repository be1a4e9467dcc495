"""Runs one target: `python -m bench.targets bare|web PORT`, or `… worker`.

The settings come from the environment. The worker's bot plans nothing: it counts deliveries,
and says the counts when it is told to stop.
"""

import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence

import uvicorn
from fastapi import FastAPI, Request, Response

from app.domain import Delivery, Job
from app.jobs import run_worker
from app.logs import configure
from app.main import create_app
from app.settings import Settings, load
from app.store import Store, open_store
from app.webhooks.signature import verifies


class CountingBot:
    """A bot that counts how often each delivery was handled."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.handled: Counter[str] = Counter()

    @property
    def ask(self) -> "CountingBot":
        return self

    deliveries = sweep = refresh = forgetting = preferring = ask

    def handle(self, delivery: Delivery) -> Sequence[Job]:
        self.handled[delivery.guid] += 1
        return ()

    def due(self) -> int:
        return 0

    forget_due = tidy = prune = write_due = due


def bare(settings: Settings) -> FastAPI:
    """Makes an endpoint that checks the signature and keeps nothing."""
    app = FastAPI(openapi_url=None)
    secret = settings.webhook_secret.get_secret_value().encode()

    @app.post("/webhooks")
    async def webhooks(request: Request) -> Response:
        header = request.headers.get("x-hub-signature-256")
        good = verifies(secret, await request.body(), header)
        return Response(status_code=202 if good else 401)

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response()

    return app


def main() -> None:
    """Runs the target that the arguments name."""
    settings = load()
    configure("error")
    kind = sys.argv[1]
    if kind == "worker":
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        bot = CountingBot(open_store(settings))
        run_worker(settings, bot, stop)  # type: ignore[arg-type]
        print(json.dumps(bot.handled))
        return
    app = bare(settings) if kind == "bare" else create_app(settings)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)


main()
