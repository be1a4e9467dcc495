"""Rows come back from the disk as they were, as often as wanted, and leave nothing there."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import PreferenceRow
from app.exchange.spool import spooled

from .given import a_row, rows


@given(st.lists(rows(), max_size=3))
def test_rows_come_back_as_they_were(made: list[PreferenceRow]) -> None:
    with TemporaryDirectory() as folder, spooled(iter(made), Path(folder)) as kept:
        assert [list(kept), list(kept)] == [made, made]


def test_nothing_stays(tmp_path: Path) -> None:
    with spooled([a_row("half a \ud800")], tmp_path) as kept:
        assert [row.chosen for row in kept] == ["half a \ud800"]
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_nothing_comes_of_rows_that_break(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), spooled((a_row() for _ in [1 / 0]), tmp_path):
        pytest.fail("there are no rows")
