"""The numbers that Prometheus reads from the web process: its own, and what the database knows.

What the database knows is told by this process alone, so that several workers do not tell it
several times. Where the database cannot be read, only the process's own numbers are there, and
`treadle_database_up` is 0.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.domain import Repository
from app.errors import TransientError
from app.queue.names import QUEUES
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.store import Store
from app.store.figures import Figures

Sample = tuple[tuple[str, ...], float]
"""The values of a family's labels, and the number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """Numbers of one name: what they count, and what tells them apart."""

    name: str
    words: str
    labels: tuple[str, ...] = ()
    counter: bool = False

    def of(self, samples: Iterable[Sample]) -> Metric:
        """Returns the family with its numbers."""
        kind = CounterMetricFamily if self.counter else GaugeMetricFamily
        metric = kind(self.name, self.words, labels=self.labels)
        for labels, number in samples:
            metric.add_metric(labels, number)
        return metric


def _of_repository(name: str, words: str, *labels: str, counter: bool = False) -> Family:
    return Family(name=name, words=words, labels=("repository", *labels), counter=counter)


Counts = Callable[[Figures], Mapping[str, int]]

COUNTS: tuple[tuple[Family, Counts], ...] = (
    (
        _of_repository("treadle_replies", "Replies by what has become of them.", "state"),
        lambda found: found.replies,
    ),
    (
        _of_repository("treadle_asks", "Asks by how far they have come.", "state"),
        lambda found: found.asks,
    ),
    (
        _of_repository("treadle_signals", "Feedback that still stands, by kind.", "kind"),
        lambda found: found.signals,
    ),
    (
        _of_repository("treadle_signals_removed", "Feedback that was taken back."),
        lambda found: {"": found.removed},
    ),
    (
        _of_repository("treadle_memories", "What is remembered, by kind.", "kind"),
        lambda found: found.memories,
    ),
    (
        _of_repository("treadle_preference_rows", "Rows of preference data, by kind.", "kind"),
        lambda found: found.rows,
    ),
)
"""What is counted of each repository, and where the counts are."""

VERSION = _of_repository("treadle_dictionary_version", "Newest version of the phrase weights.")
TOKENS = _of_repository(
    "treadle_model_tokens",
    "Tokens of replies: read by the model, of these read again, and written.",
    "model",
    "kind",
    counter=True,
)
COST = _of_repository(
    "treadle_model_cost",
    "Money that replies cost, by the prices that are set.",
    "model",
    counter=True,
)
QUEUED = Family(
    name="treadle_queue_depth",
    words="Work that is not finished, by queue; in hand of a worker, or waiting.",
    labels=("queue", "state"),
)
OLDEST = Family(
    name="treadle_queue_oldest_seconds",
    words="Age of the oldest work that is not finished, by queue; 0 where there is none.",
    labels=("queue",),
)
WORKERS = Family(
    name="treadle_workers",
    words="Workers that gave a sign of life of late, whatever they work on.",
)
OVERDUE = Family(
    name="treadle_sweep_overdue_seconds",
    words="How long the look at a reply is overdue that waits longest; 0 where none is.",
    labels=("installation",),
)
UP = Family(
    name="treadle_database_up",
    words="1 where the database could be read for this, else 0 and nothing else of it.",
)

FAMILIES = (
    *(family for family, _ in COUNTS),
    VERSION,
    TOKENS,
    COST,
    QUEUED,
    OLDEST,
    WORKERS,
    OVERDUE,
    UP,
)
"""Everything that is read from the database, in the order of the documentation."""


class StoreCollector(Collector):
    """Counts what the database holds whenever it is asked."""

    def __init__(self, store: Store, settings: Settings, now: datetime) -> None:
        self._store = store
        self._settings = settings
        self._now = now

    def describe(self) -> Iterable[Metric]:
        """Names nothing beforehand, so that registering asks the database for nothing."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Returns all figures, or that they cannot be had."""
        try:
            found = [*self._repositories(), *self._queue(), self._workers(), self._overdue()]
        except (SQLAlchemyError, TransientError):
            yield UP.of([((), 0)])
        else:
            yield from found
            yield UP.of([((), 1)])

    def _repositories(self) -> Iterator[Metric]:
        repositories = self._store.repositories.all()
        figures = {
            value.full_name: self._store.counting.of_repository(value.id) for value in repositories
        }
        for family, counts in COUNTS:
            yield family.of(
                ((name, what) if len(family.labels) > 1 else (name,), number)
                for name, found in figures.items()
                for what, number in counts(found).items()
            )
        yield VERSION.of(((value.full_name,), self._version(value)) for value in repositories)
        yield from self._spent(repositories)

    def _version(self, repository: Repository) -> int:
        versions = self._store.weights.versions(repository.id)
        return versions[-1].version if versions else 0

    def _spent(self, repositories: Sequence[Repository]) -> Iterator[Metric]:
        tokens: list[Sample] = []
        cost: list[Sample] = []
        for value in repositories:
            for spent in self._store.counting.spent(value.id):
                of = (value.full_name, spent.model)
                tokens.append(((*of, "read"), spent.read))
                tokens.append(((*of, "cached"), spent.cached))
                tokens.append(((*of, "written"), spent.written))
                cost.append((of, spent.cost))
        yield TOKENS.of(tokens)
        yield COST.of(cost)

    def _queue(self) -> Iterator[Metric]:
        # Opened anew: it takes a few milliseconds, once a scrape, and no connection is kept.
        with closing(WorkQueue(self._settings)) as queue:
            found = queue.backlog()
        names = sorted(set(QUEUES.values()))
        depth = {(name, state): 0 for name in names for state in ("in hand", "waiting")}
        oldest = dict.fromkeys(names, self._now)
        for part in found:
            depth[part.queue, "waiting" if part.waits else "in hand"] = part.count
            oldest[part.queue] = min(oldest[part.queue], part.oldest)
        yield QUEUED.of(depth.items())
        # A clock of the database that is ahead makes nothing younger than new.
        ages = {name: (self._now - since).total_seconds() for name, since in oldest.items()}
        yield OLDEST.of(((name,), max(0.0, age)) for name, age in ages.items())

    def _overdue(self) -> Metric:
        known = {value.installation_id: 0.0 for value in self._store.repositories.all()}
        found = known | dict(self._store.sweeps.overdue(self._now))
        return OVERDUE.of(((str(one),), seconds) for one, seconds in sorted(found.items()))

    def _workers(self) -> Metric:
        since = self._now - timedelta(seconds=self._settings.worker_silence)
        return WORKERS.of([((), len(self._store.workers.living(since)))])


def exposition(store: Store, settings: Settings, now: datetime) -> bytes:
    """Returns everything in the text format, the process's own numbers first.

    Args:
        store: what is counted.
        settings: where the queue is.
        now: aware time that ages count to.
    """
    registry = CollectorRegistry()
    registry.register(StoreCollector(store, settings, now))
    return generate_latest(REGISTRY) + generate_latest(registry)
