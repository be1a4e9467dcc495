"""Steps of durable workflows, each tried until it ends or often enough.

A step never raises into its workflow. It returns a word of the table below, so that no text of
people's, not even inside an error, reaches the queue's tables.

| word | meaning |
| --- | --- |
| done | go on |
| ended | there is nothing more to do |
| again | failed for a passing reason, or one to be set right: tried again later, a few times |
| limited | GitHub or its limits say when: tried again then, as often as that takes |
| broken | a bug: logged with its trace |
"""

import threading
import time
from collections.abc import Callable

import structlog
from dbos import DBOS
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import ConfigError, GoneError, RateLimited, TransientError, UserError
from app.metrics import STEP_SECONDS
from app.settings import Settings

log = structlog.get_logger()

DONE, ENDED, AGAIN, LIMITED, BROKEN = "done", "ended", "again", "limited", "broken"
LONGEST_WAIT = 5.0
"""Seconds that work waits at most in the hands of its worker; else others get its place."""
LONGEST_LIMIT = 0.5
"""The same where a limit is waited for: those who wait for the same one may be many."""
SHORTEST_LIMIT = 0.1
LIMITED_FOR = 24 * 3600.0
"""Seconds of waiting for limits after which work is given up; none of them lasts that long."""


class WorkFailed(Exception):
    """Ends a workflow as failed, so that a redelivery runs it again."""


class Stopping(BaseException):
    """Leaves a workflow as it is, to be taken up later.

    No `Exception`: those are recorded as the workflow's outcome.
    """


class Postponed(Stopping):
    """Leaves a workflow to be taken up at a time.

    Attributes:
        until: that time, in seconds since the epoch.
    """

    def __init__(self, until: float) -> None:
        super().__init__()
        self.until = until


class Steps:
    """Runs the steps of the workflow that calls, until a stop is asked for."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop

    def must(self, name: str, work: Callable[[], object]) -> None:
        """Runs a step that the rest of its workflow cannot do without.

        Raises:
            WorkFailed: it failed for good, or too often.
        """
        word = self.attempt(name, work)
        if word in (AGAIN, BROKEN):
            raise WorkFailed(f"{name}: {word}")

    def attempt(self, name: str, work: Callable[[], object]) -> str:
        """Runs a step until it ends otherwise than by a passing fault, or often enough.

        Waiting for a limit is no failed try: it costs nothing but time.
        """
        tries, limited, pause, longest = 0, 0.0, None, LONGEST_WAIT
        while tries < self._settings.attempts and limited < LIMITED_FOR:
            if pause is not None:
                self.wait(pause, longest)
            if self._stop.is_set():
                raise Stopping
            result = DBOS.run_step({"name": name}, _caught, name, work)
            word, after = str(result["word"]), float(result["after"])
            if word == LIMITED:
                pause, longest = max(after, SHORTEST_LIMIT), LONGEST_LIMIT
                limited += pause
            elif word == AGAIN:
                pause, longest = max(after, self._settings.backoff * 2**tries), LONGEST_WAIT
                tries += 1
            else:
                return word
        return AGAIN

    def wait(self, seconds: float, longest: float = LONGEST_WAIT) -> None:
        """Waits durably: after a restart for what is left of it.

        Raises:
            Postponed: that is more than `longest` seconds.
        """
        until = DBOS.run_step({"name": "wait"}, lambda: time.time() + seconds)
        left = max(0.0, until - time.time())
        if left > longest:
            raise Postponed(until)
        if self._stop.wait(left):
            raise Stopping


def _caught(name: str, work: Callable[[], object]) -> dict[str, str | float]:
    """Does the work of one step and says in a word how it ended."""
    began = time.monotonic()
    result = _tried(name, work)
    lasted = time.monotonic() - began
    STEP_SECONDS.labels(step=name, outcome=result["word"]).observe(lasted)
    return result


def _tried(name: str, work: Callable[[], object]) -> dict[str, str | float]:
    try:
        word = ENDED if work() is False else DONE
    except RateLimited as error:
        log.info("step.limited", step=name, retry_after=round(error.retry_after, 1))
        return {"word": LIMITED, "after": error.retry_after}
    except (TransientError, OperationalError, InterfaceError, PoolTimeout) as error:
        log.warning("step.again", step=name, cause=type(error).__name__)
        word = AGAIN
    except ConfigError as error:
        # A key that was revoked, say: whoever runs the bot sets it right, and it goes on.
        log.warning("step.again", step=name, cause=str(error))
        word = AGAIN
    except GoneError:
        log.info("step.gone", step=name)
        word = ENDED
    except UserError:
        log.info("step.refused", step=name)
        word = ENDED
    except Exception:
        log.exception("step.broken", step=name)
        word = BROKEN
    return {"word": word, "after": 0.0}
