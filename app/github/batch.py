"""Reads a batch of replies by GraphQL: one query, and one for each further page of a list.

https://docs.github.com/en/graphql/reference/queries#nodes
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from githubkit.exception import GraphQLFailed

from app.domain import Snapshot
from app.errors import TransientError
from app.github import snapshots as shown
from app.github.connection import Connection
from app.github.documents import MORE_EDITS, MORE_REACTIONS, SNAPSHOTS
from app.github.errors_of import lacking, translated
from app.ports.github import Purse

BATCH = 100
"""Node ids that one query may ask for."""

LISTS = 2
"""Lists of each reply that the query asks for: its reactions and its versions."""

PAGE_POINTS = 1
"""What a further page of a list costs."""

MAX_PAGES = 20
"""Pages of 100 reactions or versions that are read of one reply, newest versions first."""


def points(replies: int) -> int:
    """Returns the points of GraphQL that one query for so many replies costs.

    Each list of each reply counts as one request; a hundred requests make a point, rounded to
    the nearest, and no query is free.
    https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
    """
    return max(1, (LISTS * replies + 50) // 100)


def snapshots(
    connection: Connection,
    installation_id: int,
    node_ids: Sequence[str],
    seen_at: datetime,
    purse: Purse | None = None,
) -> Sequence[Snapshot]:
    """Reads up to 100 replies, in the order asked for.

    Args:
        connection: to GitHub.
        installation_id: where the replies are, in whichever of its repositories.
        node_ids: the replies' node ids.
        seen_at: the time of the look.
        purse: what pays for the queries; nothing does where it is None.

    Raises:
        LackingError: this GitHub has no GraphQL.
        RateLimited: the purse has no points for it, or GitHub refuses it.
        ValueError: more than 100 were asked for.
    """
    if len(node_ids) > BATCH:
        raise ValueError(f"at most {BATCH} replies a query")
    if not node_ids:
        return ()
    reader = Reader(connection, installation_id, purse)
    nodes = reader.first(node_ids).get("nodes")
    if not isinstance(nodes, list) or len(nodes) != len(node_ids):
        raise TransientError("GraphQL: not as many nodes as asked for")
    return [
        shown.missing(node_id, seen_at)
        if part is None
        else shown.snapshot(part, reader.lists(part), seen_at)
        for node_id, part in zip(node_ids, shown.comments(nodes), strict=True)
    ]


class Reader:
    """Runs the queries of one batch, or of one issue."""

    def __init__(
        self, connection: Connection, installation_id: int, purse: Purse | None = None
    ) -> None:
        self._connection = connection
        self._installation_id = installation_id
        self._purse = purse

    def first(self, node_ids: Sequence[str]) -> dict[str, Any]:
        """Runs the query for all; where GitHub says that it cost more, that is counted too."""
        foreseen = points(len(node_ids))
        if self._purse:
            self._purse.take(foreseen)
        data = self.query(SNAPSHOTS, {"ids": list(node_ids)})
        # A server without limits tells no cost.
        told = (data.get("rateLimit") or {}).get("cost")
        if self._purse and isinstance(told, int) and told > foreseen:
            self._purse.owe(told - foreseen)
        return data

    def lists(self, part: shown.CommentPart) -> shown.Lists:
        """Reads the further pages of a comment's reactions and versions, if there are any."""
        reactions, edits = [part.reactions], [part.user_content_edits]
        while (page := reactions[-1].page_info).has_next_page and len(reactions) < MAX_PAGES:
            content = self.more(MORE_REACTIONS, part.id, page.end_cursor)
            reactions.append(shown.reactions(content.get("reactions")))
        while (last := edits[-1]) and last.page_info.has_next_page and len(edits) < MAX_PAGES:
            content = self.more(MORE_EDITS, part.id, last.page_info.end_cursor)
            edits.append(shown.edits(content.get("userContentEdits")))
        return shown.Lists(
            reactions=[one for page in reactions for one in page.nodes or () if one],
            edits=[one for page in edits if page for one in page.nodes or () if one],
        )

    def query(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Runs a query; nodes that are gone are data, every other error is raised."""
        with lacking(), translated():
            try:
                return self._connection.query(self._installation_id, document, variables)
            except GraphQLFailed as error:
                errors, data = error.response.errors or [], error.response.data
                if data is None or any(fault.type != "NOT_FOUND" for fault in errors):
                    raise
                return data

    def more(self, document: str, node_id: str, cursor: str | None) -> dict[str, Any]:
        """Reads a further page of one of the lists of a node."""
        if self._purse:
            self._purse.take(PAGE_POINTS, more=True)
        node = self.query(document, {"id": node_id, "after": cursor}).get("node")
        if not isinstance(node, dict):
            # It went between two pages: the next sweep sees that it is gone.
            raise TransientError("GraphQL: it was deleted while it was read")
        return node
