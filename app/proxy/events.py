"""Server-sent events: bytes in, events out. No I/O.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event.

    Attributes:
        kind: what the server calls it.
        data: its text; "" where it was cut.
        cut: whether it was larger than the limit, and left out.
    """

    kind: str = "message"
    data: str = ""
    cut: bool = False


class EventStream:
    """Reads the events of one connection; what is incomplete at its end is no event.

    Ids and pauses that the server names are passed over: smee.io counts ids anew with each
    connection, and sends nothing again.
    """

    def __init__(self, limit: int) -> None:
        """Begins a stream whose events may have `limit` bytes."""
        self._limit = limit
        self._line = bytearray()
        self._after_return = False
        self._first = True
        self._begin()

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Takes the next bytes, cut anywhere; yields the events that they complete."""
        if self._after_return and chunk.startswith(b"\n"):
            # The second half of a line end whose first half came with the bytes before.
            chunk = chunk[1:]
            self._after_return = False
        if not chunk:
            return
        self._after_return = chunk.endswith(b"\r")
        *ended, rest = _LINE_END.split(chunk)
        for part in ended:
            self._grow(part)
            yield from self._end_line()
        self._grow(rest)

    def _begin(self) -> None:
        self._kind = ""
        self._data: list[str] = []
        self._size = 0
        self._cut = False

    def _grow(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            self._cut = True
            self._data.clear()
        # Of a line of an event that is left out it only counts that it is not empty.
        self._line += part[:1] if self._cut else part
        if self._cut:
            del self._line[1:]

    def _end_line(self) -> Iterator[Event]:
        line, self._line = bytes(self._line), bytearray()
        if self._first:
            line, self._first = line.removeprefix(_BOM), False
        if line:
            self._field(line)
            return
        if self._data or self._cut:
            data = "" if self._cut else "\n".join(self._data)
            yield Event(kind=self._kind or "message", data=data, cut=self._cut)
        self._begin()

    def _field(self, line: bytes) -> None:
        if self._cut:
            return
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._kind = value
