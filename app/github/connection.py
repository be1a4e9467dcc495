"""HTTP to GitHub: authorisation, one pool of connections, time-outs, limits, no retries.

Every request is sent once; what is tried again, and when, is the durable queue's to decide.
"""

import ipaddress
import re
import threading
import urllib.request
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import jwt
from githubkit import AppAuthStrategy, GitHub, Response
from githubkit.cache import MemCacheStrategy
from githubkit.exception import RequestFailed

from app import __version__
from app.errors import ConfigError, TransientError
from app.github.counted import CountedTransport
from app.github.errors_of import translated
from app.github.limits import Resource
from app.github.throttle import APP, Call, Throttle

USER_AGENT = f"treadle/{__version__}"

_TIMES = {"retry-after": 6, "x-ratelimit-reset": 10}
"""Headers with a number of seconds, and how many digits it may have."""
_FRACTION = re.compile(rb'("expires_at" *: *"[^"]{19})\.[0-9]{1,9}Z"')
"""Parts of a second, which GitHub itself never gives, in the time that a token ends."""
_READS = {"GET", "HEAD"}
Seen = Callable[[Mapping[str, str]], None]


class SharedTransport(httpx.BaseTransport):
    """Connections that outlive the clients that use them.

    githubkit makes a client for each request and closes it; the pool must stay open.
    """

    def __init__(self, inner: httpx.BaseTransport, seen: Seen) -> None:
        """Makes a transport over another one; `seen` is told the headers of each answer."""
        self._inner = inner
        self._seen = seen

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request; what githubkit cannot read in the answer is taken away."""
        response = self._inner.handle_request(request)
        for name, digits in _TIMES.items():
            value = response.headers.get(name)
            if value is not None and not re.fullmatch(rf"[0-9]{{1,{digits}}}", value):
                del response.headers[name]
        if request.url.path.endswith("/access_tokens"):
            # Asked for in the name of the App, which has limits of its own.
            return _in_whole_seconds(response)
        self._seen(response.headers)
        return response

    def close(self) -> None:
        """Leaves the pool open; `Connection.close` closes it."""


class Connection:
    """The App's access to GitHub, for itself and for each of its installations.

    May be used by many threads. Tokens are kept in memory until they expire.
    """

    def __init__(
        self,
        *,
        app_id: int,
        private_key: str,
        base_url: str,
        timeout: float,
        throttle: Throttle | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepares access; nothing is sent yet.

        Args:
            app_id: the App's id.
            private_key: its key, PEM text.
            base_url: the REST address.
            timeout: seconds until connecting, or each wait for data, is given up.
            throttle: keeps to GitHub's limits; None for a few requests that need none.
            transport: instead of the network, for tests.

        Raises:
            ConfigError: the key cannot be used.
        """
        self._auth = AppAuthStrategy(app_id, private_key)
        self._url = httpx.URL(base_url)
        self._timeout = httpx.Timeout(timeout)
        inner = transport or httpx.HTTPTransport(proxy=proxy_of(self._url))
        self._inner = CountedTransport(inner)
        self._throttle = throttle
        self.close = weakref.finalize(self, inner.close)
        self._lock = threading.Lock()
        self._installations: dict[int, GitHub[Any]] = {}
        self._app = self._github(self._auth, APP)
        try:
            self._auth.get_auth_flow(self._app).get_jwt()  # type: ignore[attr-defined]
        except (ValueError, TypeError, jwt.PyJWTError):
            raise ConfigError(
                ["the private key cannot be read: download it again from the App's page"]
            ) from None

    def app(
        self, method: str, path: str, *, params: dict[str, str | int] | None = None
    ) -> Response[Any]:
        """Sends a request as the App itself."""
        with translated(), self._sending(APP, Call(changes=_changes(method, path))):
            return self._app.request(method, path, params=params)

    def send(
        self,
        installation_id: int,
        method: str,
        path: str,
        *,
        params: dict[str, str | int] | None = None,
        json: object = None,
        accept: str = "application/vnd.github+json",
        stream: bool = False,
        notice: bool = False,
    ) -> Response[Any]:
        """Sends a request as an installation.

        A token that GitHub no longer takes is replaced once: such a request was not carried
        out, so that sending it again repeats nothing. One that is a `notice` is of use at once
        or not at all, and gives way to others.
        """

        def once() -> Response[Any]:
            return self._installation(installation_id).request(
                method,
                path,
                params=params,
                json=json,
                headers={"accept": accept},
                stream=stream,
            )

        call = Call(changes=_changes(method, path), notice=notice)
        with translated(), self._sending(installation_id, call):
            try:
                return once()
            except RequestFailed as error:
                if error.response.status_code != 401:
                    raise
                self._forget(installation_id)
                return once()

    def query(
        self, installation_id: int, document: str, variables: dict[str, Any]
    ) -> dict[str, Any]:
        """Runs a GraphQL query as an installation.

        Raises:
            GraphQLFailed: as githubkit raises it: what is missing is the caller's to judge.
        """
        github = self._installation(installation_id)
        with self._sending(installation_id, Call(resource=Resource.GRAPHQL)):
            try:
                return github.graphql(document, variables)
            except RequestFailed as error:
                if error.response.status_code != 401:
                    raise
                self._forget(installation_id)
                return self._installation(installation_id).graphql(document, variables)

    def is_ours(self, url: httpx.URL) -> bool:
        """Tells whether an address is one of this GitHub's own, so that a token may go there."""
        return (url.scheme, url.host, url.port) == (
            self._url.scheme,
            self._url.host,
            self._url.port,
        )

    @contextmanager
    def _sending(self, installation_id: int, call: Call) -> Iterator[None]:
        if self._throttle is None:
            yield
            return
        with self._throttle.sending(installation_id, call):
            yield

    def _installation(self, installation_id: int) -> GitHub[Any]:
        with self._lock:
            github = self._installations.get(installation_id)
            if github is None:
                github = self._github(self._auth.as_installation(installation_id), installation_id)
                self._installations[installation_id] = github
            return github

    def _forget(self, installation_id: int) -> None:
        with self._lock:
            self._installations.pop(installation_id, None)

    def _github(self, auth: Any, installation_id: int) -> GitHub[Any]:
        def seen(headers: Mapping[str, str]) -> None:
            if self._throttle is not None:
                self._throttle.seen(installation_id, headers)

        # A token cache of its own: githubkit's default is one for the whole process, keyed
        # without the address, so that two GitHubs would be sent each other's tokens.
        return GitHub(
            auth,
            base_url=self._url,
            user_agent=USER_AGENT,
            timeout=self._timeout,
            transport=SharedTransport(self._inner, seen),
            cache_strategy=MemCacheStrategy(),
            http_cache=False,
            auto_retry=False,
        )


def _changes(method: str, path: str) -> str:
    """Returns what a request changes, "" for one that only reads."""
    return "" if method in _READS else f"{method} {path}"


def _in_whole_seconds(response: httpx.Response) -> httpx.Response:
    """Returns the answer with a token as githubkit reads it: other servers time it finer."""
    content = response.read()
    plain = _FRACTION.sub(rb'\1Z"', content)
    if plain == content:
        return response
    # These described the bytes as they came.
    framing = {"content-length", "content-encoding", "transfer-encoding"}
    headers = [(name, value) for name, value in response.headers.items() if name not in framing]
    return httpx.Response(response.status_code, headers=headers, content=plain)


def json_of(response: Response[Any]) -> Any:
    """Returns the JSON of a response.

    Raises:
        TransientError: it is not JSON, as when something between us and GitHub answered.
    """
    try:
        return response.json()
    except ValueError:
        raise TransientError(
            f"{response.raw_request.method} {response.raw_request.url.path}: not JSON"
        ) from None


def proxy_of(url: httpx.URL) -> str | None:
    """Returns the proxy that the environment names for an address; none for this machine."""
    host = url.host
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if local or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(url.scheme)
