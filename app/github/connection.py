"""HTTP to GitHub: authorisation, one pool of connections, time-outs, no retries.

Every request is sent once; what is tried again, and when, is the durable queue's to decide.
"""

import ipaddress
import re
import threading
import urllib.request
import weakref
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

USER_AGENT = f"treadle/{__version__}"

_TIMES = {"retry-after": 6, "x-ratelimit-reset": 10}
"""Headers with a number of seconds, and how many digits it may have."""


class SharedTransport(httpx.BaseTransport):
    """Connections that outlive the clients that use them.

    githubkit makes a client for each request and closes it; the pool must stay open.
    """

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request; times to wait that githubkit cannot read are taken away."""
        response = self._inner.handle_request(request)
        for name, digits in _TIMES.items():
            value = response.headers.get(name)
            if value is not None and not re.fullmatch(rf"[0-9]{{1,{digits}}}", value):
                del response.headers[name]
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
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepares access; nothing is sent yet.

        Args:
            app_id: the App's id.
            private_key: its key, PEM text.
            base_url: the REST address.
            timeout: seconds until connecting, or each wait for data, is given up.
            transport: instead of the network, for tests.

        Raises:
            ConfigError: the key cannot be used.
        """
        self._auth = AppAuthStrategy(app_id, private_key)
        self._url = httpx.URL(base_url)
        self._timeout = httpx.Timeout(timeout)
        inner = transport or httpx.HTTPTransport(proxy=proxy_of(self._url))
        self._transport = SharedTransport(CountedTransport(inner))
        self.close = weakref.finalize(self, inner.close)
        self._lock = threading.Lock()
        self._installations: dict[int, GitHub[Any]] = {}
        self._app = self._github(self._auth)
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
        with translated():
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
    ) -> Response[Any]:
        """Sends a request as an installation.

        A token that GitHub no longer takes is replaced once: such a request was not carried
        out, so that sending it again repeats nothing.
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

        with translated():
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

    def _installation(self, installation_id: int) -> GitHub[Any]:
        with self._lock:
            github = self._installations.get(installation_id)
            if github is None:
                github = self._github(self._auth.as_installation(installation_id))
                self._installations[installation_id] = github
            return github

    def _forget(self, installation_id: int) -> None:
        with self._lock:
            self._installations.pop(installation_id, None)

    def _github(self, auth: Any) -> GitHub[Any]:
        # A token cache of its own: githubkit's default is one for the whole process, keyed
        # without the address, so that two GitHubs would be sent each other's tokens.
        return GitHub(
            auth,
            base_url=self._url,
            user_agent=USER_AGENT,
            timeout=self._timeout,
            transport=self._transport,
            cache_strategy=MemCacheStrategy(),
            http_cache=False,
            auto_retry=False,
        )


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
