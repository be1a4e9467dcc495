"""What GitHub's failures mean to us.

| GitHub | Treadle |
| --- | --- |
| no answer, a broken or an unreadable one, a time-out, 5xx, 408, 409 | `TransientError` |
| 403 or 429 over a limit, or any status with `retry-after` | `RateLimited` |
| 404, 410, 451, 403 without a limit, 401 to an installation | `GoneError` |
| 401 to the App itself | `ConfigError`: wrong key, wrong id, or a wrong clock |
| 422 and other 4xx | `BadRequest`: a bug of ours |

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from githubkit.exception import (
    GitHubException,
    GraphQLFailed,
    RateLimitExceeded,
    RequestError,
    RequestFailed,
)
from pydantic import ValidationError

from app.errors import ConfigError, GoneError, LackingError, RateLimited, TransientError

DEFAULT_WAIT = 60.0
"""Seconds to wait where GitHub limits without saying for how long."""

_UNREADABLE = "GitHub's answer is not as documented"
_PASSING = {408, 409, 500, 502, 503, 504}
_GONE = {401, 403, 404, 410, 451}
_ABSENT = {404, 405, 410, 501}
"""How servers answer for a place that they do not have."""


class BadRequest(RuntimeError):
    """GitHub calls a request of ours wrong: trying again would not help."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns the failures of githubkit inside the block into Treadle's.

    Raises:
        TransientError, RateLimited, GoneError, ConfigError, BadRequest: see the table above.
    """
    try:
        yield
    except ValidationError:
        raise TransientError(_UNREADABLE) from None  # its text quotes the answer
    except GitHubException as error:
        found = error_of(error)
        raise found from (None if str(found) == _UNREADABLE else error)


@contextmanager
def lacking() -> Iterator[None]:
    """Takes what is not there for a part that this GitHub does not have.

    Only for places that every App has on GitHub itself, so that nothing else can be missing.

    Raises:
        LackingError: in place of what the block raised, where the server knows no such place.
    """
    try:
        yield
    except (GoneError, TransientError, BadRequest) as error:
        if status_of(error) in _ABSENT:
            raise LackingError(str(error)) from error.__cause__
        raise


def status_of(error: Exception) -> int:
    """Returns the HTTP status behind an error of `translated`, 0 where there was no answer."""
    response = getattr(error.__cause__, "response", None)
    return int(getattr(response, "status_code", 0))


def error_of(error: Exception) -> Exception:
    """Returns Treadle's error for one of githubkit's or httpx's; any other as it is."""
    if isinstance(error, RateLimitExceeded):
        wait = error.retry_after.total_seconds()
        return RateLimited(_where(error), retry_after=max(wait, 0.0))
    if isinstance(error, RequestFailed):
        return _of_status(error)
    if isinstance(error, RequestError):
        return error_of(error.exc)
    if isinstance(error, GraphQLFailed):
        return _of_graphql(error)
    if isinstance(error, ValidationError):
        return TransientError(_UNREADABLE)
    if isinstance(error, httpx.RequestError):
        return TransientError(f"GitHub could not be reached: {type(error).__name__}")
    return error


def _of_status(error: RequestFailed) -> Exception:
    response = error.response.raw_response
    status, where = response.status_code, _where(error)
    if wait := _retry_after(response):
        return RateLimited(where, retry_after=wait)
    if status == 429 or (status == 403 and "secondary rate limit" in response.text.lower()):
        return RateLimited(where, retry_after=DEFAULT_WAIT)
    if status == 401 and error.request.headers.get("authorization", "").startswith("Bearer "):
        return ConfigError(
            [
                "GitHub does not accept the App's key: TREADLE_APP_ID and TREADLE_PRIVATE_KEY "
                "have to be of the same App, and this machine's clock has to be right"
            ]
        )
    if status in _GONE:
        return GoneError(where)
    if status in _PASSING or status >= 500:
        return TransientError(where)
    return BadRequest(where)


def _of_graphql(error: GraphQLFailed) -> Exception:
    errors = error.response.errors or []
    kinds = {fault.type for fault in errors}
    text = "GraphQL: " + ", ".join(sorted(str(kind) for kind in kinds))
    if any(fault.extensions for fault in errors) or "undefinedField" in kinds:
        return BadRequest(text + ": " + "; ".join(fault.message[:200] for fault in errors[:3]))
    if kinds & {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"}:
        return GoneError(text)
    return TransientError(text)


def _retry_after(response: httpx.Response) -> float:
    """Returns the seconds of a `retry-after` header, 0 where there is none."""
    return float(response.headers.get("retry-after", 0))


def _where(error: RequestFailed) -> str:
    return (
        f"{error.request.method} {error.request.url.path}: "
        f"status {error.response.raw_response.status_code}"
    )
