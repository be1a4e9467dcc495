"""A repository's gzipped tar read as a stream, never extracted, within stated limits."""

import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.errors import TransientError, UserError
from app.knowledge.selection import Selection
from app.text.clean import clean, decode

_HEADERS = 2 * 1024 * 1024
_BLOCK = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A text file of a tree; `hash` is that of its bytes, `size` their number."""

    path: str
    text: str
    hash: str
    size: int

    @classmethod
    def of(cls, path: str, data: bytes) -> "File":
        digest = hashlib.sha256(data).hexdigest()[:32]
        return cls(path=path, text=decode(data), hash=digest, size=len(data))


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much of a repository is read: bytes a file, files, and unpacked bytes of an archive."""

    file_bytes: int = 512 * 1024
    files: int = 20_000
    archive_bytes: int = 1024 * 1024 * 1024


def files(
    archive: Iterable[bytes], *, limits: Limits, selection: Selection, sizes: dict[str, int]
) -> Iterator[File]:
    """Yields the files worth reading, in the archive's order.

    Args:
        archive: the gzipped tar in chunks, its paths below one top folder as GitHub makes it.
        limits: over `files` the rest is left out; over `archive_bytes` it is an error.
        selection: which files to read.
        sizes: is filled with the size of every regular file of the tree, read or not.

    Links, devices, absolute paths and paths with `..` are left out.

    Raises:
        UserError: the archive unpacks to more than `archive_bytes`, or its headers to more
            than any real one's.
        TransientError: it is not a whole gzipped tar, as after a broken download.
    """
    stream = _Inflated(iter(archive), limits.archive_bytes)
    count = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as tar:
            for member in tar:
                stream.expect(member.size)
                path = _inside(member.name)
                if not member.isreg() or path is None or member.sparse is not None:
                    continue
                sizes[path] = member.size
                if count >= limits.files or not selection.wants(path, member.size):
                    continue
                opened = tar.extractfile(member)
                data = opened.read() if opened else b""
                if selection.reads(path, data):
                    count += 1
                    yield File.of(path, data)
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise TransientError(f"the repository's archive cannot be read: {error}") from error


def _inside(name: str) -> str | None:
    """Returns a member's path below the archive's top folder; None where it leads outside."""
    cleaned = clean(name)
    if cleaned.startswith("/") or "\\" in cleaned or "\n" in cleaned:
        return None
    parts = [part for part in cleaned.split("/") if part not in ("", ".")]
    return "/".join(parts[1:]) if len(parts) > 1 and ".." not in parts else None


class _Inflated(io.RawIOBase):
    """A readable stream of the unpacked bytes that stops at a limit.

    Beside the total, the bytes between one member's data and the next are limited, since
    tarfile holds extended headers in memory.
    """

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        self._chunks = chunks
        self._inflate = zlib.decompressobj(wbits=31)
        self._packed = b""
        self._left = limit
        self._allowed = _HEADERS
        self._limit = limit

    def expect(self, size: int) -> None:
        """Allows a member's data and a sane amount of headers after it to be read."""
        self._allowed = size + _HEADERS

    def read(self, size: int = -1) -> bytes:
        found = bytearray()
        while len(found) < size:
            block = self._more(size - len(found))
            if not block:
                break
            found += block
        self._left -= len(found)
        self._allowed -= len(found)
        if self._left < 0:
            raise UserError(
                f"This repository is too large: unpacked it has more than {self._limit:,} bytes."
            )
        if self._allowed < 0:
            raise UserError("This repository's archive has headers larger than any real one's.")
        return bytes(found)

    def _more(self, size: int) -> bytes:
        while not self._inflate.eof:
            block = self._inflate.decompress(self._packed, min(size, _BLOCK))
            self._packed = self._inflate.unconsumed_tail
            if block:
                return block
            if not self._packed:
                chunk = next(self._chunks, None)
                if chunk is None:
                    raise EOFError("it ends too early")
                self._packed = chunk
        return b""
