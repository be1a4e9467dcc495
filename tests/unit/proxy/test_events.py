"""Server-sent events, cut anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proxy.events import Event, EventStream


def events(*chunks: bytes, limit: int = 1000) -> list[Event]:
    """What a stream makes of bytes."""
    stream = EventStream(limit)
    return [event for chunk in chunks for event in stream.feed(chunk)]


def message(data: str, kind: str = "message") -> Event:
    return Event(kind=kind, data=data)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", []),
        (b"data: a\n\n", [message("a")]),
        (b"data: a\r\n\r\n", [message("a")]),
        (b"data: a\r\r", [message("a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [message("a")]),
        (b"data:a\n\n", [message("a")]),
        (b"data:  a\n\n", [message(" a")]),
        (b"data: a\ndata: b\n\n", [message("a\nb")]),
        (b"data\n\n", [message("")]),
        (b"data: a:b\n\n", [message("a:b")]),
        (b"event: ping\ndata: {}\n\n", [message("{}", "ping")]),
        (b"event: ping\n\n", []),
        (b"event: ping\ndata: 1\n\ndata: 2\n\n", [message("1", "ping"), message("2")]),
        (b": a comment\n\ndata: a\n\n", [message("a")]),
        (b"id: 7\nretry: 10\nother: x\ndata: a\n\n", [message("a")]),
        (b"data: a\n", []),
        (b"data: a", []),
        (b"\n\n\ndata: a\n\n\n\n", [message("a")]),
        ("data: ä\n\n".encode(), [message("ä")]),
        (b"data: \xff\n\n", [message("�")]),
    ],
)
def test_a_stream_is_read_however_it_is_cut(stream: bytes, expected: list[Event]) -> None:
    assert events(stream) == expected
    assert events(*(stream[i : i + 1] for i in range(len(stream)))) == expected
    for cut in range(len(stream)):
        assert events(stream[:cut], stream[cut:]) == expected


@given(st.lists(st.binary(max_size=20)))
def test_any_bytes_are_read(chunks: list[bytes]) -> None:
    assert events(*chunks) == events(b"".join(chunks))


@pytest.mark.parametrize("parts", [1, 7, 300])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_what_is_too_large_is_left_out_alone(parts: int, end: bytes) -> None:
    large = b"event: push" + end + b"data: " + b"x" * 200 + end + b"data: y" + end + end
    stream = b"data: a" + end + end + large + b"data: b" + end + end
    size = -(-len(stream) // parts)
    chunks = [stream[i : i + size] for i in range(0, len(stream), size)]
    first, cut, last = events(*chunks, limit=100)
    assert (first, last) == (message("a"), message("b"))
    assert cut.cut
    assert cut.data == ""


def test_many_small_lines_are_too_large_together() -> None:
    (event,) = events(b"data: x\n" * 50, b"\n", limit=100)
    assert event.cut


def test_nothing_of_what_is_too_large_is_held() -> None:
    stream = EventStream(100)
    for _ in range(50):
        assert list(stream.feed(b"data: " + b"x" * 1000)) == []
        assert len(stream._line) <= 100
    assert [event.cut for event in stream.feed(b"\n\n")] == [True]
