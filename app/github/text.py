"""The text of a repository: one file, its newest commit, and a commit as an archive."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from githubkit import Response

from app.errors import GoneError, TransientError, UserError
from app.github import read, tree
from app.github.connection import json_of
from app.github.errors_of import BadRequest, status_of, translated
from app.github.place import Place, part

MAX_FILE_BYTES = 1024 * 1024
"""A configuration file that is larger is cut here, and found faulty for its size."""


def file(place: Place, path: str, absent: tuple[int, ...] = (404,)) -> bytes | None:
    """Returns a file at the head of the default branch, at most `MAX_FILE_BYTES` of it.

    Args:
        place: its repository.
        path: where it is, in the repository.
        absent: the statuses that say that it is not there for us.

    https://docs.github.com/en/rest/repos/contents#get-repository-content
    """
    address = f"contents/{quote(path)}"
    try:
        response = place.send("GET", address)
    except GoneError as error:
        if status_of(error) in absent:
            return None
        raise
    content = json_of(response)
    if not isinstance(content, dict):
        return None  # a folder of that name
    found = read.read(read.FilePart, content)
    if found.type != "file":
        return None
    if found.encoding == "base64":
        try:
            return base64.b64decode(found.content)[:MAX_FILE_BYTES]
        except binascii.Error:
            raise TransientError(f"{path}: not base64") from None
    raw = place.send("GET", address, accept="application/vnd.github.raw+json")
    return raw.content[:MAX_FILE_BYTES]


def head(place: Place) -> str | None:
    """Returns the commit at the head of the default branch; None for an empty repository.

    `HEAD` is asked for, since the default branch may have been renamed meanwhile. Where that
    is not known, as on a GitHub without that list, the branch is asked for by name.

    https://docs.github.com/en/rest/commits/commits#get-a-commit
    """
    accept = "application/vnd.github.sha"
    try:
        sha = place.send("GET", "commits/HEAD", accept=accept).text.strip()
    except GoneError as error:
        if status_of(error) != 404:
            raise
        branch = quote(place.repository.default_branch, safe="")
        sha = read.read(read.BranchPart, place.json("GET", f"branches/{branch}")).commit.sha
    except (TransientError, BadRequest) as error:
        if status_of(error) in {409, 422}:
            return None
        raise
    if len(sha) not in {40, 64} or not set(sha) <= set("0123456789abcdef"):
        raise TransientError("GitHub did not answer with a commit's hash")
    return sha


@contextmanager
def tarball(place: Place, sha: str, most: int) -> Iterator[Iterator[bytes]]:
    """Streams the gzipped tar archive of a commit, made of its files where there is none.

    https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-tar

    Raises:
        UserError: from the iterator, once more than `most` bytes have come.
    """
    try:
        response = place.send("GET", f"tarball/{part(sha)}", stream=True)
    except GoneError as error:
        if status_of(error) != 404:
            raise
        response = None
    if response is None:
        yield _limited(tree.archive(lambda path: place.json("GET", path), sha), most)
        return
    try:
        yield _limited(_chunks(response), most)
    finally:
        response.raw_response.close()


def _chunks(response: Response[Any]) -> Iterator[bytes]:
    with translated():
        yield from response.iter_bytes(64 * 1024)


def _limited(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise UserError(
                f"This repository's archive is larger than the {most // 2**20} MiB that are read."
            )
        yield chunk
