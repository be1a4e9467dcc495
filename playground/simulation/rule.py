"""The rule that simulated maintainers go by; it looks at the visible text of a reply alone."""

import re
from dataclasses import dataclass

OPENING = "In short:"
"""What maintainers want a reply to begin with."""
VOTE = "+1"
RULE = (
    f"A reply that names its sources is to begin with “{OPENING}”. Where it does not, a "
    f"maintainer edits it and puts “{OPENING}” before its first sentence. Where it does, a "
    "maintainer gives it 👍. A reply that names no sources, or begins with anything but a "
    "sentence, is left alone."
)
"""The rule in words, as people are told it."""

_SOURCES = re.compile(r"^\*\*Sources\*\*[ \t]*\r?$", re.MULTILINE)
_SENTENCE = re.compile(r"(?![#>|<]|```|~~~|[-+*][ \t]|\d+[.)][ \t]|!\[)\S")
"""What a first line begins with that is no block of code, quote, table, list, picture or tag."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """The reply is to say this."""

    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """The reply is to get this reaction."""

    content: str = VOTE


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveAlone:
    """Nothing is to be done to the reply."""


Judgement = Edit | Vote | LeaveAlone


def follows(body: str) -> bool:
    """Tells whether a reply begins as the maintainers want it to."""
    return body.lstrip().casefold().startswith(OPENING.casefold())


def judge(body: str) -> Judgement:
    """Says what a simulated maintainer does to a reply: `RULE`, as code.

    Args:
        body: the comment as it stands, its sources, footer and hidden block included.
    """
    sources = _SOURCES.search(body)
    start = len(body) - len(body.lstrip())
    if sources is None or sources.start() <= start:
        return LeaveAlone()
    if follows(body):
        return Vote()
    indent = len(body[:start].rpartition("\n")[2])
    if indent > 3 or not _SENTENCE.match(body, start):
        return LeaveAlone()
    return Edit(body=f"{body[:start]}{OPENING} {body[start:]}")
