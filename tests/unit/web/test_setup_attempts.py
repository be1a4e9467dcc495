"""An attempt is taken once, in time, and in the browser that began it."""

from datetime import timedelta

import pytest

from app.web.setup_attempts import LIFETIME, MOST, Attempts
from tests.unit.web.bots import NOW


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):  # type: ignore[no-untyped-def]
        return self.now


def test_an_attempt_is_taken_once() -> None:
    attempts = Attempts(Clock())
    begun = attempts.begin("channel")
    assert attempts.take(begun.state, begun.browser) == begun
    assert attempts.take(begun.state, begun.browser) is None


@pytest.mark.parametrize("state", ["", "x", "é", "\udcff"])
def test_a_strange_state_takes_nothing(state: str) -> None:
    attempts = Attempts(Clock())
    begun = attempts.begin("")
    assert attempts.take(state, begun.browser) is None
    assert attempts.take(begun.state[:-1], begun.browser) is None
    assert attempts.take(begun.state, begun.browser) == begun


@pytest.mark.parametrize("browser", ["", "x", "é"])
def test_another_browser_takes_nothing(browser: str) -> None:
    attempts = Attempts(Clock())
    begun = attempts.begin("")
    assert attempts.take(begun.state, browser) is None
    assert attempts.take(begun.state, attempts.begin("").browser) is None
    assert attempts.take(begun.state, begun.browser) == begun


@pytest.mark.parametrize(("later", "there"), [(-1, True), (0, False), (1, False)])
def test_an_attempt_ends(later: int, there: bool) -> None:
    clock = Clock()
    attempts = Attempts(clock)
    begun = attempts.begin("")
    clock.now = NOW + LIFETIME + timedelta(seconds=later)
    assert (attempts.take(begun.state, begun.browser) == begun) is there


def test_attempts_of_one_browser_stand_beside_each_other() -> None:
    attempts = Attempts(Clock())
    first = attempts.begin("one")
    second = attempts.begin("two", first.browser)
    assert second.browser == first.browser
    assert second.state != first.state
    assert attempts.take(first.state, first.browser) == first
    assert attempts.take(second.state, first.browser) == second


@pytest.mark.parametrize("browser", ["", "set by another server", "é"])
def test_a_cookie_that_was_not_set_here_is_replaced(browser: str) -> None:
    attempts = Attempts(Clock())
    assert attempts.begin("", browser).browser != browser


def test_what_came_to_nothing_can_be_taken_again() -> None:
    attempts = Attempts(Clock())
    begun = attempts.begin("")
    attempts.take(begun.state, begun.browser)
    attempts.put_back(begun)
    assert attempts.take(begun.state, begun.browser) == begun


def test_so_many_are_remembered() -> None:
    attempts = Attempts(Clock())
    begun = [attempts.begin("") for _ in range(MOST + 1)]
    assert attempts.take(begun[0].state, begun[0].browser) is None
    assert attempts.take(begun[1].state, begun[1].browser) == begun[1]
