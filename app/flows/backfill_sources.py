"""The sources of an answer, from what its hidden block says of them. No I/O.

```
source = path ":" first "-" last "@" commit      lines of a file
       | "memory:" number [ "@" comment ]        a correction of the bot's reply in that comment
```
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain import Passage, Reply, Revision, SourceKind
from app.domain.history import FileAt
from app.feedback.memory import changed_sentences
from app.feedback.versions import versions
from app.knowledge.passages import passages

_LINES = re.compile(
    r"(?P<path>.+):(?P<first>\d{1,9})-(?P<last>\d{1,9})@(?P<commit>[0-9a-f]{40,64})"
)
_MEMORY = re.compile(r"memory:(?P<id>\d{1,18})(?:@(?P<comment>\d{1,18}))?")

Cut = Callable[[FileAt], Sequence[Passage]]
"""Returns the passages of a file, none where it is not to be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """Lines of a file as it was at a commit."""

    at: FileAt
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A correction by its number then, and the comment that was corrected; 0 where unknown."""

    memory_id: int
    comment_id: int


def named(block: Mapping[str, object]) -> list[Lines | Correction]:
    """Returns the sources that a block names, in order."""
    told = block.get("sources")
    found: list[Lines | Correction] = []
    for one in told if isinstance(told, list) else ():
        if lines := _LINES.fullmatch(str(one)):
            place = FileAt(lines["commit"], lines["path"])
            found.append(Lines(at=place, first=int(lines["first"]), last=int(lines["last"])))
        elif memory := _MEMORY.fullmatch(str(one)):
            comment_id = int(memory["comment"] or 0)
            found.append(Correction(memory_id=int(memory["id"]), comment_id=comment_id))
    return found


def passage(source: Lines | Correction, texts: Mapping[FileAt, str], cut: Cut) -> Passage:
    """Returns a source as it was; without text where that is not to be had, or not yet.

    Args:
        source: a source of a block.
        texts: files as they were.
        cut: cuts these into passages.
    """
    if isinstance(source, Correction):
        return Passage(
            path="",
            start_line=1,
            end_line=1,
            title="",
            text="",
            kind=SourceKind.CORRECTION,
            memory_id=source.memory_id,
        )
    for one in cut(source.at):
        if (one.start_line, one.end_line) == (source.first, source.last):
            return one
    # Another version of Treadle cut the file elsewhere.
    lines = texts.get(source.at, "").split("\n")[source.first - 1 : source.last]
    return Passage(
        path=source.at.path,
        start_line=source.first,
        end_line=source.last,
        title="",
        text="\n".join(lines),
    )


class Cutting:
    """Cuts files into passages, each once."""

    def __init__(self, texts: Mapping[FileAt, str]) -> None:
        self._texts = texts
        self._cut: dict[FileAt, Sequence[Passage]] = {}

    def __call__(self, at: FileAt) -> Sequence[Passage]:
        """Returns the passages of a file, none where it is not to be had."""
        if at not in self._cut:
            text = self._texts.get(at)
            self._cut[at] = () if text is None else passages(at.path, text)
        return self._cut[at]


def corrected(
    source: Passage, reply: Reply, revisions: Sequence[Revision], *, at: datetime, own_login: str
) -> Passage | None:
    """Returns a correction as it could be quoted at a time; None where that is not shown.

    Args:
        source: the correction without its text.
        reply: the one that was corrected.
        revisions: its versions, oldest first, as `versions.history` gives them.
        at: when it was quoted.
        own_login: the App's login.
    """
    known = [one for one in revisions if one.edited_at <= at]
    texts = versions(reply, known, own_login=own_login)
    if texts.edited is None or texts.editor is None:
        return None
    after = changed_sentences(texts.original, texts.edited)[1]
    return replace(
        source,
        end_line=after.count("\n") + 1,
        title=reply.question,
        text=after,
        url=reply.url,
        author=texts.editor.login,
    )
