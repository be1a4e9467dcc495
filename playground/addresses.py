"""Web addresses that others hand in: whether they are any, and what is added to them."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

LONGEST = 2048
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-f:]+")
_UNSAFE = frozenset(" \"'<>\\^`{|}")


def is_web_address(text: str) -> bool:
    """Whether a text is an http address with a host of ASCII, as a redirect can follow."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not _UNSAFE & set(text)
    good = parts.scheme in ("http", "https") and _HOST.fullmatch(host) is not None
    return plain and good and len(text) <= LONGEST


def origin_of(url: str) -> str:
    """`scheme://host:port` of a web address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def with_query(url: str, more: Mapping[str, str]) -> str:
    """A web address with more in its query; what was there under other names stays."""
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in more
    ]
    return parts._replace(query=urlencode([*kept, *more.items()])).geturl()
