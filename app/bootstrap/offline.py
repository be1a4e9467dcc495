"""Bots without GitHub, and so without its keys: for commands that look at what is kept here."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.domain import Repository
from app.github.offline import Offline
from app.known import known
from app.settings import Settings
from app.store import migrate


@contextmanager
def offline(settings: Settings) -> Iterator[Bot]:
    """Opens a bot over a database that is migrated first, and closes it in the end."""
    migrate(settings)
    with closing(build(settings, github=Offline())) as bot:
        yield bot


@contextmanager
def offline_for(settings: Settings, full_name: str) -> Iterator[tuple[Bot, Repository]]:
    """Opens such a bot, and looks a repository up.

    Raises:
        UserError: it is not known here.
    """
    with offline(settings) as bot:
        yield bot, known(bot.store, full_name)
