"""A dashboard that listens, for the browser."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from app.serving import listen
from app.web.dashboard import create_dashboard
from tests.unit.web.bots import NOW, TOKEN, Shown, make_bot


@dataclass(frozen=True, kw_only=True)
class Served:
    """The address of a dashboard, and the bot behind it."""

    url: str
    bot: Shown


@contextmanager
def serving(migrated: Path, data: Path, **settings: object) -> Iterator[Served]:
    """Serves the dashboard of a bot that knows nothing yet, at `NOW`.

    Args:
        migrated: a folder with a migrated database; `data` is made from it.
        data: where the bot keeps its data.
        settings: of the bot.
    """
    shutil.copytree(migrated, data)
    bot = make_bot(data, **settings)
    listening = listen("127.0.0.1", 0, "ADMIN_")
    config = uvicorn.Config(
        create_dashboard(bot, TOKEN, clock=lambda: NOW), lifespan="off", log_config=None, ws="none"
    )
    server = uvicorn.Server(config)
    run = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    run.start()
    try:
        yield Served(url=f"http://127.0.0.1:{listening.getsockname()[1]}", bot=bot)
    finally:
        server.should_exit = True
        run.join(timeout=10)
        listening.close()
        bot.store.close()
