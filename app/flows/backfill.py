"""Learns a repository's past from what GitHub still shows of it.

1. The comments are listed, 100 a request. The App's own go on; of people's, those that take
   words back or decide about phrases are noted.
2. The App's answers are taken in, 100 at a time: what was posted, what it answers, its sources,
   and by the rules of a sweep what people made of it.
3. What people took back is taken back, all is learned, and decisions are made again.

After each page and each batch it is kept how far this came, so that it goes on there after
whatever cut it off. All of it may run again, and beside workers: each reply is kept once, and
one that a worker is about to post or to keep is left to it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from app.domain import Repository
from app.domain.backfill import BackfillState, Lost, PostedAt
from app.domain.history import PastComment, PastPage
from app.feedback import metadata
from app.flows.backfill_answers import PastAnswers
from app.flows.backfill_asking import Asking
from app.flows.backfill_citing import Citing
from app.flows.backfill_orders import PastOrders, is_order
from app.flows.backfill_posted import is_answer
from app.flows.context import Context
from app.flows.intake import Intake
from app.flows.learn import Learn
from app.flows.learned_ticks import DECISIONS

log = structlog.get_logger()

BATCH = 100
"""Answers taken in at a time."""
POINTS = 13
"""Points of GraphQL that a batch costs at most: two for the answers with their votes and
versions, one for the questions, ten for five files of each answer."""
EDGE = 300
"""Comments read last whose ids are kept, since some of them come again."""
OVERLAP = timedelta(seconds=1)

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; 0 where that is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is ahead: comments, calls of REST to list them, points of GraphQL, all at the most.

    `begun` is how far an earlier one came that was cut off.
    """

    comments: int
    calls: int
    points: int
    begun: BackfillState | None = None


class Backfill:
    """Reads and learns the past of one repository at a time."""

    def __init__(
        self,
        context: Context,
        intake: Intake,
        learn: Learn,
        orders: PastOrders,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepares it; `wait` sleeps for seconds where GitHub's limits ask for that."""
        self._context = context
        self._learn = learn
        self._orders = orders
        self._asked = Asking(wait)
        self._answers = PastAnswers(context, intake, self._asked)
        self._citing = Citing(context)

    def plan(self, repository: Repository, since: datetime | None = None) -> Plan:
        """Looks at one page to tell what is ahead.

        Args:
            repository: known here, and read by the App.
            since: leaves out what was posted before.
        """
        state = self._state(repository.id, since)
        begun = state.cursor is not None
        history = self._context.github.history(repository)
        page = self._asked(partial(history.comments, state.cursor or since, state.page))
        comments = page.pages * 100 if page.more else len(page.comments)
        # An answer has a comment before it that asks.
        batches = -(-(comments // 2 + len(state.pending) + 1) // BATCH)
        return Plan(
            comments=comments,
            calls=page.pages,
            points=batches * POINTS,
            begun=state if begun else None,
        )

    def read(
        self, repository: Repository, since: datetime | None = None, tell: Tell = lambda *_: None
    ) -> BackfillState:
        """Lists the comments and takes in the App's answers among them; goes on where it was.

        Raises:
            GoneError: the App may not read the repository any more.
            TransientError: GitHub does not answer; calling again goes on from here.
        """
        state = self._state(repository.id, since)
        history = self._context.github.history(repository)
        more = True
        while more:
            page = self._asked(partial(history.comments, state.cursor or since, state.page))
            more = page.more
            state = self._listed(state, page)
            self._context.store.backfills.save(state)
            while len(state.pending) >= BATCH or (state.pending and not more):
                batch, left = state.pending[:BATCH], state.pending[BATCH:]
                count, lost = self._answers.take(repository, batch, history)
                state = replace(
                    state,
                    pending=left,
                    replies=state.replies + count,
                    lost=tuple(dict.fromkeys([*state.lost, *lost])),
                )
                self._context.store.backfills.save(state)
            tell("Reading comments", state.comments, max(state.total, state.comments))
        return state

    def learn(
        self, repository: Repository, state: BackfillState, tell: Tell = lambda *_: None
    ) -> Sequence[Lost]:
        """Learns from all that was read, and ends; returns what GitHub does not show any more."""
        store = self._context.store
        lost = [*state.lost, *self._citing.all(repository)]
        self._orders.take_back(repository, state.orders, self._context.clock)
        assessment = self._learn.assess(repository.id)
        ids = store.replies.ids(repository.id)
        for number, reply_id in enumerate(ids, 1):
            reply = store.replies.by_id(reply_id)
            if reply is not None:
                self._learn.reply(reply, assessment)
            tell("Learning", number, len(ids))
        self._learn.dictionary(repository.id, changed=True)
        self._orders.decide(repository, state.orders)
        self._tick_again(repository.id)
        store.backfills.end(repository.id)
        log.info("backfill.ended", repository=repository.id, replies=len(ids), lost=len(lost))
        return list(dict.fromkeys(lost))

    def _tick_again(self, repository_id: int) -> None:
        """Has the issue of what was learned read anew, where none of its ticks is decided here.

        A worker may have read it before it was known what its lines are of.
        """
        store = self._context.store
        issue = store.learned.get(repository_id)
        if issue is None:
            return
        decided = store.audit.of_acts(repository_id, DECISIONS)
        if not any(one.url == issue.url for one in decided):
            store.learned.read_again(repository_id, self._context.clock())

    # --- comments ---------------------------------------------------------------------------

    def _state(self, repository_id: int, since: datetime | None) -> BackfillState:
        """Returns how far this came; one that left out something else begins anew."""
        state = self._context.store.backfills.get(repository_id)
        if state is not None and state.since == since:
            return state
        return BackfillState(
            repository_id=repository_id, begun_at=self._context.clock(), since=since
        )

    def _listed(self, state: BackfillState, page: PastPage) -> BackfillState:
        """Notes the comments of a page."""
        fresh = [one for one in page.comments if one.comment.id not in set(state.edge)]
        mine, orders = [*state.pending], [*state.orders]
        for one in fresh:
            if state.since is not None and one.comment.created_at < state.since:
                continue
            place = _place(one)
            if self._is_mine(one):
                mine.append(place)
            elif not one.comment.author.is_bot and is_order(one.comment.body):
                orders.append(place)
        after = advanced(state, page)
        return replace(
            after,
            total=state.total or (page.pages * 100 if page.more else len(page.comments)),
            comments=state.comments + len(fresh),
            pending=tuple(dict.fromkeys(mine)),
            orders=tuple(dict.fromkeys(orders)),
        )

    def _is_mine(self, one: PastComment) -> bool:
        """Tells whether the App wrote a comment that may be an answer."""
        keys = self._context.keys
        if not metadata.is_own(one.comment, app_id=self._context.github.app_id, keys=keys):
            return False
        block = metadata.read(one.comment.body, keys=keys)
        return not isinstance(block, metadata.Block) or is_answer(block)


def advanced(state: BackfillState, page: PastPage) -> BackfillState:
    """Moves on behind a page.

    The next page begins a second before the last comment of this one, since others may have
    changed in the same second. Where that is no later than before, or this GitHub lists comments
    in another order, the next page is counted on.
    """
    times = [one.updated_at for one in page.comments]
    edge = (*state.edge, *(one.comment.id for one in page.comments))[-EDGE:]
    if times and times == sorted(times):
        following = times[-1] - OVERLAP
        if state.cursor is None or following > state.cursor:
            return replace(state, cursor=following, page=1, edge=edge)
    if not page.more:
        return replace(state, edge=edge)
    return replace(state, page=state.page + 1, edge=edge)


def _place(one: PastComment) -> PostedAt:
    return PostedAt(
        comment_id=one.comment.id,
        node_id=one.comment.node_id,
        url=one.comment.url,
        number=one.number,
        at=one.comment.created_at,
    )
