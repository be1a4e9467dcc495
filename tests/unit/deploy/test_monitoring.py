"""Dashboard and alerts ask only for numbers that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.observability_docs import Row, metrics

ROOT = Path(__file__).resolve().parents[3]
DASHBOARD = json.loads((ROOT / "deploy/grafana/treadle.json").read_text("utf-8"))
ALERTS = ROOT / "deploy/prometheus/alerts.yml"
PROMETHEUS = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))[
        "groups"
    ]
    for rule in group["rules"]
]
ROWS = {row.name: row for row in metrics()}
# Of Prometheus itself and of its client library, which every process shows.
FOREIGN = {"up", "process_resident_memory_bytes"}
# What belongs to a histogram or a counter beside its own name.
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",), "gauge": ("",)}


def samples() -> dict[str, Row]:
    """Every name that a sample can have, with the metric that it is of."""
    return {
        row.name.removesuffix("_total") + suffix: row
        for row in ROWS.values()
        for suffix in SUFFIXES[row.kind]
    }


def expressions() -> Iterator[tuple[str, str]]:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for rule in RULES:
        yield rule["alert"], rule["expr"]


EXPRESSIONS = list(expressions())


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[e[0] for e in EXPRESSIONS])
def test_metrics_and_labels_are_there(where: str, expression: str) -> None:
    known = samples()
    found = re.findall(r"\b((?:treadle|process)_\w+|up)\b(?:\{([^}]*)\})?", expression)
    found = [(name, labels) for name, labels in found if name != "up" or "up{" in expression]
    assert found
    of_metrics = {"le", "job", "instance"}
    for name, labels in found:
        if name in FOREIGN:
            continue
        assert name in known
        of_metrics |= set(known[name].labels)
        assert set(re.findall(r"(\w+)\s*=", labels)) <= set(known[name].labels)
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    assert {label.strip() for part in grouped for label in part.split(",")} <= of_metrics


def test_a_label_has_the_values_that_are_asked_for() -> None:
    from app import trying
    from app.domain import AskState
    from app.queue.names import QUEUES

    known = {
        "state": {state.value for state in AskState},
        "queue": set(QUEUES.values()),
        "outcome": {trying.AGAIN, trying.LIMITED, trying.BROKEN},
        "status": {"unavailable", "refused", "401", "403", "429", "0", "5.."},
    }
    for where, expression in EXPRESSIONS:
        for label, wanted in re.findall(r'(\w+)=~?"([^"]*)"', expression):
            if label != "job":
                assert set(wanted.split("|")) <= known[label], where


def test_every_metric_of_an_operator_is_shown() -> None:
    text = " ".join(expression for _, expression in EXPRESSIONS)
    shown = {row.name for name, row in samples().items() if re.search(rf"\b{name}\b", text)}
    # What these count stands on the bot's own dashboard, repository by repository.
    per_repository = {name for name, row in ROWS.items() if "repository" in row.labels}
    assert set(ROWS) - shown - per_repository == set()


def test_alerts_are_documented() -> None:
    page = (ROOT / "docs/observability.md").read_text("utf-8")
    for rule in RULES:
        assert f"| `{rule['alert']}` |" in page
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_prometheus_reads_what_compose_runs() -> None:
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    jobs: list[dict[str, Any]] = PROMETHEUS["scrape_configs"]
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in jobs}
    assert targets == {"treadle-web": ["web:8081"], "treadle-worker": ["worker:9108"]}
    assert "TREADLE_METRICS_PORT: 9108" in compose and "TREADLE_ADMIN_HOST: 0.0.0.0" in compose
    assert PROMETHEUS["rule_files"] == ["alerts.yml"]


def test_panels_are_laid_out_without_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken
        taken |= cells
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
