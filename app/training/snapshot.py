"""What an adapter is trained on: lessons redacted, joined, split, and named by their hash.

In a run's folder a snapshot is two files. `snapshot.jsonl` has one lesson a line, as JSON with
sorted keys and its `fold`; `snapshot.json` has the SHA-256 of those bytes, what was counted, and
which threads are kindred.
The same lessons give the same bytes, in whatever order they come.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain import Lesson
from app.errors import UserError
from app.training.duplicates import join, kindred, unsaid, unseen
from app.training.redaction import redact
from app.training.splitting import ALWAYS, SplitConfig, split

LINES, FACTS = "snapshot.jsonl", "snapshot.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotConfig:
    """How a snapshot is taken.

    Questions are the same from `same_question` percent of likeness on, texts from `same_text`
    on: high enough that another value or name in a sentence of usual length is another text.
    """

    same_question: float = 90.0
    same_text: float = 95.0
    split: SplitConfig = field(default_factory=SplitConfig)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A lesson and the fold that it is held out in, `splitting.ALWAYS` where it never is."""

    lesson: Lesson
    fold: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Lessons in a fixed order, those of rows that came from files last.

    `folds` has the fold of each, `splitting.ALWAYS` for one that is never held out; `count` is
    how many folds there are: 1 where only fold 0 is held out, once for all, 0 where there is
    nothing to test on. `kin` gives each thread the lowest number among those that are kindred to
    it, also for threads whose lessons were joined with others; `independent` counts the threads
    with pairs, kindred ones once.
    `dropped` counts what was left out by reason, `redacted` the secrets and addresses taken
    out. `hash` is the SHA-256 of the lines, in hexadecimal.
    """

    lessons: Sequence[Lesson]
    folds: Sequence[int]
    count: int
    kin: Mapping[int, int]
    independent: int
    dropped: Mapping[str, int]
    redacted: int
    hash: str

    @property
    def pairs(self) -> int:
        """How many lessons prefer one text to another."""
        return sum(lesson.is_pair for lesson in self.lessons)

    @property
    def own(self) -> list[Lesson]:
        """The lessons of what people said here."""
        return [lesson for lesson in self.lessons if not lesson.imported]

    @property
    def imported(self) -> int:
        """How many lessons are of rows that came from files."""
        return len(self.lessons) - len(self.own)

    @property
    def threads(self) -> int:
        """How many threads of this repository they come from."""
        return len({lesson.thread for lesson in self.own})

    @property
    def rows(self) -> list[Row]:
        """The lessons with their folds."""
        told = zip(self.lessons, self.folds, strict=True)
        return [Row(lesson=lesson, fold=fold) for lesson, fold in told]

    def held_out(self, fold: int) -> list[Lesson]:
        """Returns the lessons to test on in a fold."""
        return [row.lesson for row in self.rows if row.fold == fold]

    def training(self, fold: int) -> list[Lesson]:
        """Returns the lessons to train on while a fold is held out."""
        return [row.lesson for row in self.rows if row.fold != fold]


def take(
    lessons: Sequence[Lesson],
    *,
    config: SnapshotConfig | None = None,
    dropped: Mapping[str, int] | None = None,
) -> Snapshot:
    """Takes a snapshot of one repository's lessons.

    Imported ones are never held out, and left out where they say what own ones nearly say, or
    tell of what is held out.

    Args:
        lessons: in any order; what people took back or opted out of is not among them.
        config: how.
        dropped: what was left out before, counted by reason, to be told together.

    Raises:
        ValueError: the lessons are of several repositories.
    """
    if len({lesson.repository_id for lesson in lessons}) > 1:
        raise ValueError("a snapshot has the lessons of one repository")
    chosen = config or SnapshotConfig()
    counts = Counter(dropped or {})
    clean: list[Lesson] = []
    redacted = 0
    for lesson in lessons:
        kept, found = _redacted(lesson)
        redacted += found
        if reason := _useless(kept):
            counts[reason] += 1
        else:
            clean.append(kept)
    clean.sort(key=_order)
    imported = [lesson for lesson in clean if lesson.imported]
    clean = [lesson for lesson in clean if not lesson.imported]
    alike = {"question": chosen.same_question, "text": chosen.same_text}
    joined = sorted(join(clean, **alike), key=_order)
    # Threads stay kindred where what made them so was joined.
    groups = kindred(clean, **alike)
    dealt = split(joined, groups, chosen.split)
    # What is held out is people's word here alone: rows of files only ever teach.
    held_out = {thread for thread, fold in dealt.fold.items() if fold != ALWAYS}
    fresh = unseen(imported, clean, held_out, **alike)
    counts["imported, and too much like what is held out"] += len(imported) - len(fresh)
    others = unsaid(fresh, clean, **alike)
    counts["imported, and nearly what people said here"] += len(fresh) - len(others)
    brought = sorted(join(others, **alike), key=_order)
    same = len(clean) - len(joined) + len(others) - len(brought)
    counts["nearly the same as another, and joined with it"] += same
    folds = [*(dealt.fold[lesson.thread] for lesson in joined), *[ALWAYS] * len(brought)]
    joined += brought
    return Snapshot(
        lessons=tuple(joined),
        folds=tuple(folds),
        count=dealt.folds,
        kin={thread: min(group) for group in groups for thread in group},
        independent=dealt.threads,
        dropped={reason: count for reason, count in sorted(counts.items()) if count},
        redacted=redacted,
        hash=hashlib.sha256(_lines(joined, folds)).hexdigest(),
    )


def write(snapshot: Snapshot, folder: Path) -> None:
    """Writes a snapshot into a folder, its facts last."""
    (folder / LINES).write_bytes(_lines(snapshot.lessons, snapshot.folds))
    facts = {
        "hash": snapshot.hash,
        "lessons": len(snapshot.lessons),
        "imported": snapshot.imported,
        "pairs": snapshot.pairs,
        "threads": snapshot.threads,
        "independent": snapshot.independent,
        "folds": snapshot.count,
        "kin": {str(thread): group for thread, group in sorted(snapshot.kin.items())},
        "dropped": dict(snapshot.dropped),
        "redacted": snapshot.redacted,
    }
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read(folder: Path) -> Snapshot:
    """Reads a snapshot that `write` wrote.

    Raises:
        UserError: it is not there, or its lines are not those that it was taken with.
    """
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        lines = (folder / LINES).read_bytes()
        taken = facts["hash"]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            "The run's snapshot cannot be read: start a new run, which takes another."
        ) from error
    if hashlib.sha256(lines).hexdigest() != taken:
        raise UserError(
            "The run's snapshot was changed after it was taken, so nothing is trained on it: "
            "start a new run, which takes another."
        )
    values = [json.loads(line) for line in lines.splitlines()]
    return Snapshot(
        folds=tuple(each.pop("fold") for each in values),
        lessons=tuple(map(_lesson, values)),
        count=facts["folds"],
        kin={int(thread): group for thread, group in facts["kin"].items()},
        independent=facts["independent"],
        dropped=facts["dropped"],
        redacted=facts["redacted"],
        hash=taken,
    )


def shortfall(snapshot: Snapshot, minimum: int, config: SplitConfig | None = None) -> str | None:
    """Says in words what is missing before training pays; None where there is enough.

    Imported lessons do not count. A file can have any number of them, and what an adapter of
    little else would be taught is somebody's taste elsewhere, which nobody here asked for.

    Args:
        snapshot: what there is.
        minimum: rows that training wants at least.
        config: what has to be held out.
    """
    held = config or SplitConfig()
    rows, threads = len(snapshot.own), snapshot.independent
    pairs = sum(lesson.is_pair for lesson in snapshot.own)
    if rows >= minimum and pairs >= held.pairs and threads >= held.threads:
        return None
    return (
        f"There is too little feedback to train on yet. Training needs {minimum} rows that "
        f"trusted people gave, and {held.pairs} of them, edits from at least {held.threads} "
        "different threads, must be held out to tell whether it helped. There are "
        f"{rows} rows, of which {pairs} are edits, from {threads} such threads."
        + (" Imported rows do not count." if snapshot.imported else "")
    )


def _redacted(lesson: Lesson) -> tuple[Lesson, int]:
    names = ("question", "prompt", "chosen", "rejected", "wanted")
    texts, found = redact([getattr(lesson, name) for name in names])
    changed: dict[str, Any] = dict(zip(names, texts, strict=True))
    return (replace(lesson, **changed) if found else lesson), found


def _useless(lesson: Lesson) -> str | None:
    if not (lesson.chosen or lesson.rejected):
        return "it says neither what is good nor what is bad"
    if lesson.chosen == lesson.rejected:
        return "its two texts are the same once they are redacted"
    if lesson.weight <= 0:
        return "nobody who is trusted stands behind it"
    return None


def _order(lesson: Lesson) -> tuple[int, int, str]:
    return lesson.thread, lesson.reply_id, json.dumps(_plain(lesson), sort_keys=True)


def _plain(lesson: Lesson) -> dict[str, Any]:
    """Returns a lesson as JSON values; times in UTC."""
    return {
        **asdict(lesson),
        "people": list(lesson.people),
        "urls": list(lesson.urls),
        "created_at": lesson.created_at.astimezone(UTC).isoformat(),
    }


def _lines(lessons: Sequence[Lesson], folds: Sequence[int]) -> bytes:
    values = [{**_plain(lesson), "fold": fold} for lesson, fold in zip(lessons, folds, strict=True)]
    return "".join(json.dumps(each, sort_keys=True) + "\n" for each in values).encode()


def _lesson(values: dict[str, Any]) -> Lesson:
    made = {
        "people": tuple(values["people"]),
        "urls": tuple(values["urls"]),
        "created_at": datetime.fromisoformat(values["created_at"]),
    }
    return Lesson(**{**values, **made})
