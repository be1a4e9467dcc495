"""`/setup` while no App is set: a form, GitHub's own page, and back with the App's keys.

1. The form says whose App it is, and how GitHub reaches this bot.
2. The next page shows what will be asked for, and posts it to GitHub as a manifest.
3. GitHub leads the browser to `/setup/created`, with a code. On the way from another site the
   browser sends no cookie of ours, so that page shows nothing but leads on, to
4. `/setup/finish`, which now knows the browser, and exchanges the code for the App's keys.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from app.app_settings import NEW_CHANNEL
from app.errors import TransientError, UserError
from app.github.manifest import Registration, is_code, manifest, registration_page, wanted
from app.models.present import Present
from app.settings import Settings
from app.web.entry import guarded
from app.web.forms import Form
from app.web.guard import policy
from app.web.setup_attempts import LIFETIME, Attempts
from app.web.setup_form import HOOK, Filled, faults, filled, public_address
from app.web.site import Frame

COOKIE = "treadle_setup"
"""Binds an attempt to the browser that began it."""

_STATE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_STRANGE = (
    "This answer does not belong to an App that was begun in this browser within the last hour. "
    "Begin again; an App that was made all the same can be deleted on GitHub."
)


class Registrar(Protocol):
    """What is done outside of this process while an App is made."""

    def ready(self) -> None:
        """Raises UserError where the App's keys could not be kept."""

    def channel(self, address: str) -> str:
        """Returns the channel of a webhook proxy, made anew where only the proxy is named.

        Raises:
            UserError, TransientError: there is none, for a reason told in words.
        """

    def register(self, code: str, channel: str) -> None:
        """Exchanges a code for an App's keys, and keeps these.

        Raises:
            UserError: GitHub does not take the code, or the keys cannot be kept.
            TransientError: GitHub cannot be reached; the code may still be good.
        """


def create_setup(
    settings: Settings,
    token: str,
    registrar: Registrar,
    *,
    made: Callable[[], None],
    clock: Callable[[], datetime],
) -> FastAPI:
    """Makes the site that sets up, all of it behind a token.

    Args:
        settings: without an App.
        token: opens the site, as for `guarded`.
        registrar: makes channels, and keeps the App.
        made: is told that the App is kept, when the browser knows.
        clock: the current time, in UTC.
    """
    frame = Frame(settings, Present(settings), clock)
    app = guarded(frame, token, host=settings.admin_host)
    attempts = Attempts(clock)
    proxied = settings.webhook_proxy.get_secret_value()
    kept = threading.Event()

    def form_page(form: Filled, wrong: Mapping[str, str], status: int = 200) -> Response:
        values = {"form": form, "wrong": wrong, "web_url": settings.web_url}
        return frame.page("setup.html", values, status)

    @app.get("/")
    async def start() -> Response:
        return RedirectResponse("/setup", status_code=303)

    @app.get("/setup")
    def empty() -> Response:
        if kept.is_set():
            # This server is about to end; the one that follows it has the next page.
            return frame.page("setup_starting.html", {})
        reach = "proxy" if proxied else ""
        return form_page(Filled(reach=reach, proxy=proxied or NEW_CHANNEL), {})

    @app.post("/setup")
    def begin(request: Request, form: Form) -> Response:
        given = filled(form)
        if wrong := faults(given, settings.web_url):
            return form_page(given, wrong, 400)
        try:
            registrar.ready()
            channel = registrar.channel(given.proxy) if given.reach == "proxy" else ""
        except (UserError, TransientError) as error:
            return form_page(given, {given.reach: str(error)}, 409)
        attempt = attempts.begin(channel, request.cookies.get(COOKIE, ""))
        asked = _asked(request, settings, given, channel)
        answer = frame.page("setup_confirm.html", {"asked": asked, "state": attempt.state})
        answer.set_cookie(
            COOKIE,
            attempt.browser,
            max_age=int(LIFETIME.total_seconds()),
            path="/setup",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        # This one form goes to GitHub, and to no other place. It says where it comes from: the
        # policy of our other pages has the browser say "null", which GitHub may refuse.
        answer.headers["content-security-policy"] = policy(quote(asked["page"], safe=":/[]%"))
        answer.headers["referrer-policy"] = "strict-origin-when-cross-origin"
        return answer

    @app.get("/setup/created")
    async def created(code: str = "", state: str = "") -> Response:
        if not is_code(code) or not _STATE.fullmatch(state):
            return frame.refuse(400, _STRANGE, "/setup")
        to = "/setup/finish?" + urlencode({"code": code, "state": state})
        return frame.page("setup_created.html", {"to": to, "locked": True})

    @app.get("/setup/finish")
    def finish(request: Request, code: str = "", state: str = "") -> Response:
        attempt = attempts.take(state, request.cookies.get(COOKIE, "")) if is_code(code) else None
        if attempt is None:
            return frame.refuse(400, _STRANGE, "/setup")
        try:
            registrar.register(code, attempt.proxy)
        except TransientError as error:
            attempts.put_back(attempt)
            again = "/setup/finish?" + urlencode({"code": code, "state": state})
            return frame.refuse(503, f"{error}. The code is good for an hour: try again.", again)
        except UserError as error:
            return frame.refuse(409, f"{error}.", "/setup")
        # Known before the browser is told, which may be back sooner than this server ends.
        kept.set()
        answer = RedirectResponse("/setup", 303, background=BackgroundTask(made))
        answer.delete_cookie(COOKIE, path="/setup", httponly=True, samesite="strict")
        return answer

    return app


def _asked(request: Request, settings: Settings, form: Filled, channel: str) -> dict[str, Any]:
    """Returns what GitHub will be asked for, and the page that it is posted to."""
    organisation = form.organisation if form.owner == "organisation" else ""
    base = public_address(form.address)
    registration = Registration(
        # Names are unique on all of GitHub; it can still be changed there.
        name=f"Treadle {organisation or secrets.token_hex(3)}",
        homepage=settings.web_url if channel else base,
        webhook=channel or base + HOOK,
        # As the browser knows this site, which may be through a tunnel.
        back=f"{request.url.scheme}://{request.headers['host']}/setup/created",
    )
    return {
        "page": registration_page(settings.web_url, organisation),
        "manifest": json.dumps(manifest(registration)),
        "name": registration.name,
        "organisation": organisation,
        "webhook": registration.webhook,
        "channel": channel,
        "permissions": wanted().permissions,
        "events": wanted().events,
    }
