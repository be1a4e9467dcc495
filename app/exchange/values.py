"""Reads values out of files that anybody may have written; what is wrong is said in words."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from app.exchange.addresses import bare

LONGEST_TEXT = 262_144
"""Characters of one text; a comment on GitHub has at most 65,536."""
LONGEST_NAME = 2_000
"""Characters of an address or a login."""
MOST_NAMES = 1_000
"""People or addresses of one row."""
MOST_WHOLE = 2**31 - 1
YEARS = range(1990, 2200)
"""Years in which rows can have been made."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,39}(?:\[bot\])?")
"""As GitHub's are: at most 39 letters, digits and hyphens, and an underscore in those of
managed users."""

Choice = TypeVar("Choice", bound=StrEnum)


class Fault(ValueError):
    """Something in a file that makes a row unusable.

    Its `args` say what, one text for each thing, and never quote it.
    """


class Values:
    """A JSON object of a file, with a way to read each kind of value out of it.

    A value that is null counts as one that is not there.
    """

    def __init__(self, value: object, what: str = "a row") -> None:
        """Takes an object.

        Raises:
            Fault: it is something else.
        """
        if not isinstance(value, Mapping):
            raise Fault(f"{what} has to be a JSON object, and is {named(value)}")
        self._values: Mapping[str, Any] = value

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def raw(self, name: str) -> Any:
        """Returns a value as it is; None where there is none."""
        return self._values.get(name)

    def text(self, name: str, default: str | None = None, most: int = LONGEST_TEXT) -> str:
        """Returns a text that can be stored.

        Args:
            name: of the value.
            default: where there is none; without one that is a fault.
            most: its characters.

        Raises:
            Fault: it is no such text.
        """
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        return text(value, name, most)

    def texts(self, name: str) -> tuple[str, ...]:
        """Returns a list of short texts; none where there is no list."""
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise Fault(f"“{name}” has to be a list, and is {named(value)}")
        if len(value) > MOST_NAMES:
            raise Fault(f"“{name}” has more than {MOST_NAMES:,} entries")
        return tuple(_short(one, name) for one in value)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Returns a list of web addresses, as `bare` leaves them; none where there is no list."""
        found = [bare(one) for one in self.texts(name)]
        if not all(found):
            raise Fault(
                f"“{name}” has something that is no http or https address, or one with a user in it"
            )
        return tuple(dict.fromkeys(found))

    def logins(self, name: str) -> tuple[str, ...]:
        """Returns a list of logins; none where there is no list."""
        found = self.texts(name)
        if not all(_LOGIN.fullmatch(one) for one in found):
            raise Fault(f"“{name}” has something that is no login")
        return found

    def whole(self, name: str) -> int:
        """Returns a whole number in [0, 2^31); 0 where there is none."""
        value = self._values.get(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_WHOLE:
            raise Fault(f"“{name}” has to be a whole number from 0 to {MOST_WHOLE:,}")
        return value

    def weight(self, name: str) -> float:
        """Returns a weight in (0, 1]; 1 where there is none."""
        value = self._values.get(name)
        if value is None:
            return 1.0
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value <= 1:
            raise Fault(f"“{name}” has to be a number above 0 and at most 1")
        return float(value)

    def time(self, name: str, default: datetime) -> datetime:
        """Returns a time with its zone."""
        value = self._values.get(name)
        if value is None:
            return default
        try:
            # Times of tables are of classes of their own.
            said = value.isoformat() if isinstance(value, datetime) else value
            found = datetime.fromisoformat(said)
        except (TypeError, ValueError):
            found = None
        if found is None or found.tzinfo is None or found.year not in YEARS:
            raise Fault(f"“{name}” has to be a time as 2026-05-04T12:00:00+00:00")
        return found

    def choice(self, name: str, default: Choice) -> Choice:
        """Returns one of the values of an enumeration."""
        value = self._values.get(name)
        if value is None:
            return default
        kinds = type(default)
        if value not in [kind.value for kind in kinds]:
            known = ", ".join(kind.value for kind in kinds)
            raise Fault(f"“{name}” has to be one of: {known}")
        return kinds(value)


def text(value: object, name: str, most: int = LONGEST_TEXT) -> str:
    """Returns a value that is a text which can be stored.

    Raises:
        Fault: it is none, is too long, or has NUL or half a character in it.
    """
    if value is None:
        raise Fault(f"“{name}” is missing")
    if not isinstance(value, str):
        raise Fault(f"“{name}” has to be a text, and is {named(value)}")
    if len(value) > most:
        raise Fault(f"“{name}” has {len(value):,} characters; {most:,} are the most")
    if found := _UNSTORABLE.search(value):
        what = "a NUL" if found[0] == "\x00" else "half a character (a lone surrogate)"
        raise Fault(f"“{name}” has {what} at character {found.start() + 1}: take it out")
    return value


def named(value: object) -> str:
    """Says in words what kind of JSON value something is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, Sequence) else "an object"


def _short(value: object, name: str) -> str:
    found = text(value, name)
    if len(found) > LONGEST_NAME:
        raise Fault(f"an entry of “{name}” has more than {LONGEST_NAME:,} characters")
    return found
