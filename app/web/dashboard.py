"""The dashboard: what the bot has learned and why it answers as it does, for its operator."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException as StarletteHTTPException

from app.web import explained, views
from app.web.bot import Bot
from app.web.forms import Form
from app.web.guard import COOKIE, Guard, matches, signed_in
from app.web.metrics import exposition
from app.web.site import STATIC, Site
from app.web.training_pages import add_training


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


def create_dashboard(bot: Bot, token: str, *, clock: Callable[[], datetime] = now) -> FastAPI:
    """Makes the dashboard and `/metrics`, all of it behind a token.

    Args:
        bot: what is shown. Of it, training runs and adapters can be ordered and changed here.
        token: opens the dashboard, as `/?token=`, by the form of the page that asks for it,
            or as `Authorization: Bearer` for a program.
        clock: another clock, for tests.
    """
    site = Site(bot, clock)
    store = bot.store
    app = FastAPI(title="Treadle", openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, token=token, host=bot.settings.admin_host, refuse=site.refuse)

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> Response:
        del request
        return site.refuse(error.status_code, str(error.detail))

    @app.post("/sign-in")
    def sign_in(request: Request, form: Form) -> Response:
        if not matches(token, form.get("token", "").strip()):
            return site.refuse(401, "This token is not the one that is in force.")
        return signed_in(request, token, "/")

    @app.get("/sign-in")
    async def begin() -> Response:
        return RedirectResponse("/", status_code=303)

    @app.post("/sign-out")
    async def sign_out() -> Response:
        answer = RedirectResponse("/", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

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

    @app.get("/repositories/{repository_id:id}/{tab}")
    def tab(repository_id: int, tab: str) -> Response:
        repository = site.repository(repository_id)
        pages: dict[str, Callable[[], dict[str, Any]]] = {
            "feedback": lambda: views.feedback(store, repository),
            "memory": lambda: views.memory(store, repository),
            "phrases": lambda: views.phrases(store, repository),
            "preferences": lambda: views.preferences(store, repository),
            "asks": lambda: views.asks(store, repository),
            "configuration": lambda: views.configuration(bot, repository),
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
        return site.sent_as_made(repository, explained.reply(bot, found), "reply.html")

    return app
