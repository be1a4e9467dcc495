"""Commits and files of a repository, by revision expressions."""

from typing import Any

from playground.errors import Conflict, NotFound
from playground.graphql.asking import Info, Resolvers, asking
from playground.values import Blob, Commit, Repository

resolvers = Resolvers()
SHOWN = 512 * 1024
"""Bytes of a text that are shown; what is longer is cut."""


@resolvers.field("object", "Repository")
def git_object(
    value: Repository, info: Info, expression: str | None = None, oid: str | None = None
) -> Commit | Blob | None:
    """A commit, or a file of it after a colon; none where there is no such thing."""
    world = asking(info).world
    world.require_read(asking(info).actor, value, "contents")
    ref, colon, path = (expression or oid or "").partition(":")
    try:
        commit = world.resolve(value, ref)
    except (Conflict, NotFound):
        return None
    if not colon:
        return commit
    sha = commit.files.get(path)
    return None if sha is None else world.blobs[sha]


def _text(value: Blob, info: Info) -> str | None:
    return None if _is_binary(value, info) else value.data[:SHOWN].decode("utf-8", "replace")


def _is_binary(value: Blob, info: Info) -> bool:
    return b"\0" in value.data[:8000]


BLOB_FIELDS: dict[str, Any] = {
    "id": lambda v, i: f"B_{v.sha[:24]}",
    "oid": lambda v, i: v.sha,
    "byteSize": lambda v, i: len(v.data),
    "isBinary": _is_binary,
    "isTruncated": lambda v, i: len(v.data) > SHOWN,
    "text": _text,
}
for _name, _resolver in BLOB_FIELDS.items():
    resolvers.field(_name, "Blob")(_resolver)
