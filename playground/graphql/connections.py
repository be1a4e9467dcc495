"""Connections: pages of a list by opaque cursors, with the bounds that GitHub enforces.

https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from playground.errors import Invalid
from playground.graphql.asking import Info

MOST = 100


class MissingBounds(Invalid):
    """Neither `first` nor `last` was given."""

    graphql_type = "MISSING_PAGINATION_BOUNDARIES"


class ExcessiveBounds(Invalid):
    """More than 100 were asked for at once."""

    graphql_type = "EXCESSIVE_PAGINATION"


class BadCursor(Invalid):
    """A cursor that was never given out."""

    graphql_type = "INVALID_CURSOR_ARGUMENTS"


def cursor(index: int) -> str:
    """The cursor of the element at an index."""
    return base64.b64encode(f"cursor:{index}".encode()).decode()


def _index(text: str, name: str) -> int:
    try:
        kind, _, number = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        kind, number = "", ""
    if kind != "cursor" or not number.isdecimal():
        raise BadCursor(f"`{text}` does not appear to be a valid cursor.")
    return int(number)


def connection(
    info: Info, items: Sequence[Any], args: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """A page of a list as a connection.

    Args:
        args: `first`, `last`, `after`, `before`.
        more: Further fields of the connection.

    Raises:
        MissingBounds: elements are asked for without a bound.
        ExcessiveBounds: a bound is not from 0 to 100.
        BadCursor: `after` or `before` is none of ours.
    """
    name, first, last = info.field_name, args.get("first"), args.get("last")
    if first is None and last is None:
        if _wants_elements(info):
            raise MissingBounds(
                f"You must provide a `first` or `last` value to properly paginate the "
                f"`{name}` connection."
            )
        first = 0
    for bound, value in (("first", first), ("last", last)):
        if value is not None and not 0 <= value <= MOST:
            raise ExcessiveBounds(
                f"Requesting {value} records on the `{name}` connection exceeds the `{bound}` "
                f"limit of {MOST} records."
            )
    start, stop = 0, len(items)
    if args.get("after") is not None:
        start = min(stop, _index(args["after"], name) + 1)
    if args.get("before") is not None:
        stop = min(stop, _index(args["before"], name))
    if first is not None:
        stop = min(stop, start + first)
    elif last is not None:
        start = max(start, stop - last)
    chosen = list(items[start:stop])
    edges = [{"cursor": cursor(start + i), "node": item} for i, item in enumerate(chosen)]
    return {
        "totalCount": len(items),
        "nodes": chosen,
        "edges": edges,
        "pageInfo": {
            "hasNextPage": stop < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
        **more,
    }


def _wants_elements(info: Info) -> bool:
    selections = info.field_nodes[0].selection_set
    names = {
        getattr(getattr(s, "name", None), "value", "") for s in selections.selections
    } if selections else set()  # fmt: skip
    return bool(names & {"nodes", "edges", "pageInfo"})
