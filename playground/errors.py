"""What can go wrong when somebody acts on the playground.

PlaygroundError
├── Moved            301  renamed; it is found elsewhere
├── BadCredentials   401  the token or App JWT is unknown, expired or malformed
├── Forbidden        403  known, but not allowed
├── NotFound         404  absent, or hidden from this actor
├── Conflict         409  the state does not admit it (empty repository, stale SHA)
├── Gone             410  deleted for good
├── Invalid          422  the request is understood and refused
└── RateLimited      403  the hourly budget is spent

REST, GraphQL and pages each map these to their own form.
"""

from collections.abc import Mapping
from typing import ClassVar


class PlaygroundError(Exception):
    """An action that GitHub would refuse.

    Args:
        message: What GitHub says, in its words where they are known.
        errors: Field errors as in GitHub's 422 body, each with `resource`, `field`, `code`.
    """

    status: ClassVar[int] = 500
    graphql_type: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str = "", *, errors: list[Mapping[str, str]] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors


class Moved(PlaygroundError):
    """What was asked for has another name now.

    Args:
        repository_id: The repository that once had the name.
    """

    status = 301
    graphql_type = "NOT_FOUND"

    def __init__(self, repository_id: int) -> None:
        super().__init__("Moved Permanently")
        self.repository_id = repository_id


class BadCredentials(PlaygroundError):
    """Nobody can be recognised from the request."""

    status = 401
    graphql_type = "UNAUTHENTICATED"


class Forbidden(PlaygroundError):
    """The actor is known, but may not do this."""

    status = 403
    graphql_type = "FORBIDDEN"


class NotFound(PlaygroundError):
    """There is no such thing, or the actor may not know of it."""

    status = 404
    graphql_type = "NOT_FOUND"

    def __init__(self, message: str = "Not Found") -> None:
        super().__init__(message)


class Conflict(PlaygroundError):
    """The present state does not admit the request."""

    status = 409
    graphql_type = "UNPROCESSABLE"


class Gone(PlaygroundError):
    """It was here and was deleted."""

    status = 410
    graphql_type = "NOT_FOUND"


class Invalid(PlaygroundError):
    """The request is understood and refused."""

    status = 422
    graphql_type = "UNPROCESSABLE"


class RateLimited(PlaygroundError):
    """The budget of this hour is spent."""

    status = 403
    graphql_type = "RATE_LIMITED"


INTEGRATION_FORBIDDEN = "Resource not accessible by integration"
