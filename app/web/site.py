"""How pages are laid out: the frame, the tabs of a repository, and what is said of errors."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from app import __version__
from app.domain import Repository
from app.flows.context import ModelInUse
from app.settings import Settings
from app.web import views
from app.web.bot import Bot
from app.web.links import Links

STATIC = Path(__file__).parent / "static"
TABS = {
    "": ("Replies", "replies.html"),
    "feedback": ("Feedback", "feedback.html"),
    "memory": ("Memory", "memory.html"),
    "phrases": ("Phrases", "phrases.html"),
    "preferences": ("Preference rows", "preferences.html"),
    "training": ("Training", "training.html"),
    "asks": ("Asks", "asks.html"),
    "audit": ("Audit log", "audit.html"),
    "configuration": ("Configuration", "configuration.html"),
}
TITLES = {
    400: "Not understood",
    401: "The dashboard is locked",
    403: "Refused",
    404: "Not here",
    405: "Not like this",
    409: "Not done",
    421: "Not under this name",
    503: "Not now",
}


class Frame:
    """Lays out pages that are of no repository: of the dashboard, and of setting up before it."""

    dashboard: ClassVar[bool] = False
    """Whether there are the pages that the header leads to."""

    def __init__(
        self, settings: Settings, model: ModelInUse, clock: Callable[[], datetime]
    ) -> None:
        self._model = model
        self._clock = clock
        self._templates = Environment(
            loader=PackageLoader("app.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        stamp = hashlib.sha256(b"".join(f.read_bytes() for f in sorted(STATIC.iterdir())))
        self.links = Links(web_url=settings.web_url)
        self._always: Mapping[str, Any] = {
            "links": self.links,
            "stamp": stamp.hexdigest()[:12],
            "version": __version__,
            "shown": views.SHOWN,
            "locked": False,
            "dashboard": self.dashboard,
        }

    def page(self, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        """Renders a page."""
        html = self._templates.get_template(template).render(self._all(values))
        return HTMLResponse(html, status_code=status)

    def refuse(self, status: int, reason: str, back: str = "/") -> Response:
        """Renders the page of an error; `back` is the path that it leads to."""
        title = TITLES.get(status, "This went wrong")
        values = {
            "status": status,
            "title": title,
            "reason": reason,
            "locked": status == 401,
            "back": back,
        }
        page = self.page("error.html", values, status)
        if status == 401:
            page.headers["WWW-Authenticate"] = 'Bearer realm="Treadle dashboard"'
        return page

    def _all(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**self._always, "now": self._clock(), "model": self._model, **values}


class Site(Frame):
    """Lays out the pages of repositories, too."""

    dashboard = True

    def __init__(self, bot: Bot, clock: Callable[[], datetime]) -> None:
        super().__init__(bot.settings, bot.model, clock)
        self._bot = bot

    def repository(self, repository_id: int) -> Repository:
        """Returns a repository.

        Raises:
            HTTPException: there is none of this id.
        """
        found = self._bot.store.repositories.get(repository_id)
        if found is None:
            raise HTTPException(404, "No repository has this number.")
        return found

    def sent_as_made(
        self, repository: Repository, values: Mapping[str, Any], template: str
    ) -> Response:
        """Renders a page of a repository that none of its tabs leads to, each part sent at once."""
        known = {"repository": repository, "tabs": TABS, "tab": None}
        parts = self._templates.get_template(template).generate(self._all({**known, **values}))
        return StreamingResponse(parts, media_type="text/html")

    def tab(
        self, repository: Repository, tab: str, values: Mapping[str, Any], template: str = ""
    ) -> Response:
        """Renders a page of a repository.

        Args:
            repository: whose page it is.
            tab: its key in `TABS`.
            values: for the template.
            template: another one than that of the tab, for a page below it.
        """
        known = {"repository": repository, "tabs": TABS, "tab": tab}
        return self.page(template or TABS[tab][1], {**known, **values})
