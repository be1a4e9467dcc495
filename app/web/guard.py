"""What stands before the dashboard: the host that was named, the origin of forms, the token.

The dashboard listens on this machine alone, but a browser on this machine shows pages of
anybody. So a name that leads here by a trick (DNS rebinding) is refused, a form of another
site is refused, and nothing is shown without the token that the start of the server printed.
"""

import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "treadle_dashboard"
OPEN = ("/static/", "/sign-in", "/setup/created")
"""Paths that need no token: what the page that asks for it is made of, and the one that GitHub
leads back to. A browser sends no strict cookie on the way from another site; from the page that
is shown there it does."""


def policy(form_action: str = "'self'") -> str:
    """Returns a page's policy; its forms may be sent to this site, or to one address."""
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    )


HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": policy(),
    # Not `no-referrer`: browsers then name no origin with a form, and it would be refused.
    # Other sites are told nothing either way.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Refuse = Callable[[int, str], Response]


class Guard:
    """Lets requests through to the dashboard, or refuses them.

    Args:
        app: what is guarded.
        token: what opens it; never empty.
        host: the address that the server listens on.
        refuse: makes the page that tells why, from status and reason.
    """

    def __init__(self, app: ASGIApp, *, token: str, host: str, refuse: Refuse) -> None:
        if not token:
            raise ValueError("the dashboard needs a token")
        self._app = app
        self._token = token
        self._host = host
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, with the headers that every answer has, if not others of its own."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._answer(Request(scope)) or self._app
        await answer(scope, receive, _with_headers(send))

    def _answer(self, request: Request) -> Response | None:
        """Returns what to say instead of the page, None where the page may be shown."""
        if request.method == "GET" and self._shown_by_program(request):
            # No page of another site knows the token, so the name it came by does not matter.
            return None
        if not host_allowed(request.headers.get("host", ""), self._host):
            return self._refuse(
                421, "The dashboard is not known by this name. Open it by the address it printed."
            )
        if request.method not in ("GET", "HEAD") and not same_origin(request):
            return self._refuse(403, "This form was not sent from a page of the dashboard.")
        if request.url.path.startswith(OPEN):
            return None
        if request.method == "GET" and "token" in request.query_params:
            return self._sign_in(request)
        if not self._known(request):
            return self._refuse(401, "")
        return None

    def _sign_in(self, request: Request) -> Response:
        """Takes the token out of the address, into a cookie."""
        query = parse_qsl(request.url.query, keep_blank_values=True)
        if not matches(self._token, request.query_params["token"]):
            return self._refuse(401, "This token is not the one that is in force.")
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        # One slash alone: two would name another host.
        path = "/" + request.url.path.lstrip("/\\")
        return signed_in(request, self._token, path + (f"?{rest}" if rest else ""))

    def _shown_by_program(self, request: Request) -> bool:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and matches(self._token, value.strip())

    def _known(self, request: Request) -> bool:
        return matches(cookie_of(self._token), request.cookies.get(COOKIE, ""))


def signed_in(request: Request, token: str, to: str) -> Response:
    """Remembers in the browser that the token was shown, and leads to a path."""
    answer = RedirectResponse(to, status_code=303)
    answer.set_cookie(
        COOKIE,
        cookie_of(token),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return answer


def cookie_of(token: str) -> str:
    """Returns what the cookie holds; the token does not follow from it."""
    return hmac.new(token.encode(), b"treadle dashboard", hashlib.sha256).hexdigest()


def matches(secret: str, given: str) -> bool:
    """Compares in a time that tells nothing of the secret."""
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogatepass"))


def host_allowed(header: str, configured: str) -> bool:
    """Tells whether a `Host` header names this machine or the configured address.

    Args:
        header: the header as sent, with or without a port.
        configured: the address that the server listens on. Where that is all addresses, any
            bare address will do, for no name can be turned into one, and this machine's name.
    """
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", configured.lower()):
        return True
    address = _address(name)
    if address is not None and address.is_loopback:
        return True
    bound = _address(configured)
    if bound is None or not bound.is_unspecified:
        return False
    return address is not None or name == socket.gethostname().lower()


def same_origin(request: Request) -> bool:
    """Tells whether a form was sent from a page of this very site."""
    try:
        origin = urlsplit(request.headers.get("origin", ""))
    except ValueError:
        return False
    host = request.headers.get("host", "").lower()
    return origin.scheme in ("http", "https") and bool(host) and origin.netloc.lower() == host


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
