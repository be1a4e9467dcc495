"""What passes between a Treadle process and the process of its local model.

A message is four bytes of length, most significant first, and that many bytes of JSON: its name
and its fields. A context, with the prompt in it, is sent once under a number; jobs name it by
that. Both ends are ours: what cannot be read is a bug, and ends the connection.
"""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from app.domain import Piece, Usage
from app.layouts.formats import Format
from app.models.jobs import Context, Expand, Form, Job, Logprob, ModelSpec, YesNo

MOST_BYTES = 256 * 1024 * 1024
"""Length of a message at most."""
_HEAD = 4
_CHUNK = 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """The first message: which model to load."""

    spec: ModelSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class Keep:
    """A context, to be known by a number from now on."""

    number: int
    context: Context


@dataclass(frozen=True, kw_only=True, slots=True)
class Forget:
    """A context whose number is not used again."""

    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A job, its context by number. `counts` is of `expand`, `question` of `yes_no`, `format`
    and `tokens` of `form`, which has no texts."""

    number: int
    context: int
    kind: Literal["expand", "yes_no", "logprob", "form"]
    texts: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    question: str = ""
    format: Format | None = None
    tokens: int = 0

    def job(self, context: Context) -> Job:
        """Returns the job with its context in it."""
        if self.kind == "expand":
            return Expand(context=context, prefixes=self.texts, counts=self.counts)
        if self.kind == "yes_no":
            return YesNo(context=context, texts=self.texts, question=self.question)
        if self.format is not None:
            return Form(context=context, format=self.format, tokens=self.tokens)
        return Logprob(context=context, texts=self.texts)

    @property
    def rows(self) -> int:
        """How many texts it makes or reads, at least 1."""
        return max(1, sum(self.counts) if self.kind == "expand" else len(self.texts))


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """A job that nobody waits for any more; it is answered all the same."""

    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapter:
    """An adapter to load, or with an empty folder to remove; doing it again changes nothing."""

    number: int
    name: str
    folder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """The model can be asked: what was loaded, and the seconds that it took.

    `context` is how many tokens it can read, 0 where it does not say.
    """

    name: str
    device: str
    dtype: str
    parameters: int
    has_chat_template: bool
    seconds: float
    context: int = 0

    def __str__(self) -> str:
        template = "" if self.has_chat_template else ", no chat template"
        return (
            f"{self.name} on {self.device} in {self.dtype}, {self.parameters:,} parameters"
            f"{template}, loaded in {self.seconds:.1f} s"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A job's result: `pieces` of `expand` and `form`, else `values`."""

    number: int
    pieces: tuple[tuple[Piece, ...], ...] = ()
    values: tuple[float, ...] = ()
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a job (0: the loading) failed, in words.

    `transient` where a later try may work, `too_long` where one with a shorter prompt may.
    """

    number: int = 0
    transient: bool
    too_long: bool = False
    words: str


Message = Load | Keep | Forget | Ask | Drop | Adapter | Loaded | Answer | Failure


def encode(message: Message) -> bytes:
    """Returns a message as bytes, its length before it.

    Raises:
        ValueError: it is longer than `MOST_BYTES`.
    """
    body = json.dumps([type(message).__name__, asdict(message)]).encode("ascii")
    if len(body) > MOST_BYTES:
        raise ValueError(f"a message of {len(body)} bytes is too long")
    return len(body).to_bytes(_HEAD, "big") + body


def decode(body: bytes) -> Message:
    """Reads a message from what follows its length.

    Raises:
        ValueError: it is no message.
    """
    try:
        name, fields = json.loads(body)
        return _READERS[name](fields)
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("this is no message") from error


def _keep(fields: Mapping[str, Any]) -> Keep:
    return Keep(number=fields["number"], context=Context(**fields["context"]))


def _ask(fields: Mapping[str, Any]) -> Ask:
    lists = {name: tuple(fields[name]) for name in ("texts", "counts")}
    wanted = fields["format"] and Format(**fields["format"])
    return Ask(**{**fields, **lists, "format": wanted})


def _answer(fields: Mapping[str, Any]) -> Answer:
    return Answer(
        number=fields["number"],
        pieces=tuple(tuple(Piece(**piece) for piece in row) for row in fields["pieces"]),
        values=tuple(fields["values"]),
        usage=Usage(**fields["usage"]),
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Message]] = {
    "Load": lambda fields: Load(spec=ModelSpec(**fields["spec"])),
    "Keep": _keep,
    "Forget": lambda fields: Forget(**fields),
    "Ask": _ask,
    "Drop": lambda fields: Drop(**fields),
    "Adapter": lambda fields: Adapter(**fields),
    "Loaded": lambda fields: Loaded(**fields),
    "Answer": _answer,
    "Failure": lambda fields: Failure(**fields),
}


class Channel:
    """One end of the connection: any thread may send, one thread receives."""

    def __init__(self, end: socket.socket, *, tick: float, patience: float) -> None:
        """Takes a connected stream socket over.

        Args:
            end: the socket; closed with this.
            tick: seconds after which `receive` returns without a message.
            patience: seconds until a message that the other end does not take is given up.
        """
        # Each has its own time-out; both share one connection.
        self._reading, self._writing = end, end.dup()
        self._reading.settimeout(tick)
        self._writing.settimeout(patience)
        self._read = bytearray()
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Sends a message.

        Raises:
            OSError: the connection is over, or was ended as the other end did not read.
        """
        data = encode(message)
        with self._lock:
            try:
                self._writing.sendall(data)
            except OSError:
                # Half a message may have been sent: nothing can follow it.
                self.end()
                raise

    def receive(self) -> Message | None:
        """Returns the next message, or None where none came for a while.

        Raises:
            EOFError: the other end is gone.
            OSError: the connection broke.
            ValueError: what came is no message.
        """
        while True:
            message = self._next()
            if message is not None:
                return message
            try:
                chunk = self._reading.recv(_CHUNK)
            except TimeoutError:
                return None
            if not chunk:
                raise EOFError
            self._read += chunk

    def _next(self) -> Message | None:
        """Takes a whole message from what has been read."""
        if len(self._read) < _HEAD:
            return None
        length = int.from_bytes(self._read[:_HEAD], "big")
        if length > MOST_BYTES:
            raise ValueError(f"a message of {length} bytes is too long")
        if len(self._read) < _HEAD + length:
            return None
        body = bytes(self._read[_HEAD : _HEAD + length])
        del self._read[: _HEAD + length]
        return decode(body)

    def end(self) -> None:
        """Ends the connection: both ends stop receiving."""
        with suppress(OSError):
            self._reading.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends the connection and frees it; nothing is sent or received after."""
        self.end()
        with self._lock:
            self._reading.close()
            self._writing.close()
