"""Column types that behave alike on SQLite and Postgres."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
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


class Json(TypeDecorator[Any]):
    """A JSON value out of mappings, sequences, texts and numbers.

    JSON has neither NaN nor infinities, and Postgres refuses them: they become null.
    """

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Turns a value into what JSON can say."""
        del dialect
        return json_value(value)


def json_value(value: Any) -> Any:
    """Returns a value as it comes back out of a `Json` column."""
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [json_value(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return storable(value) if isinstance(value, str) else value


def storable(text: str) -> str:
    """Replaces NUL and lone surrogates by U+FFFD."""
    return _UNSTORABLE.sub("�", text)
