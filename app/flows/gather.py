"""What a repository's people taught, as lessons: from what is kept to what training reads.

Nothing is taken from replies that are gone from GitHub, from repositories where training is
off, from what somebody vetoed, or from what trust gives no weight: of people who took their word
back there is nothing left in the store.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain import Lesson, PreferenceRow, ReplyState, RowKind
from app.flows.asked import question_of
from app.flows.decided import decided, vetoed_rows
from app.flows.outlook import TRUSTED
from app.layouts import Layout
from app.ports import Corpus
from app.store import Store
from app.store.evidence import row_digest
from app.weave.drafting import ComposerConfig
from app.weave.lessons import NoLesson, lesson

GONE = frozenset({ReplyState.DELETED, ReplyState.UNREACHABLE, ReplyState.TAKEN_BACK})


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """Lessons, oldest reply first, and how many replies gave none, by the reason in words."""

    lessons: Sequence[Lesson]
    dropped: Mapping[str, int]


def gather(
    store: Store, repository_id: int, *, corpus: Corpus, layout: Layout, config: ComposerConfig
) -> Gathered:
    """Makes a lesson of each reply that trusted people said something of.

    Args:
        store: where replies and what they taught are.
        repository_id: GitHub's id of the repository.
        corpus: its text today.
        layout: how the model reads.
        config: how answers are composed there.
    """
    told: dict[int, list[PreferenceRow]] = {}
    dropped: Counter[str] = Counter()
    known = decided(store, repository_id)
    rows_vetoed = vetoed_rows(known.rulings)
    for row in store.evidence.rows(repository_id):
        if row.kind is RowKind.COH or row.weight < TRUSTED:
            continue
        if row.reply_id in known.aside.replies or (rows_vetoed and row_digest(row) in rows_vetoed):
            dropped["somebody vetoed it"] += 1
        else:
            told.setdefault(row.reply_id, []).append(row)
    lessons: list[Lesson] = []
    for reply_id, rows in told.items():
        reply = store.replies.by_id(reply_id)
        if reply is None or reply.repository_id != repository_id or reply.state in GONE:
            dropped["the reply is gone"] += 1
            continue
        found = lesson(
            reply,
            rows,
            corpus=corpus,
            layout=layout,
            question=question_of(store, reply),
            config=config,
        )
        if isinstance(found, NoLesson):
            dropped[found.reason] += 1
        else:
            lessons.append(found)
    return Gathered(lessons=lessons, dropped=dropped)
