"""Rows that came from files, as lessons for training beside those of what people said here.

They are laid out by the same rules as replies, on the page that their question gets here today;
what cannot be said from it is no lesson. Rows that were made of a reply here are left out: what
people say of it now, what they took back and what was vetoed is known here, and old in a file.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import nsmallest

from app.domain import Lesson, Person, PreferenceRow, Question, Reply
from app.flows.usable_rows import UsableRows, Wanted
from app.layouts import Layout
from app.ports.knowledge import Corpus
from app.store import Store
from app.store.imported import address_of
from app.weave.drafting import ComposerConfig
from app.weave.lessons import NoLesson, lesson

_NOBODY = Person(id=0, login="")
_TOO_MANY = "more than a run takes (TREADLE_TRAINING_IMPORTED)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What lessons are laid out with: the repository's text today, how the model reads, and how
    answers are composed."""

    corpus: Corpus
    layout: Layout
    config: ComposerConfig


def gather_imported(
    store: Store, repository_id: int, page: Page, *, most: int
) -> tuple[list[Lesson], Counter[str]]:
    """Makes lessons of rows that were imported, each with the weight that it came with.

    Args:
        store: where they are kept.
        repository_id: GitHub's id of the repository.
        page: what they are laid out with.
        most: how many rows are looked at, those of most weight and then the newest.

    Returns:
        The lessons, and how many rows gave none, by the reason in words.
    """
    usable = UsableRows(store, repository_id, Wanted(own=False))
    if not most or not usable.count():
        return [], Counter()
    here = store.replies.addresses(repository_id)
    dropped: Counter[str] = Counter()

    def others() -> Iterator[PreferenceRow]:
        for row in usable:
            strange = here.isdisjoint(row.urls)
            dropped[_TOO_MANY if strange else "made of a reply here"] += 1
            if strange:
                yield row

    taken = nsmallest(most, others(), key=_order)
    dropped[_TOO_MANY] -= len(taken)
    lessons = []
    for row in taken:
        found = _lesson(row, page)
        if isinstance(found, NoLesson):
            dropped[found.reason] += 1
        else:
            lessons.append(found)
    dropped.update(usable.left_out)
    return lessons, Counter({f"imported: {why}": count for why, count in dropped.items() if count})


def _order(row: PreferenceRow) -> tuple[float, float, str]:
    return -row.weight, -row.created_at.timestamp(), address_of(row)


def _lesson(row: PreferenceRow, page: Page) -> Lesson | NoLesson:
    found = lesson(
        _as_reply(row),
        [row],
        corpus=page.corpus,
        layout=page.layout,
        question=Question(text=row.prompt),
        config=page.config,
    )
    if isinstance(found, NoLesson):
        return found
    return replace(found, imported=True, urls=(*found.urls, address_of(row)))


def _as_reply(row: PreferenceRow) -> Reply:
    """Returns a row as the reply that it may have been, of no thread here and without sources."""
    return Reply(
        id=0,
        repository_id=row.repository_id,
        number=0,
        comment_id=0,
        comment_node_id="",
        url=row.urls[0] if row.urls else "",
        trigger_comment_id=0,
        trigger_node_id="",
        asker=_NOBODY,
        question=row.prompt,
        answer=row.rejected or row.chosen,
        body="",
        block={},
        posted_at=row.created_at,
    )
