"""Column types: times in UTC, text that either database can hold."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select

from app.store.types import Utc, Words, storable

TABLE = Table("t", MetaData(), Column("at", Utc), Column("words", Words))


def round_trip(**values: object) -> tuple[object, object]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE).values(**values))
        row = connection.execute(select(TABLE)).one()
    engine.dispose()
    return row.at, row.words


def test_a_time_comes_back_in_utc() -> None:
    here = datetime(2026, 3, 1, 1, 30, 0, 250, tzinfo=timezone(timedelta(hours=2)))
    at, _ = round_trip(at=here)
    assert at == datetime(2026, 2, 28, 23, 30, 0, 250, tzinfo=UTC)
    assert isinstance(at, datetime)
    assert at.tzinfo is UTC


def test_nothing_stays_nothing() -> None:
    assert round_trip(at=None, words=None) == (None, None)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(Exception, match="without a time zone"):
        round_trip(at=datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain", "plain"),
        ("a\0b", "a�b"),
        ("\ud800", "�"),
        ("x\udfffy", "x�y"),
        ("😀 é", "😀 é"),
        ("", ""),
    ],
)
def test_text_is_cleaned(given: str, kept: str) -> None:
    assert storable(given) == kept
    assert round_trip(words=given)[1] == kept
