"""Column types that behave alike on SQLite and Postgres."""

import re
from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows by itself only for INTEGER, which holds 64 bits there.
Id = BigInteger().with_variant(Integer, "sqlite")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC with microseconds; a naive one is an error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turns an aware time into UTC; SQLite keeps it without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Returns the time as an aware one in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text that people wrote.

    Postgres stores neither NUL nor lone surrogates; both become U+FFFD, on SQLite as well, so
    that the same text comes back from either.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replaces what cannot be stored."""
        del dialect
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Replaces NUL and lone surrogates by U+FFFD."""
    return _UNSTORABLE.sub("�", text)
