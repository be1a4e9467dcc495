"""The store: all that is kept, one attribute a noun."""

from dataclasses import dataclass

from sqlalchemy import Engine

from app.settings import Settings
from app.store.accounts import Accounts
from app.store.adapters import Adapters
from app.store.asks import Asks
from app.store.audit import Audit
from app.store.backfills import Backfills
from app.store.engine import open_database
from app.store.erasing import Erasing
from app.store.evidence import EvidenceStore
from app.store.figures import Counting
from app.store.forgotten import Forgotten
from app.store.imported import Imported
from app.store.learned import LearnedIssues
from app.store.limits import Limits
from app.store.opt_outs import OptOuts
from app.store.picks import Picks
from app.store.preference_rows import PreferenceRows
from app.store.preferences import Preferences
from app.store.regards import Regards
from app.store.removals import Removals
from app.store.replies import Replies
from app.store.repositories import Repositories
from app.store.revisions import Revisions
from app.store.rulings import Rulings
from app.store.runs import Runs
from app.store.signals import Signals
from app.store.sweeps import Sweeps
from app.store.takeout import Takeout
from app.store.tallies import Tallies
from app.store.threads import Threads
from app.store.trees import Trees
from app.store.weights import Weights
from app.store.workers import Workers


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """Everything in Treadle's own tables; safe to share between threads."""

    engine: Engine
    repositories: Repositories
    threads: Threads
    asks: Asks
    trees: Trees
    picks: Picks
    replies: Replies
    sweeps: Sweeps
    signals: Signals
    revisions: Revisions
    evidence: EvidenceStore
    preferences: Preferences
    regards: Regards
    preference_rows: PreferenceRows
    tallies: Tallies
    imported: Imported
    weights: Weights
    rulings: Rulings
    audit: Audit
    runs: Runs
    adapters: Adapters
    workers: Workers
    counting: Counting
    limits: Limits
    forgotten: Forgotten
    learned: LearnedIssues
    removals: Removals
    erasing: Erasing
    accounts: Accounts
    takeout: Takeout
    opt_outs: OptOuts
    backfills: Backfills

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def store_on(engine: Engine) -> Store:
    """Makes the store on an engine whose database is migrated."""
    return Store(
        engine=engine,
        repositories=Repositories(engine),
        threads=Threads(engine),
        asks=Asks(engine),
        trees=Trees(engine),
        picks=Picks(engine),
        replies=Replies(engine),
        sweeps=Sweeps(engine),
        signals=Signals(engine),
        revisions=Revisions(engine),
        evidence=EvidenceStore(engine),
        preferences=Preferences(engine),
        regards=Regards(engine),
        preference_rows=PreferenceRows(engine),
        tallies=Tallies(engine),
        imported=Imported(engine),
        weights=Weights(engine),
        rulings=Rulings(engine),
        audit=Audit(engine),
        runs=Runs(engine),
        adapters=Adapters(engine),
        workers=Workers(engine),
        counting=Counting(engine),
        limits=Limits(engine),
        forgotten=Forgotten(engine),
        learned=LearnedIssues(engine),
        removals=Removals(engine),
        erasing=Erasing(engine),
        accounts=Accounts(engine),
        takeout=Takeout(engine),
        opt_outs=OptOuts(engine),
        backfills=Backfills(engine),
    )


def open_store(settings: Settings) -> Store:
    """Opens the store of an installation; `migrate` must have run."""
    return store_on(open_database(settings))
