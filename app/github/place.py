"""Requests below one repository, in the name of its installation."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import structlog
from githubkit import Response

from app.domain import Repository
from app.errors import TransientError
from app.github.connection import Connection, json_of

log = structlog.get_logger()

MAX_PAGES = 100
"""Pages of 100 that are read of one list; what lies behind them is left out and logged."""

_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]+")


class Place:
    """One repository on GitHub; paths are given below its own."""

    def __init__(self, connection: Connection, repository: Repository) -> None:
        self._connection = connection
        self._repository = repository
        self._at = below(repository.owner, repository.name)

    @property
    def repository(self) -> Repository:
        return self._repository

    def send(self, method: str, path: str, **options: Any) -> Response[Any]:
        """Sends a request; `options` are those of `Connection.send`."""
        place = f"{self._at}/{path}"
        return self._connection.send(self._repository.installation_id, method, place, **options)

    def json(self, method: str, path: str, *, json: object = None) -> Any:
        """Sends a request and returns the JSON of its answer."""
        return json_of(self.send(method, path, json=json))

    def pages(self, path: str, **params: str) -> list[Any]:
        """Reads a list page by page along its Link headers."""
        response = self.send("GET", path, params={**params, "per_page": 100})
        found: list[Any] = []
        for page in range(1, MAX_PAGES + 1):
            content = json_of(response)
            if not isinstance(content, list):
                raise TransientError(f"{path}: not a list")
            found += content
            link = response.raw_response.links.get("next", {}).get("url", "")
            if not link:
                break
            if not self._connection.is_ours(httpx.URL(link)):
                raise TransientError(f"{path}: the next page is somewhere else")
            if page == MAX_PAGES:
                log.warning("list.cut", repository=self._repository.id, pages=MAX_PAGES)
                break
            response = self._connection.send(self._repository.installation_id, "GET", link)
        return found


def below(owner: str, name: str) -> str:
    """Returns the path of a repository."""
    return f"/repos/{part(owner)}/{part(name)}"


def part(text: str) -> str:
    """Returns one part of a path, unable to reach beyond its place.

    Raises:
        ValueError: it is nothing that GitHub gives as a name or a hash.
    """
    if text in {".", ".."} or not _NAME.fullmatch(text):
        raise ValueError("not a name")
    return quote(text, safe="")
