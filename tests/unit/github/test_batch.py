"""What a batch of replies costs, as GitHub's formula has it, and who pays for it."""

from dataclasses import dataclass, field

import httpx
import pytest
from graphql import OperationDefinitionNode, parse

from app.errors import RateLimited
from app.github.batch import points
from app.github.documents import MORE_EDITS, MORE_REACTIONS, SNAPSHOTS
from playground.graphql.cost import cost
from tests.unit.github.hub import Hub
from tests.unit.github.test_client import (
    END,
    MORE,
    REPOSITORY,
    client,
    graphql,
    node,
    reaction,
)


def cost_of(query: str, **variables: object) -> int:
    document = parse(query)
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return cost(document, operation, variables)[0]


@pytest.mark.parametrize("replies", [1, 24, 25, 49, 74, 75, 99, 100])
def test_what_is_foreseen_is_what_it_costs(replies: int) -> None:
    ids = [f"IC_{number}" for number in range(replies)]
    assert points(replies) == cost_of(SNAPSHOTS, ids=ids)


@pytest.mark.parametrize("query", [MORE_REACTIONS, MORE_EDITS])
def test_a_further_page_is_a_point(query: str) -> None:
    assert cost_of(query, id="IC_1", after="x") == 1


@dataclass
class Payer:
    """A purse with so many points."""

    left: int
    taken: list[tuple[int, bool]] = field(default_factory=list)
    owed: list[int] = field(default_factory=list)

    def take(self, points: int, *, more: bool = False) -> None:
        """Pays, while there is something left."""
        if points > self.left:
            raise RateLimited("spent", retry_after=9)
        self.left -= points
        self.taken.append((points, more))

    def owe(self, points: int) -> None:
        """Notes what was taken beyond."""
        self.owed.append(points)


def answers(told: int | None) -> list[httpx.Response]:
    """A reply with two pages of reactions, and what GitHub says that the first query cost."""
    first = node("a", reactions={"nodes": [reaction("THUMBS_UP")], "pageInfo": MORE})
    limit = None if told is None else {"cost": told}
    more = {"reactions": {"nodes": [reaction("EYES")], "pageInfo": END}}
    return [graphql({"rateLimit": limit, "nodes": [first]}), graphql({"node": more})]


@pytest.mark.parametrize(("told", "owed"), [(1, []), (None, []), (4, [3])])
def test_every_query_is_paid_for(told: int | None, owed: list[int]) -> None:
    purse = Payer(left=9)
    hub = Hub({"POST /graphql": answers(told)})
    (found,) = client(hub).snapshots(REPOSITORY, ["a"], purse)
    assert len(found.reactions) == 2
    assert (purse.taken, purse.owed) == ([(1, False), (1, True)], owed)


@pytest.mark.parametrize(("left", "sent"), [(0, 0), (1, 1)])
def test_what_cannot_be_paid_for_is_not_sent(left: int, sent: int) -> None:
    hub = Hub({"POST /graphql": answers(1)})
    with pytest.raises(RateLimited, match="spent"):
        client(hub).snapshots(REPOSITORY, ["a"], Payer(left=left))
    assert len([one for one in hub.requests if one.url.path.endswith("/graphql")]) == sent
