"""The pages as an application: addresses, forms, templates, and what a browser may do here."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from playground.errors import Forbidden, Invalid, PlaygroundError
from playground.pages.table import OPEN, TABLE
from playground.pages.visit import Empty, Handler, Page, Redirect, Visit, standings
from playground.world import World

STATIC = Path(__file__).parent / "static"
COOKIE = "acts_as"
BIGGEST_FORM = 1024 * 1024
MOST_FIELDS = 1000
"""Of a form; where repositories are chosen, each is one."""
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Forms of a page without any referrer would name no origin, and be refused here.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TITLES = {
    401: "Nobody is signed in",
    403: "You may not do this",
    404: "Not here",
    405: "Not like this",
    409: "Not as things stand",
    410: "Deleted",
    422: "This cannot be done",
}
NOWHERE = "There is nothing at this address, or nothing that this account may see."


class _Digits(Convertor[int]):
    """A number in an address, of no more digits than a number of the playground can have."""

    regex = "[0-9]{1,15}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("digits", _Digits())


def create_pages(world: World, dashboard_url: str | None = None) -> list[BaseRoute]:
    """Makes the routes of a world's pages, which take every address: they must come last.

    Args:
        world: What they show and change.
        dashboard_url: Where the bot shows what it learned; no link without it.
    """
    site = _Site(world, dashboard_url)
    routes: list[BaseRoute] = [
        Mount("/_pages/static", StaticFiles(directory=STATIC), name="static")
    ]
    for method, path, handler in TABLE:
        for concrete, kind in _paths(path):
            endpoint = site.endpoint(handler, kind, is_open=path in OPEN)
            routes.append(Route(concrete, endpoint, methods=[method]))
    app = Starlette(routes=routes, exception_handlers={HTTPException: site.refuse})
    return [Mount("/", app)]


def _paths(path: str) -> list[tuple[str, str]]:
    if "{kind:kind}" not in path:
        return [(path, "")]
    return [(path.replace("{kind:kind}", kind), kind) for kind in ("issues", "pull")]


class _Site:
    """Turns requests into visits and results into responses."""

    def __init__(self, world: World, dashboard_url: str | None) -> None:
        self._world = world
        self._dashboard_url = dashboard_url
        self._templates = Environment(
            loader=PackageLoader("playground.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        stamp = hashlib.sha256(b"".join(f.read_bytes() for f in sorted(STATIC.iterdir())))
        self._stamp = stamp.hexdigest()[:12]

    def endpoint(
        self, handler: Handler, kind: str, *, is_open: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of a page.

        Args:
            kind: The folder of a thread's address.
            is_open: Whether pages of other sites may send their forms here.
        """

        async def handle(request: Request) -> Response:
            form: dict[str, str] = {}
            login = request.cookies.get(COOKIE, "")
            try:
                _check_host(request, self._world.web_url)
                if request.method == "POST":
                    if not is_open:
                        _check_origin(request, self._world.web_url)
                    form = await _read_form(request)
                with self._world.transaction():
                    visit = Visit(
                        world=self._world,
                        params={**request.path_params, "kind": kind},
                        query=request.query_params,
                        form=form,
                        path=_address(request),
                        login=login,
                    )
                    return self._respond(visit, handler)
            except PlaygroundError as error:
                bare = error.message in ("", "Not Found")
                message = NOWHERE if bare and error.status == 404 else error.message
                return self._error(error.status, message, request)

        return handle

    async def refuse(self, request: Request, error: Exception) -> Response:
        """The page of an address that leads nowhere."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        return self._error(status, NOWHERE, request)

    def _respond(self, visit: Visit, handler: Handler) -> Response:
        result = handler(visit)
        if isinstance(result, Empty):
            return Response(status_code=204, headers=HEADERS)
        if isinstance(result, Redirect):
            answer = RedirectResponse(result.to, status_code=303, headers=HEADERS)
            if result.login is not None:
                answer.set_cookie(
                    COOKIE, result.login, max_age=365 * 86_400, httponly=True, samesite="lax"
                )
            return answer
        return self._page(visit, result)

    def _page(self, visit: Visit, page: Page) -> Response:
        repository = page.values.get("repository")
        person = visit.person
        values: dict[str, Any] = {
            "repository": None,
            "full_name": "" if repository is None else self._world.full_name(repository),
            "base": "" if repository is None else visit.base(repository),
            "person": None if person is None else person.login,
            "people": standings(self._world, repository),
            "back": visit.path if not visit.form else visit.path.rsplit("/", 1)[0],
            "dashboard_url": self._dashboard_url,
            "stamp": self._stamp,
            "now": self._world.clock.now(),
            **page.values,
        }
        body = self._templates.get_template(page.template).render(values)
        headers = HEADERS
        if page.leads_to:
            # Browsers hold the redirects that answer a form to this too.
            headers = {**HEADERS, "Content-Security-Policy": f"{POLICY} {page.leads_to}"}
        return HTMLResponse(body, status_code=page.status, headers=headers)

    def _error(self, status: int, message: str, request: Request) -> Response:
        with self._world.transaction():
            visit = Visit(
                world=self._world,
                params={},
                query={},
                form={},
                path=_address(request),
                login=request.cookies.get(COOKIE, ""),
            )
            title = TITLES.get(status, "This went wrong")
            back = urlsplit(request.headers.get("referer", "")).path
            values = {
                "status": status,
                "title": title,
                "message": message,
                "from": back or "/",
                "back": visit.path if request.method == "GET" else "/",
            }
            return self._page(visit, Page(template="error.html", values=values, status=status))


def _address(request: Request) -> str:
    """The path of a request with its query."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _check_host(request: Request, home: str) -> None:
    """Refuses to be read under a borrowed name: pages hold the way into the dashboard.

    Raises:
        Forbidden: the browser was led here by a name that is not this machine's.
    """
    host = request.headers.get("host", "").lower()
    if urlsplit(f"//{host}").hostname not in LOOPBACK and host != urlsplit(home).netloc:
        raise Forbidden("This playground is only there under the address that it printed.")


def _check_origin(request: Request, home: str) -> None:
    """Refuses a form that another site's page sent, or a page under a borrowed name.

    Raises:
        Forbidden: the browser names another origin than this one, or none, or it was led here
            by a name that is not this machine's.
    """
    named = urlsplit(request.headers.get("origin", ""))
    host = request.headers.get("host", "").lower()
    known = named.hostname in LOOPBACK or named.netloc == urlsplit(home).netloc
    if not named.netloc or named.netloc.lower() != host or not known:
        raise Forbidden("This form was not sent from a page of this playground.")


async def _read_form(request: Request) -> dict[str, str]:
    """The fields of a form, line ends as `\\n`.

    Raises:
        Invalid: it is too long, or no form.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BIGGEST_FORM:
            raise Invalid("This form is too long.")
    if not body:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise Invalid("This is not the form of a page.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="replace",
        )
    except ValueError:
        raise Invalid("This is not the form of a page.") from None
    return {name: value.replace("\r\n", "\n").replace("\r", "\n") for name, value in pairs}
