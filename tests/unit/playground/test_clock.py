"""The clock only goes forward, and shows UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from playground.clock import Clock, stamp


def test_it_is_moved_forward_but_its_wall_is_not() -> None:
    clock = Clock(wall=lambda: 0.9)
    assert clock.now() == datetime(1970, 1, 1, tzinfo=UTC)
    clock.advance(90)
    assert clock.now() == datetime(1970, 1, 1, 0, 1, 30, tzinfo=UTC)
    assert clock.wall() == 0.9
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_times_are_written_in_utc() -> None:
    at = datetime(2026, 1, 31, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(at) == "2026-01-30T23:00:00Z"
