"""A channel of a webhook proxy, made anew where only the proxy is named."""

import re
from urllib.parse import urljoin, urlsplit

import httpx

from app.app_settings import NEW_CHANNEL, is_safe
from app.errors import TransientError, UserError
from app.github.connection import USER_AGENT, proxy_of

_CHANNEL = re.compile(r"/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]{1,128}")


def channel_of(
    address: str, *, timeout: float, transport: httpx.BaseTransport | None = None
) -> str:
    """Returns the channel that an address names; one that ends with `/new` makes one.

    Args:
        address: as typed.
        timeout: seconds until connecting, or a wait for data, is given up.
        transport: instead of the network, for tests.

    Raises:
        UserError: it is no address of a channel.
        TransientError: the proxy cannot be reached, or made no channel.
    """
    if not is_safe(address):
        raise UserError(
            "The webhook proxy's address has to begin with https:// and to hold no question mark"
        )
    channel = address.rstrip("/")
    if channel.endswith("/new"):
        channel = _made(channel, timeout, transport)
    if not is_safe(channel) or not _CHANNEL.fullmatch(urlsplit(channel).path):
        raise UserError(
            f"{urlsplit(address).netloc} names no channel: write {NEW_CHANNEL} to make one"
        )
    return channel


def _made(address: str, timeout: float, transport: httpx.BaseTransport | None) -> str:
    url = httpx.URL(address)
    inner = transport or httpx.HTTPTransport(proxy=proxy_of(url))
    try:
        with httpx.Client(transport=inner, timeout=timeout) as client:
            answer = client.get(url, headers={"user-agent": USER_AGENT})
    except httpx.HTTPError as error:
        raise TransientError(
            f"The webhook proxy {url.host} cannot be reached ({type(error).__name__})"
        ) from error
    made: str = urljoin(address, answer.headers.get("location", ""))
    there = urlsplit(made)
    # Deliveries go only where the person said that they may.
    if not answer.has_redirect_location or there.netloc != urlsplit(address).netloc:
        raise TransientError(f"The webhook proxy {url.host} made no channel: try again, or another")
    return made
