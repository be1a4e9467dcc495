"""What the kinds of work and their queues are called."""

APPLICATION = "treadle"
# Fixed: work that is pending over an upgrade belongs to a version, and only that takes it up.
VERSION = "1"
DELIVERY = "delivery"
RETRAIN, START_DUE, MISSED = "retrain", "start_due", "missed"
LEARNED, LEARNED_DUE = "learned", "learned_due"
TRAINING = "training"
QUEUES = {
    DELIVERY: "deliveries",
    "ask": "asks",
    "sweep_thread": "sweeps",
    "refresh": "sweeps",
    START_DUE: "sweeps",
    MISSED: "sweeps",
    LEARNED: "sweeps",
    LEARNED_DUE: "sweeps",
    RETRAIN: TRAINING,
}
"""The queue of each kind of work; `app.workflows` has a workflow of the same name."""
GROUPS = {
    "all": frozenset(QUEUES.values()),
    "answers": frozenset(QUEUES.values()) - {TRAINING},
    "training": frozenset({TRAINING}),
}
"""What a worker can be told to work on, and the queues that this means."""
