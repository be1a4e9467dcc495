"""A repository's text file by file, for a GitHub that gives out no archives.

The Git database has a tree of all paths, and a blob for each file. What comes of it is the
same gzipped tar archive, at the price of a request for each file.

https://docs.github.com/en/rest/git
"""

import base64
import binascii
import io
import tarfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import structlog

from app.errors import GoneError, RateLimited, TransientError
from app.github import read

log = structlog.get_logger()

MOST_FILES = 2000
"""Files that are asked for; of a repository with more the others are left out and logged."""
MOST_BYTES = 1024 * 1024
"""A file that is larger is left out."""

PATIENCE = 90.0
"""Seconds that are waited for the next file at most: a minute's points come back within that, and
who began anew instead would use them up again."""

Get = Callable[[str], Any]
"""Returns the JSON of a path below the repository's."""


class _Pointer(read.Part):
    sha: str


class _Inner(read.Part):
    tree: _Pointer


class _Commit(read.Part):
    """A commit; others than GitHub show it in the form of the REST list of commits."""

    tree: _Pointer | None = None
    commit: _Inner | None = None


class _Entry(read.Part):
    path: str
    mode: str = ""
    type: str = ""
    sha: str
    size: int = 0


class _Tree(read.Part):
    tree: list[_Entry]
    truncated: bool = False


class _Blob(read.Part):
    content: str
    encoding: str = "utf-8"


class _Written(io.RawIOBase):
    """Takes what is written until it is taken out."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Returns what was written since the last call."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def archive(get: Get, sha: str, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[bytes]:
    """Makes the gzipped tar archive of a commit, a file at a time.

    Args:
        get: asks for something of the repository.
        sha: the commit.
        sleep: waits some seconds, where a limit says so.

    Raises:
        GoneError: the commit is not there; from the iterator.
        TransientError: an answer is not as documented; from the iterator.
    """
    commit = read.read(_Commit, get(f"git/commits/{sha}"))
    pointer = commit.tree or (commit.commit.tree if commit.commit else None)
    if pointer is None:
        raise TransientError("a commit without its tree")
    tree = read.read(_Tree, get(f"git/trees/{pointer.sha}?recursive=1"))
    files = [one for one in tree.tree if one.type == "blob" and one.mode in {"100644", "100755"}]
    wanted = [one for one in files if one.size <= MOST_BYTES][:MOST_FILES]
    gone = 0
    written = _Written()
    with tarfile.open(fileobj=written, mode="w|gz") as tar:
        for entry in wanted:
            try:
                data = _bytes(_patiently(get, f"git/blobs/{entry.sha}", sleep))
            except GoneError:
                gone += 1
                continue
            member = tarfile.TarInfo(f"{sha}/{entry.path}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
            if ready := written.taken():
                yield ready
    yield written.taken()
    if tree.truncated or gone or len(wanted) < len(files):
        log.warning("tree.cut", files=len(files), read=len(wanted) - gone, gone=gone)


def _patiently(get: Get, path: str, sleep: Callable[[float], None]) -> Any:
    """Asks for something, and once more where a limit wants a short wait."""
    try:
        return get(path)
    except RateLimited as error:
        if error.retry_after > PATIENCE:
            raise
        sleep(error.retry_after)
    return get(path)


def _bytes(content: Any) -> bytes:
    blob = read.read(_Blob, content)
    if blob.encoding != "base64":
        return blob.content.encode()
    try:
        return base64.b64decode(blob.content)
    except binascii.Error:
        raise TransientError("a blob: not base64") from None
