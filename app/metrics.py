"""The numbers that a process counts by itself; `docs/observability.md` has them as a table.

Each process has its own, from its start on: the web process shows them at `/metrics` of the
dashboard's port, a worker at `TREADLE_METRICS_PORT`. What the database knows is not counted
here but read from it, in `app.web.metrics`.

Labels have few values, none of them a name or text of anybody's; the number of an installation
is the only one that grows, with the installations.
https://prometheus.io/docs/practices/naming/
"""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
"""Bounds for work that takes from a request to GitHub up to a long draft."""

# GitHub gives a delivery up after 10 seconds.
DELIVERIES = Counter(
    "treadle_deliveries", "Webhook deliveries by event and outcome.", ["event", "status"]
)
DELIVERIES_ASKED = Counter(
    "treadle_deliveries_asked", "Deliveries that never arrived and were asked for again."
)
DELIVERY_SECONDS = Histogram(
    "treadle_delivery_seconds",
    "Time from the first byte of a delivery to its answer.",
    ["status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

ASK_SECONDS = Histogram(
    "treadle_ask_seconds",
    "Time from when an ask was opened to its end, by the state in which it ended.",
    ["state"],
    buckets=SECONDS,
)
STEP_SECONDS = Histogram(
    "treadle_step_seconds",
    "Time of one try of a workflow's step, by step and outcome.",
    ["step", "outcome"],
    buckets=SECONDS,
)
COMPOSE_SECONDS = Histogram(
    "treadle_compose_seconds",
    "Time of composing one answer: search, drafts, judging.",
    buckets=SECONDS,
)
MODEL_LOAD_SECONDS = Histogram(
    "treadle_model_load_seconds", "Time of loading a local model.", buckets=SECONDS
)
RUNS_ENDED = Counter(
    "treadle_training_runs_ended", "Training runs that ended, by how they did.", ["state"]
)

SWEEP_POINTS = Counter(
    "treadle_sweep_points",
    "Points of GraphQL that looking at replies used, of the budget of `TREADLE_SWEEP_POINTS`.",
    ["installation"],
)
SWEEP_LAG_SECONDS = Histogram(
    "treadle_sweep_lag_seconds",
    "Time from a reaction to the look that saw it, by the age of its reply at that look.",
    ["age"],
    buckets=(10, 30, 60, 120, 180, 300, 600, 1800, 3600, 14_400, 86_400),
)

GITHUB_REQUESTS = Counter(
    "treadle_github_requests",
    "Requests to GitHub by kind of API and status; status 0: no answer came.",
    ["api", "status"],
)
GITHUB_REMAINING = Gauge(
    "treadle_github_remaining",
    "Requests, or points of GraphQL, that GitHub last said are left of the hour's; "
    "installation 0 is the App itself.",
    ["installation", "api"],
)
