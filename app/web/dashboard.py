"""The dashboard: what the bot has learned and why it answers as it does, for its operator."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException as StarletteHTTPException

from app import __version__
from app.domain import Repository
from app.web import explained, views
from app.web.guard import COOKIE, Guard, matches, signed_in
from app.web.links import Links
from app.web.metrics import exposition

STATIC = Path(__file__).parent / "static"
LONGEST_FORM = 4096
TABS = {
    "": ("Replies", "replies.html"),
    "feedback": ("Feedback", "feedback.html"),
    "memory": ("Memory", "memory.html"),
    "phrases": ("Phrases", "phrases.html"),
    "preferences": ("Preference rows", "preferences.html"),
    "asks": ("Asks", "asks.html"),
    "configuration": ("Configuration", "configuration.html"),
}
TITLES = {
    401: "The dashboard is locked",
    403: "Refused",
    404: "Not here",
    405: "Not like this",
    421: "Not under this name",
}


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


def create_dashboard(bot: views.Bot, token: str, *, clock: Callable[[], datetime] = now) -> FastAPI:
    """Makes the dashboard and `/metrics`, all of it behind a token.

    Args:
        bot: what is shown; nothing of it is changed.
        token: opens the dashboard, as `/?token=`, by the form of the page that asks for it,
            or as `Authorization: Bearer` for a program.
        clock: another clock, for tests.
    """
    site = _Site(bot, clock)
    store = bot.store
    app = FastAPI(title="Treadle", openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, token=token, host=bot.settings.admin_host, refuse=site.refuse)

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> Response:
        del request
        return site.refuse(error.status_code, str(error.detail))

    @app.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        form = await _form(request)
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
        return Response(exposition(store), media_type=CONTENT_TYPE_LATEST)

    @app.get("/")
    def overview() -> Response:
        return site.page("overview.html", views.overview(store, clock().date(), midnight))

    @app.get("/repositories/{repository_id:id}")
    def replies(repository_id: int) -> Response:
        repository = site.repository(repository_id)
        return site.tab(repository, "", views.replies(store, repository, clock().date(), midnight))

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


class _Site:
    """Lays pages out."""

    def __init__(self, bot: views.Bot, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._clock = clock
        self._templates = Environment(
            loader=PackageLoader("app.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        stamp = hashlib.sha256(b"".join(f.read_bytes() for f in sorted(STATIC.iterdir())))
        self._always: Mapping[str, Any] = {
            "links": Links(web_url=bot.settings.web_url),
            "stamp": stamp.hexdigest()[:12],
            "version": __version__,
            "shown": views.SHOWN,
            "locked": False,
        }

    def repository(self, repository_id: int) -> Repository:
        """Returns a repository.

        Raises:
            HTTPException: there is none of this id.
        """
        found = self._bot.store.repositories.get(repository_id)
        if found is None:
            raise HTTPException(404, "No repository has this number.")
        return found

    def page(self, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        """Renders a page."""
        html = self._templates.get_template(template).render(self._all(values))
        return HTMLResponse(html, status_code=status)

    def sent_as_made(
        self, repository: Repository, values: Mapping[str, Any], template: str
    ) -> Response:
        """Renders a page of a repository that none of its tabs leads to, each part sent at once."""
        known = {"repository": repository, "tabs": TABS, "tab": None}
        parts = self._templates.get_template(template).generate(self._all({**known, **values}))
        return StreamingResponse(parts, media_type="text/html")

    def _all(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**self._always, "now": self._clock(), "model": self._bot.model, **values}

    def tab(self, repository: Repository, tab: str, values: Mapping[str, Any]) -> Response:
        """Renders a page of a repository; `tab` is its key in `TABS`."""
        known = {"repository": repository, "tabs": TABS, "tab": tab}
        return self.page(TABS[tab][1], {**known, **values})

    def refuse(self, status: int, reason: str) -> Response:
        """Renders the page of an error."""
        title = TITLES.get(status, "This went wrong")
        values = {"status": status, "title": title, "reason": reason, "locked": status == 401}
        page = self.page("error.html", values, status)
        if status == 401:
            page.headers["WWW-Authenticate"] = 'Bearer realm="Treadle dashboard"'
        return page


async def _form(request: Request) -> Mapping[str, str]:
    """Returns the fields of a form; none of one that is too long or no form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return {}
    fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=None)
    return {name: values[-1] for name, values in fields.items()}
