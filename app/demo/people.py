"""People at a GitHub, over its public API: what the demo's owner, maintainer and asker do."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from app.errors import TreadleError

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.05, 1.25, 1.0
"""Seconds between two looks for a reply: soon at first, and then rarely enough for GitHub's limit
of 5,000 requests an hour, on slow machines too."""


class LinkBroken(TreadleError):
    """A link of the chain from question to learning did not hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A comment as the API shows it."""

    id: int
    node_id: str
    url: str
    body: str
    author: str
    is_bot: bool


class Someone:
    """One person's hands on one repository."""

    def __init__(self, *, login: str, token: str, api_url: str, full_name: str) -> None:
        self.login = login
        self._api = api_url.rstrip("/")
        self._repository = f"{self._api}/repos/{full_name}"
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
            timeout=20,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def open_issue(self, title: str, body: str) -> int:
        """Opens an issue and returns its number."""
        created = self._call("POST", "/issues", {"title": title, "body": body})
        return int(created["number"])

    def comment(self, number: int, body: str) -> Posted:
        """Comments on an issue."""
        return _posted(self._call("POST", f"/issues/{number}/comments", {"body": body}))

    def comments(self, number: int) -> list[Posted]:
        """Returns the comments of an issue, oldest first."""
        found = self._call("GET", f"/issues/{number}/comments?per_page=100")
        return [_posted(item) for item in found]

    def reactions(self, comment_id: int) -> list[tuple[str, str]]:
        """Returns the reactions on a comment as (login, content)."""
        found = self._call("GET", f"/issues/comments/{comment_id}/reactions")
        return [(item["user"]["login"], item["content"]) for item in found]

    def react(self, comment_id: int, content: str) -> None:
        """Reacts to a comment."""
        self._call("POST", f"/issues/comments/{comment_id}/reactions", {"content": content})

    def edit(self, comment_id: int, body: str) -> None:
        """Edits a comment."""
        self._call("PATCH", f"/issues/comments/{comment_id}", {"body": body})

    def hide(self, node_id: str, reason: str) -> None:
        """Hides a comment for one of GraphQL's reasons."""
        query = (
            "mutation($id: ID!, $why: ReportedContentClassifiers!) {"
            " minimizeComment(input: {subjectId: $id, classifier: $why}) {"
            " minimizedComment { isMinimized } } }"
        )
        response = self._client.post(
            self._api.removesuffix("/v3") + "/graphql",
            json={"query": query, "variables": {"id": node_id, "why": reason}},
        )
        if response.status_code != httpx.codes.OK or response.json().get("errors"):
            raise LinkBroken(f"{self.login} could not hide a reply: {response.text[:200]}")

    def reply_to(self, number: int, trigger: Posted, *, seconds: float) -> tuple[Posted, float]:
        """Waits for the bot's next comment after another one.

        Returns:
            The reply and how long it took in seconds.

        Raises:
            LinkBroken: none came in time.
        """
        start = time.monotonic()
        pause = FIRST_PAUSE
        while time.monotonic() - start < seconds:
            for comment in self.comments(number):
                if comment.is_bot and comment.id > trigger.id:
                    return comment, time.monotonic() - start
            time.sleep(pause)
            pause = min(LONGEST_PAUSE, GROWTH * pause)
        raise LinkBroken(f"no reply came within {seconds:.0f} s to: {trigger.body}")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        response = self._client.request(method, self._repository + path, json=body)
        if response.is_error:
            raise LinkBroken(
                f"{self.login}: {method} {path} gave {response.status_code}: {response.text[:200]}"
            )
        return response.json() if response.content else None


def _posted(item: dict[str, Any]) -> Posted:
    return Posted(
        id=item["id"],
        node_id=item["node_id"],
        url=item["html_url"],
        body=item["body"],
        author=item["user"]["login"],
        is_bot=item["user"]["type"] == "Bot",
    )
