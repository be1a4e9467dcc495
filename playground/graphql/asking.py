"""What resolvers share: the world, who asks, and the table that resolvers are entered in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo

from playground.actors import Actor
from playground.limits import Standing
from playground.world import World

Resolver = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The context of one GraphQL request; `cost` in points, `nodes` at most asked for."""

    world: World
    actor: Actor
    standing: Standing
    cost: int
    nodes: int


Info: TypeAlias = "GraphQLResolveInfo[Asking]"


def asking(info: Info) -> Asking:
    """The context of a resolver."""
    return info.context


class Resolvers:
    """Resolvers by type and field."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, str], Resolver] = {}

    def field(self, name: str, *types: str) -> Callable[[Resolver], Resolver]:
        """Enters a resolver for a field of some types."""

        def enter(resolver: Resolver) -> Resolver:
            for type_name in types:
                self.table[type_name, name] = resolver
            return resolver

        return enter
