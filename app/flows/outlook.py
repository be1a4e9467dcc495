"""What a repository's next training run depends on, and the words for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import Run, RunState
from app.store import Store
from app.store.tallies import Tally
from app.training.rules import Rules

TRUSTED = 0.5
"""The least weight of a row that counts: the word of one triager or asker, or of two readers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What there is to train on, what is wanted of it, and what holds a run back.

    `tally` counts all trusted feedback, and `new` the rows that came since the last run
    that made an adapter of it; `rows` are wanted of both, and `rules` has what must be held out.
    No run begins by itself before `not_before`, which is None where there was none yet, nor where
    `in_vain`: the newest run found too little that it could learn from in all there was, and
    nobody said anything since. `refusal` says in words why nobody can begin one now; it is empty
    where a maintainer can.
    """

    tally: Tally
    new: int
    rows: int
    rules: Rules
    not_before: datetime | None
    in_vain: bool
    refusal: str

    def due(self, at: datetime) -> bool:
        """Tells whether a run begins by itself at a time."""
        waited = self.not_before is None or at >= self.not_before
        return waited and not self.in_vain and not self.refusal and self.new >= self.rows


def outlook(
    store: Store, repository_id: int, *, rows: int, interval: timedelta, refusal: str
) -> Outlook:
    """Looks at what a repository has for a training run.

    Args:
        store: what people said, and the runs so far.
        repository_id: GitHub's id of the repository.
        rows: the rows of trusted feedback that are wanted.
        interval: the time between two runs that begin by themselves. It counts from the newest
            one however that ended: a run that was cancelled is not begun again an hour later.
        refusal: why no run can begin now.
    """

    def said(after: Run | None) -> Tally:
        since = None if after is None else after.created_at
        return store.tallies.of(repository_id, least=TRUSTED, since=since)

    newest = store.runs.latest(repository_id)
    # One that was refused for too little has used nothing up. Trying that again gives the same
    # words, until there is more: a single new row may be the one that it lacked.
    too_little = newest is not None and newest.state is RunState.REFUSED and not newest.adapter
    return Outlook(
        tally=said(None),
        new=said(store.runs.latest_adapter(repository_id)).rows,
        rows=rows,
        rules=Rules(),
        not_before=None if newest is None else newest.created_at + interval,
        in_vain=too_little and not said(newest).rows,
        refusal=refusal,
    )


def shortfall(tally: Tally, rows: int, rules: Rules) -> str:
    """Says in words what is missing for a training run; empty where nothing is.

    Args:
        tally: the trusted feedback that there is.
        rows: the rows that are wanted.
        rules: the gate's, for what must be held out.
    """
    enough = tally.pairs >= rules.least_pairs and tally.threads >= rules.least_threads
    if tally.rows >= rows and enough:
        return ""
    return (
        f"There {_count(tally.rows, 'row')} of trusted feedback here (votes and edits by people "
        f"whose word counts), and training needs {rows}. At least {rules.least_pairs} of them "
        "must be edits of replies, which give pairs of texts, from at least "
        f"{rules.least_threads} threads: an adapter is judged by pairs that were held out from "
        f"it, and fewer say nothing. There {_count(tally.pairs, 'such pair')} from "
        f"{tally.threads} {'thread' if tally.threads == 1 else 'threads'}. Until then, memory "
        "and phrases learn from every vote and edit."
    )


def under_way(run: Run) -> str:
    """Says in words that a run is under way, and how far."""
    if run.state is RunState.WAITING:
        return "A training run of this repository waits for its turn already."
    progress = run.progress
    how_far = f" ({progress.phase}, {progress.step} of {progress.steps})" if progress.steps else ""
    return f"A training run of this repository is under way already{how_far}."


def _count(number: int, noun: str) -> str:
    return f"is {number} {noun}" if number == 1 else f"are {number} {noun}s"
