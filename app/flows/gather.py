"""What a repository's people taught, as lessons: from what is kept to what training reads.

Nothing is taken from replies that are gone from GitHub, from repositories where training is
off, from what somebody vetoed, or from what trust gives no weight: of people who took their word
back there is nothing left in the store.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain import Lesson, PreferenceRow, Reply, ReplyState, RowKind
from app.feedback.picks import pairs
from app.feedback.siblings import matches, pair
from app.flows.asked import question_of
from app.flows.decided import Decided, decided, vetoed_rows
from app.flows.gather_imported import Page, gather_imported
from app.flows.outlook import TRUSTED
from app.layouts import Layout
from app.ports.knowledge import Corpus
from app.store import Store
from app.store.digests import row_digest
from app.weave.drafting import ComposerConfig
from app.weave.lessons import NoLesson, against, lesson

GONE = frozenset({ReplyState.DELETED, ReplyState.UNREACHABLE, ReplyState.TAKEN_BACK})


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """Lessons, oldest reply first and imported ones last, and how many replies and imported rows
    gave none, by the reason in words."""

    lessons: Sequence[Lesson]
    dropped: Mapping[str, int]


def gather(
    store: Store,
    repository_id: int,
    *,
    corpus: Corpus,
    layout: Layout,
    config: ComposerConfig,
    imported: int = 0,
) -> Gathered:
    """Makes a lesson of each reply that trusted people said something of, or picked a draft of.

    Two answers to one question of which people like the one and not the other make one together.
    A pick makes one at most, as an edit does: of the first of its pairs that the model can write.
    Where a reply was edited, people's own text is learned rather than a pick among the App's.

    Args:
        store: where replies and what they taught are.
        repository_id: GitHub's id of the repository.
        corpus: its text today.
        layout: how the model reads.
        config: how answers are composed there.
        imported: how many of the rows that came from files are looked at, too.
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

    picked, left = _picked(store, repository_id, told, known)
    dropped += left

    def made(reply: Reply, rows: Sequence[PreferenceRow]) -> Lesson | NoLesson:
        return lesson(
            reply,
            rows,
            corpus=corpus,
            layout=layout,
            question=question_of(store, reply),
            config=config,
        )

    lessons: list[Lesson] = []
    paired: set[int] = set()
    for good, bad in _siblings({one: told[one] for one in told if one not in picked}):
        reply, other = (_here(store, repository_id, row.reply_id) for row in (good, bad))
        if reply is None or other is None or {reply.id, other.id} & paired:
            continue
        # Whatever the other answer says it says from its own sources.
        sources = tuple(dict.fromkeys((*reply.sources, *other.sources)))
        found = made(replace(reply, sources=sources), [pair(good, bad)])
        if isinstance(found, Lesson):
            lessons.append(found)
            paired |= {reply.id, other.id}
    tries = {reply_id: [rows] for reply_id, rows in told.items()}
    for reply_id, rows in picked.items():
        tries[reply_id] = [[*told.get(reply_id, ()), row] for row in rows]
    for reply_id, every in tries.items():
        if reply_id in paired:
            continue
        reply = _here(store, repository_id, reply_id)
        if reply is None:
            dropped["the reply is gone"] += 1
            continue
        one = _first(made(reply, rows) for rows in every)
        if isinstance(one, NoLesson):
            dropped[one.reason] += 1
        else:
            lessons.append(one)
    page = Page(corpus=corpus, layout=layout, config=config)
    brought, useless = gather_imported(store, repository_id, page, most=imported)
    own = sorted(lessons, key=lambda one: one.reply_id)
    return Gathered(lessons=[*own, *brought], dropped=dropped + useless)


def _first(tries: Iterable[Lesson | NoLesson]) -> Lesson | NoLesson:
    """Returns the first lesson there is; where there is none, why the last one is none."""
    found: Lesson | NoLesson = NoLesson("there is nothing to learn")
    for found in tries:
        if isinstance(found, Lesson):
            break
    return found


def _picked(
    store: Store, repository_id: int, told: Mapping[int, Sequence[PreferenceRow]], known: Decided
) -> tuple[dict[int, list[PreferenceRow]], Counter[str]]:
    """Returns the pairs of picks by reply, and how many picks are left out, by the reason.

    Where votes speak against some of the pairs, these alone: no lesson comes of the pick.

    Args:
        store: where they are.
        repository_id: GitHub's id of the repository.
        told: the rows of replies that people said something of.
        known: what maintainers decided.
    """
    vetoed = vetoed_rows(known.rulings)
    found: dict[int, list[PreferenceRow]] = {}
    left: Counter[str] = Counter()
    for pick, reply in store.picks.stream(repository_id):
        rows = [row for row in pairs(pick, reply) if row_digest(row) not in vetoed]
        votes = told.get(reply.id, ())
        if reply.id in known.aside.replies or not rows:
            left["somebody vetoed it"] += 1
        elif any(row.kind is RowKind.PAIR for row in votes):
            left["people's own text says more than what was picked"] += 1
        else:
            refused = [row for row in rows if any(against(vote, row) for vote in votes)]
            found[reply.id] = refused or rows
    return found, left


def _siblings(
    told: Mapping[int, Sequence[PreferenceRow]],
) -> Iterator[tuple[PreferenceRow, PreferenceRow]]:
    """Yields what people like and dislike in one thread, of replies that no edit and no pick
    made a pair of."""
    threads: dict[int, list[PreferenceRow]] = {}
    for rows in told.values():
        if all(row.kind is RowKind.UNPAIRED for row in rows):
            threads.setdefault(rows[0].number, []).extend(rows)
    for rows in threads.values():
        yield from matches(rows)


def _here(store: Store, repository_id: int, reply_id: int) -> Reply | None:
    reply = store.replies.by_id(reply_id)
    if reply is None or reply.repository_id != repository_id or reply.state in GONE:
        return None
    return reply
