"""Errors that Treadle raises on purpose.

```
TreadleError
├── UserError        the person who asked can act on it: posted as a comment
│   └── TooLong      a model cannot read that much: tried with less
├── TransientError   trying again later may work: retried with back-off
│   └── RateLimited  GitHub said when: retried after that many seconds
├── GoneError        the thing no longer exists or access was taken away: dropped, recorded
│   └── LackingError this GitHub never had such a thing: done without
└── ConfigError      the installation is set up wrongly: stops the start, lists all faults
```
Anything else is a bug: logged with its trace, and answered with a generic reply.
"""

from collections.abc import Sequence


class TreadleError(Exception):
    """Root of all errors that Treadle raises on purpose."""


class UserError(TreadleError):
    """Something the person who asked can put right; its text is posted as a comment."""


class TooLong(UserError):
    """More than a model can read: what it is given to read must be shortened."""


class TransientError(TreadleError):
    """A fault outside of us that may pass: GitHub down, slow, or a broken connection."""


class RateLimited(TransientError):
    """GitHub asked us to wait.

    Attributes:
        retry_after: seconds to wait before the next try, at least 0.
    """

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class GoneError(TreadleError):
    """A comment was deleted, a repository removed, or an installation revoked."""


class LackingError(GoneError):
    """A GitHub without a part that the real one has, such as GraphQL."""


class ConfigError(TreadleError):
    """A wrong setting or a missing part of the system.

    Attributes:
        faults: one line each, all that was found, each saying what to do.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
