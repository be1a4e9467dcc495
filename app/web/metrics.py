"""The numbers that Prometheus reads: those of this process, and what the store holds.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.domain import Repository
from app.store import Store
from app.store.figures import Figures

Counts = Callable[[Figures], Mapping[str, int]]

# Name, what it counts, what tells its samples apart, and where the counts are.
COUNTS: tuple[tuple[str, str, str, Counts], ...] = (
    ("treadle_replies", "Replies by what has become of them.", "state", lambda f: f.replies),
    ("treadle_asks", "Asks by how far they have come.", "state", lambda f: f.asks),
    ("treadle_signals", "Feedback that still stands, by kind.", "kind", lambda f: f.signals),
    ("treadle_signals_removed", "Feedback that was taken back.", "", lambda f: {"": f.removed}),
    ("treadle_memories", "What is remembered, by kind.", "kind", lambda f: f.memories),
    ("treadle_preference_rows", "Rows of preference data, by kind.", "kind", lambda f: f.rows),
)


class StoreCollector(Collector):
    """Counts what the store holds whenever it is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[Metric]:
        """Names nothing beforehand, so that registering asks the database for nothing."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Returns all figures of all repositories."""
        repositories = self._store.repositories.all()
        figures = {
            value.full_name: self._store.counting.of_repository(value.id) for value in repositories
        }
        for name, words, label, counts in COUNTS:
            family = GaugeMetricFamily(
                name, words, labels=["repository", label] if label else ["repository"]
            )
            for repository, found in figures.items():
                for what, number in counts(found).items():
                    family.add_metric([repository, what] if label else [repository], number)
            yield family
        version = GaugeMetricFamily(
            "treadle_dictionary_version",
            "Newest version of the phrase weights.",
            labels=["repository"],
        )
        for value in repositories:
            latest = self._store.weights.versions(value.id)
            version.add_metric([value.full_name], latest[-1].version if latest else 0)
        yield version
        yield from self._spent(repositories)

    def _spent(self, repositories: Sequence[Repository]) -> Iterator[Metric]:
        tokens = CounterMetricFamily(
            "treadle_model_tokens",
            "Tokens of replies: read by the model, of these read again, and written.",
            labels=["repository", "model", "kind"],
        )
        cost = CounterMetricFamily(
            "treadle_model_cost",
            "Money that replies cost, by the prices that are set.",
            labels=["repository", "model"],
        )
        for value in repositories:
            for spent in self._store.counting.spent(value.id):
                of = [value.full_name, spent.model]
                tokens.add_metric([*of, "read"], spent.read)
                tokens.add_metric([*of, "cached"], spent.cached)
                tokens.add_metric([*of, "written"], spent.written)
                cost.add_metric(of, spent.cost)
        yield tokens
        yield cost


def exposition(store: Store) -> bytes:
    """Returns everything in the text format, the process's own numbers first."""
    registry = CollectorRegistry()
    registry.register(StoreCollector(store))
    return generate_latest(REGISTRY) + generate_latest(registry)
