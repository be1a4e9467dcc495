"""The least that a bot can do: check the signature and post a fixed text, at once."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request

from app.domain import Repository
from app.github.client import connect
from app.settings import Settings
from app.webhooks.signature import verifies


@contextmanager
def echoing(settings: Settings, repository: tuple[str, str]) -> Iterator[None]:
    """Answers the comments of one repository, in a thread of this process.

    Args:
        settings: of a bot at the repository's GitHub; its port is listened on.
        repository: owner and name.
    """
    hub = connect(settings)
    known: dict[str, Repository] = {}
    app = FastAPI()

    def post(body: bytes, headers: Any) -> None:
        secret = settings.webhook_secret.get_secret_value().encode()
        if not verifies(secret, body, headers.get("x-hub-signature-256")):
            return
        payload = json.loads(body)
        if headers.get("x-github-event") != "issue_comment" or (
            payload["comment"]["user"]["type"] == "Bot"
        ):
            return
        if not known:
            known["one"] = hub.repository(*repository)
        hub.post(known["one"], payload["issue"]["number"], "Echo.")

    @app.post("/webhooks")
    async def webhook(request: Request) -> dict[str, str]:
        body = await request.body()
        threading.Thread(target=post, args=(body, request.headers)).start()
        return {}

    server = uvicorn.Server(uvicorn.Config(app, port=settings.port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
