"""What a REST endpoint gets and gives, and the table that endpoints are entered in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from playground.actors import Actor
from playground.auth import UNDECODED
from playground.errors import BadCredentials, Invalid
from playground.values import Repository
from playground.world import World

V = TypeVar("V")
PER_PAGE = 30
MOST_PER_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; `content` is JSON unless it is bytes, and None sends no body."""

    status: int = 200
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that found its endpoint.

    Attributes:
        params: What the path holds; numbers are ints.
        url: Address without the query, as the client sees it.
        body: The JSON object sent; empty where none was.
    """

    world: World
    actor: Actor
    params: Mapping[str, Any]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    url: str

    def repository(self, scope: str = "metadata") -> Repository:
        """The repository of the path, which the actor may read in this scope."""
        found = self.world.repository(self.actor, self.params["owner"], self.params["repo"])
        self.world.require_read(self.actor, found, scope)
        return found

    def require_app(self) -> int:
        """The id of the App whose JWT was shown.

        Raises:
            BadCredentials: there was none.
        """
        if not self.actor.is_app or self.actor.app_id is None:
            raise BadCredentials(UNDECODED)
        return self.actor.app_id

    def text(self, name: str) -> str:
        """A text of the body.

        Raises:
            Invalid: it is missing or no text.
        """
        value = self.optional_text(name)
        if value is None:
            raise Invalid(f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return value

    def optional_text(self, name: str) -> str | None:
        """A text of the body, or None."""
        value = self.body.get(name)
        if value is None or isinstance(value, str):
            return value
        raise Invalid(f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not a string.")

    def page(self, items: Sequence[V], shape: Callable[[V], Any]) -> tuple[list[Any], str]:
        """The page of a list that the query asks for, and the `Link` header, which may be empty.

        https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        size = min(max(_number(self.query.get("per_page"), PER_PAGE), 1), MOST_PER_PAGE)
        page = max(_number(self.query.get("page"), 1), 1)
        last = max(1, -(-len(items) // size))
        links = []
        wanted = [("prev", page - 1), ("next", page + 1), ("last", last), ("first", 1)]
        for name, number in wanted:
            before = name in ("prev", "first")
            if (before and page > 1) or (not before and page < last):
                query = urlencode({**self.query, "page": number})
                links.append(f'<{self.url}?{query}>; rel="{name}"')
        chosen = items[(page - 1) * size : page * size]
        return [shape(item) for item in chosen], ", ".join(links)

    def paged(self, items: Sequence[V], shape: Callable[[V], Any]) -> Reply:
        """A page of a list as a reply."""
        content, link = self.page(items, shape)
        return Reply(content=content, headers={"Link": link} if link else {})


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default


Endpoint = Callable[[Call], Reply]


class Routes:
    """Endpoints by method and path, in the order in which they are tried."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, Endpoint]] = []

    def add(self, method: str, path: str) -> Callable[[Endpoint], Endpoint]:
        """Enters an endpoint; the path is as Starlette writes it."""

        def enter(endpoint: Endpoint) -> Endpoint:
            self.rows.append((method, path, endpoint))
            return endpoint

        return enter
