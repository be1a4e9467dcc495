"""The text of the issue "What Treadle learned": what it says, a line for each thing learned.

```
<!-- treadle learned 1296269 write 3 -->
introduction

### Corrections

- [x] `before` → `after` · by `walt`, [2026-05-04](address) <!-- learned 3f0c… -->
```

The first line names the repository and counts the writes; the comment at the end of each line
names what the line is of. All else is for people, and read by nobody: `app.feedback.learned_ticks`
reads these two alone. What people wrote stands in code spans, which ping nobody, link nothing
and end no line. https://docs.github.com/en/get-started/writing-on-github
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain import (
    AdapterVersion,
    Memory,
    PhraseMass,
    PhraseWeight,
    Ruling,
    RulingKind,
    RulingWhat,
)
from app.text.safe import GAP, as_code

MOST = 65_536
"""Characters of an issue's body; GitHub refuses more with 422."""

EXCERPT = 160
"""Characters of a person's text that a line shows; the middle of a longer one goes."""

STRONG = 2.0
"""Least |z| of a phrase that has a line: from there on it counts in answers."""

EMPTY = "Nothing yet. A vote on a reply teaches, and so does an edit of one."

_ADDRESS = re.compile(r"https?://[^\s()<>\[\]]{1,500}")


class Group(StrEnum):
    """The headings, in their order."""

    CORRECTIONS = "Corrections"
    PHRASES = "Phrases"
    ADAPTERS = "Adapters"
    ASIDE = "Set aside"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing that was learned or decided.

    `kind` and `key` are those of the ruling that unticking makes or takes back; `what` is set
    where the line is of a ruling itself, a pin or a ban. `text` is Markdown of one line that is
    safe to post, `at` what lines are ordered by.
    """

    group: Group
    kind: RulingKind
    key: str
    what: RulingWhat | None = None
    text: str
    at: datetime

    @property
    def ticked(self) -> bool:
        """Tells whether it counts."""
        return self.group is not Group.ASIDE

    @property
    def token(self) -> str:
        """20 hexadecimal digits that name it in the text."""
        return token_of(self.kind, self.key, self.what)


def token_of(kind: RulingKind, key: str, what: RulingWhat | None = None) -> str:
    """Returns `Line.token` of what a line would be of."""
    text = f"{kind.value}\0{what.value if what else ''}\0{key}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def mark(repository_id: int, write: int | None = None) -> str:
    """Returns the first line of a text, or, without a write, what those of all writes begin with.

    Args:
        repository_id: GitHub's id of the repository.
        write: how many times the text was written, from 1.
    """
    opened = f"<!-- treadle learned {repository_id} write"
    return opened if write is None else f"{opened} {write} -->"


def introduction(name: str, pause: timedelta) -> str:
    """Returns what stands above the lines, under the bot's name and the pause between writes."""
    minutes = max(1, round(pause / timedelta(minutes=1)))
    unit = "minute" if minutes == 1 else "minutes"
    return (
        f"What {name} learned from votes and edits in this repository, the newest first.\n\n"
        "**Untick a line** and answers stop using it; **tick it** and they use it again. That "
        "takes write permission, and this text's edit history shows who did it.\n\n"
        "The lines are written anew where something changed, at most once in "
        f"{minutes} {unit}. Other changes of this text do not stay, and do no harm."
    )


def render(
    lines: Iterable[Line],
    *,
    repository: tuple[int, str],
    write: int,
    introduction: str,
    most: int = MOST,
) -> str:
    """Returns the text of the issue.

    Where all lines are too many the oldest are left out, whole, and counted below their group.

    Args:
        lines: what was learned, in any order; of two with the same token the first stays.
        repository: GitHub's id of the repository, and its full name.
        write: how many times the text was written, this one included.
        introduction: what stands above the lines.
        most: characters that the text may have.
    """
    unique: dict[str, Line] = {}
    for line in lines:
        unique.setdefault(line.token, line)
    ordered = sorted(unique.values(), key=lambda line: (line.at, line.token), reverse=True)
    head = f"{mark(repository[0], write)}\n{introduction}"
    written = [_written(line) for line in ordered]
    # As if each group were cut: a few characters of thousands, and the sum is simple.
    counts = Counter(line.group for line in ordered)
    room = most - len(head)
    room -= sum(len(_section(group, [], n, repository[1])) for group, n in counts.items())
    kept: dict[Group, list[str]] = {}
    for line, text in zip(ordered, written, strict=True):
        room -= len(text) + 1
        if room < 0:
            break
        kept.setdefault(line.group, []).append(text)
    sections = [
        _section(group, kept.get(group, []), counts[group], repository[1])
        for group in Group
        if counts[group]
    ]
    return "".join([head, *sections]) if sections else f"{head}\n\n{EMPTY}"


def correction(memory: Memory, key: str, veto: Ruling | None = None) -> Line:
    """Returns the line of a correction; `key` is its digest."""
    after = quoted(memory.after)
    text = f"{quoted(memory.before)} → {after}" if memory.before else after
    return Line(
        group=Group.ASIDE if veto else Group.CORRECTIONS,
        kind=RulingKind.MEMORY,
        key=key,
        text=_told(text, memory.author, memory.created_at, memory.url) + _set_aside(veto),
        at=veto.at if veto else memory.created_at,
    )


def vetoed(ruling: Ruling) -> Line:
    """Returns the line of something set aside of which nothing is kept but that."""
    text = {
        RulingKind.PHRASE: f"phrase {quoted(ruling.key)}",
        RulingKind.MEMORY: f"a correction that nobody stands behind any more ({ruling.key[:8]})",
        RulingKind.ROW: f"a row of training data ({ruling.key[:8]})",
        RulingKind.ADAPTER: f"adapter {quoted(ruling.key)}",
    }[ruling.kind]
    return Line(
        group=Group.ASIDE,
        kind=ruling.kind,
        key=ruling.key,
        text=text + _set_aside(ruling),
        at=ruling.at,
    )


def phrase(weight: PhraseWeight, newest: PhraseMass) -> Line:
    """Returns the line of a phrase of the dictionary, with the newest word on it."""
    word = "liked" if weight.z > 0 else "disliked"
    text = f"{word}: {quoted(weight.phrase)} (z {weight.z:+.1f})"
    return Line(
        group=Group.PHRASES,
        kind=RulingKind.PHRASE,
        key=weight.phrase,
        text=_told(text, newest.person, newest.at, newest.url),
        at=newest.at,
    )


def decided(ruling: Ruling, *, lifted: bool = False) -> Line:
    """Returns the line of a pin or a ban; of one that was lifted, to make it again."""
    text = _told(
        f"{ruling.what.value}: {quoted(ruling.key)}", ruling.by.login, ruling.at, ruling.url
    )
    return Line(
        group=Group.ASIDE if lifted else Group.PHRASES,
        kind=RulingKind.PHRASE,
        key=ruling.key,
        what=ruling.what,
        text=text + (" · lifted" if lifted else ""),
        at=ruling.at,
    )


def adapter(
    version: AdapterVersion,
    *,
    in_force: bool,
    veto: Ruling | None = None,
    by: str = "",
    url: str = "",
) -> Line:
    """Returns the line of an adapter; `by` asked for its training, at `url`, where somebody did."""
    text = f"{quoted(version.name)}{', in force' if in_force else ''}"
    return Line(
        group=Group.ASIDE if veto else Group.ADAPTERS,
        kind=RulingKind.ADAPTER,
        key=version.name,
        text=_told(text, by, version.created_at, url) + _set_aside(veto),
        at=veto.at if veto else version.created_at,
    )


def quoted(text: str) -> str:
    """Shows text of people in a line: a code span that is short, and opens no HTML comment."""
    return as_code(" ".join(text.split()), EXCERPT).replace("<!", f"<{GAP}!")


def _told(text: str, by: str, at: datetime, url: str) -> str:
    day = f"{at:%Y-%m-%d}"
    day = f"[{day}]({url})" if _ADDRESS.fullmatch(url) else day
    return f"{text} · by {quoted(by)}, {day}" if by else f"{text} · {day}"


def _set_aside(veto: Ruling | None) -> str:
    return "" if veto is None else f" · set aside by {quoted(veto.by.login)} on {veto.at:%Y-%m-%d}"


def _written(line: Line) -> str:
    return f"- [{'x' if line.ticked else ' '}] {line.text} <!-- learned {line.token} -->"


def _section(group: Group, lines: Sequence[str], count: int, full_name: str) -> str:
    """Returns a group with its heading, and how many of its lines are left out."""
    text = "\n".join([f"\n\n### {group.value}\n", *lines])
    left = count - len(lines)
    if not left:
        return text
    gap = "\n\n" if lines else "\n"
    return f"{text}{gap}and {left} older: the dashboard and `treadle weights {full_name}` list all"
