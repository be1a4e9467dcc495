"""A person of the demo whose bot is played: each comment gets the reply that `says` gives."""

from collections.abc import Callable

from app.demo.people import Posted
from app.feedback import metadata

KEYS = {"k1": "k" * 24}
Says = Callable[[str], str]


class Played:
    """Someone in a repository without a GitHub."""

    def __init__(self, login: str, says: Says) -> None:
        self.login = login
        self.titles: list[str] = []
        self.commented: list[str] = []
        self._says = says

    def open_issue(self, title: str, body: str) -> int:
        self.titles.append(title)
        return len(self.titles)

    def comment(self, number: int, body: str) -> Posted:
        self.commented.append(body)
        return posted(body, author=self.login)

    def reply_to(self, number: int, trigger: Posted, *, seconds: float) -> tuple[Posted, float]:
        return posted(self._says(trigger.body)), 0.1


class Alive:
    """Processes that are looked after."""

    def __init__(self) -> None:
        self.checks = 0

    def check(self) -> None:
        self.checks += 1


def posted(body: str, *, author: str = "treadle[bot]") -> Posted:
    return Posted(
        id=1,
        node_id="IC_1",
        url="https://github.com/o/r/issues/1#issuecomment-1",
        body=body,
        author=author,
        is_bot=author.endswith("[bot]"),
    )


def sealed(answer: str, adapter: str = "") -> str:
    """A reply as the bot posts it, with a hidden block that names an adapter."""
    body = f"{answer}\n\n**Sources**\n\n1. `README.md`"
    return metadata.seal(body, {"adapter": adapter}, keys=KEYS, trigger_node_id="IC_0")
