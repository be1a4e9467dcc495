"""The dashboard: what the bot has learned and why it answers as it does, for its operator."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.convertors import Convertor, register_url_convertor

from app.flows.picking import Picking
from app.web import dictionary, explained, learned, views
from app.web.bot import Bot
from app.web.dictionary_pages import add_dictionary
from app.web.entry import guarded
from app.web.metrics import exposition
from app.web.setup_steps import SetUp, add_setup_steps
from app.web.site import Site
from app.web.training_pages import add_training
from app.web.tree_pages import add_trees


class Id(Convertor[int]):
    """A number in an address, of no more digits than a database can be asked for."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        """Reads the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Writes the number."""
        return str(value)


register_url_convertor("id", Id())


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def midnight(day: date) -> datetime:
    """Returns the first moment of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def create_dashboard(
    bot: Bot,
    token: str,
    *,
    set_up: SetUp | None = None,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """Makes the dashboard and `/metrics`, all of it behind a token.

    Args:
        bot: what is shown. Of it, training runs and adapters can be ordered and changed here.
        token: opens the dashboard, as for `guarded`.
        set_up: what is checked at `/setup`; nothing when None.
        clock: another clock, for tests.
    """
    site = Site(bot, clock)
    store = bot.store
    app = guarded(site, token, host=bot.settings.admin_host)
    add_setup_steps(app, site, set_up)

    @app.get("/metrics")
    def metrics() -> Response:
        found = exposition(store, bot.settings, clock())
        return Response(found, media_type=CONTENT_TYPE_LATEST)

    @app.get("/")
    def overview() -> Response:
        return site.page("overview.html", views.overview(store, clock().date(), midnight))

    @app.get("/repositories/{repository_id:id}")
    def replies(repository_id: int) -> Response:
        repository = site.repository(repository_id)
        return site.tab(repository, "", views.replies(store, repository, clock().date(), midnight))

    add_training(app, site, bot, clock)
    add_trees(app, site, store, Picking(store, clock))
    add_dictionary(app, site, store, bot.deciding, bot.preferring)

    @app.get("/repositories/{repository_id:id}/{tab}")
    def tab(repository_id: int, tab: str) -> Response:
        repository = site.repository(repository_id)
        pages: dict[str, Callable[[], dict[str, Any]]] = {
            "feedback": lambda: views.feedback(bot, repository, clock()),
            "memory": lambda: views.memory(store, repository),
            "phrases": lambda: dictionary.phrases(store, repository),
            "preferences": lambda: views.preferences(store, repository),
            "asks": lambda: views.asks(store, repository),
            "configuration": lambda: {
                **views.configuration(bot, repository),
                **learned.standing(store, repository),
            },
        }
        if tab not in pages:
            raise HTTPException(404, "There is no such page.")
        return site.tab(repository, tab, pages[tab]())

    @app.get("/replies/{reply_id:id}")
    def reply(reply_id: int) -> Response:
        found = store.replies.by_id(reply_id)
        if found is None:
            raise HTTPException(404, "No reply has this number.")
        repository = site.repository(found.repository_id)
        return site.sent_as_made(repository, explained.reply(bot, found, clock()), "reply.html")

    return app
