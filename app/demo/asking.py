"""Asking many questions at once, each in an issue of its own, and who answered with what."""

from collections.abc import Iterable, Mapping

from app.demo.people import LinkBroken, Posted, Someone
from app.demo.waiting import Waiting
from app.feedback import metadata


def ask_all(
    asker: Someone, questions: Iterable[str], *, title: str, waiting: Waiting
) -> dict[str, Posted]:
    """Asks all questions, then waits for all replies; returns them by their questions.

    Raises:
        LinkBroken: a reply did not come in time.
    """
    asked = {}
    for question in questions:
        number = asker.open_issue(title, "")
        asked[question] = (number, asker.comment(number, f"/ask {question}"))
    replies = {}
    for question, (number, trigger) in asked.items():
        replies[question], _ = asker.reply_to(number, trigger, seconds=waiting.seconds)
        waiting.check()
    return replies


def adapter_of(posted: Posted, keys: Mapping[str, str]) -> str:
    """Returns the adapter that a reply names, "" where it was given without one.

    Args:
        posted: the reply.
        keys: the bot's signing keys, by id.

    Raises:
        LinkBroken: the reply does not say how it came about.
    """
    block = metadata.read(posted.body, keys=keys)
    if not isinstance(block, metadata.Block):
        raise LinkBroken(f"the reply {posted.url} has no hidden block that verifies")
    return str(block.values.get("adapter", ""))
