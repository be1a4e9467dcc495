"""Messages between the two processes, and the connection that carries them."""

import math
import socket
import threading
from collections.abc import Iterator

import pytest

from app.domain import Piece, Usage
from app.layouts.formats import checklist
from app.models import wire
from app.models.jobs import Context, Expand, Logprob, ModelSpec, YesNo
from app.models.wire import (
    Adapter,
    Answer,
    Ask,
    Channel,
    Drop,
    Failure,
    Forget,
    Keep,
    Load,
    Loaded,
    Message,
    decode,
    encode,
)

CONTEXT = Context(prompt="p\n\udcff é \x00", opening="o", adapter="a", seed=7)
EXPAND = Ask(number=3, context=1, kind="expand", texts=("", "x"), counts=(2, 3))
YES_NO = Ask(number=4, context=1, kind="yes_no", texts=("x",), question="q?")
LOGPROB = Ask(number=5, context=1, kind="logprob", texts=())
FORM = Ask(number=7, context=1, kind="form", format=checklist(2), tokens=9)
MESSAGES: list[Message] = [
    Load(spec=ModelSpec(source="here", rows=3, stop="\n")),
    Keep(number=1, context=CONTEXT),
    Forget(number=1),
    EXPAND,
    YES_NO,
    LOGPROB,
    FORM,
    Drop(number=3),
    Adapter(number=6, name="a", folder="/f"),
    Loaded(
        name="m", device="cpu", dtype="float32", parameters=5, has_chat_template=True, seconds=0.1
    ),
    Answer(
        number=3,
        pieces=((Piece(text="é", finished=True, logprob=-0.1),), ()),
        usage=Usage(read=5, cached=4, written=1, cost=0.1),
    ),
    Answer(number=4, values=(0.1 + 0.2, -math.inf)),
    Failure(number=3, transient=True, words="later"),
    Failure(number=3, transient=False, too_long=True, words="shorter"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    data = encode(message)

    assert int.from_bytes(data[:4], "big") == len(data) - 4
    assert decode(data[4:]) == message


def test_an_ask_is_a_job_under_its_context() -> None:
    assert EXPAND.job(CONTEXT) == Expand(context=CONTEXT, prefixes=("", "x"), counts=(2, 3))
    assert YES_NO.job(CONTEXT) == YesNo(context=CONTEXT, texts=("x",), question="q?")
    assert LOGPROB.job(CONTEXT) == Logprob(context=CONTEXT, texts=())
    assert [ask.rows for ask in (EXPAND, YES_NO, LOGPROB)] == [5, 1, 1]


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"{}", b'["Other", {}]', b'["Drop", {"a": 1}]', b"[" * 100_000]
)
def test_other_bytes_are_no_message(body: bytes) -> None:
    with pytest.raises(ValueError):
        decode(body)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    ours, theirs = socket.socketpair()
    channel = Channel(ours, tick=0.02, patience=0.2)
    with theirs:
        yield channel, theirs
    channel.close()


def test_messages_are_received_whole_however_they_are_cut(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, theirs = ends
    data = b"".join(encode(message) for message in MESSAGES)

    def send() -> None:
        # Beside the receiver: a socket does not hold very many small parts.
        for at in range(0, len(data), 7):
            theirs.sendall(data[at : at + 7])

    sending = threading.Thread(target=send)
    sending.start()
    received: list[Message] = []
    while len(received) < len(MESSAGES):
        # None of them where the sender had to wait for the processor.
        received += filter(None, [channel.receive()])
    sending.join()
    assert received == MESSAGES
    assert channel.receive() is None
    theirs.sendall(data[:3])
    assert channel.receive() is None
    theirs.close()
    with pytest.raises(EOFError):
        channel.receive()


def test_what_is_sent_by_many_threads_is_not_mixed() -> None:
    ours, theirs = socket.socketpair()
    sender = Channel(ours, tick=5.0, patience=5.0)
    receiver = Channel(theirs, tick=5.0, patience=5.0)
    keeps = [Keep(number=at, context=Context(prompt=str(at) * 50_000)) for at in range(8)]
    threads = [threading.Thread(target=sender.send, args=(keep,)) for keep in keeps]
    for thread in threads:
        thread.start()
    got = {message.number: message for message in (receiver.receive() for _ in keeps) if message}  # type: ignore[union-attr]
    for thread in threads:
        thread.join()
    sender.close()
    receiver.close()

    assert [got[at] for at in range(8)] == keeps


def test_a_reader_that_does_not_read_ends_the_connection(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, _ = ends
    with pytest.raises(TimeoutError):
        channel.send(Keep(number=1, context=Context(prompt="x" * 10_000_000)))
    with pytest.raises(OSError):
        channel.send(Drop(number=1))
    with pytest.raises(EOFError):
        channel.receive()


def test_messages_have_a_longest(
    ends: tuple[Channel, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, theirs = ends
    theirs.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(ValueError, match="too long"):
        channel.receive()
    monkeypatch.setattr(wire, "MOST_BYTES", 100)
    with pytest.raises(ValueError, match="too long"):
        channel.send(Keep(number=1, context=Context(prompt="x" * 100)))
