"""Writes the tables of `docs/observability.md` from the code; run `make docs`.

Metrics come from `app.metrics` and `app.web.metrics`, events from the calls of the log in `app`.
Between two marks of a table's name everything is written anew; the rest of the page is by hand.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from app import metrics as process
from app.web.metrics import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/observability.md"
LEVELS = ("debug", "info", "warning", "error", "exception")
WEB = ("treadle_deliveries_total", "treadle_delivery_seconds")
BOTH = ("treadle_compose_", "treadle_github_", "treadle_model_")
"""What the web process counts by itself, and what both kinds do; all else is the worker's."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A metric as people read it."""

    name: str
    kind: str
    labels: Sequence[str]
    words: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """A line of the log: `name` may hold `*` where a state's name stands."""

    name: str
    level: str
    fields: Sequence[str]
    modules: Sequence[str]


def metrics() -> list[Row]:
    """Every metric, those of processes first."""
    rows = []
    for one in vars(process).values():
        if not isinstance(one, MetricWrapperBase):
            continue
        (described,) = one.describe()
        name = described.name + "_total" * (described.type == "counter")
        rows.append(
            Row(
                name=name,
                kind=described.type,
                labels=one._labelnames,
                words=described.documentation,
                where=_where(name),
            )
        )
    for family in FAMILIES:
        rows.append(
            Row(
                name=family.name + "_total" * family.counter,
                kind="counter" if family.counter else "gauge",
                labels=family.labels,
                words=family.words,
                where="web, from the database",
            )
        )
    return rows


def _where(name: str) -> str:
    if name in WEB:
        return "web"
    return "web, worker" if name.startswith(BOTH) else "worker"


def events() -> list[Event]:
    """Every line that the log can have, by name; what several places log alike is one."""
    found: dict[tuple[str, str], list[Event]] = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        for event in _events_of(path):
            found.setdefault((event.name, event.level), []).append(event)
    return [
        Event(
            name=name,
            level=level,
            fields=list(dict.fromkeys(field for event in same for field in event.fields)),
            modules=sorted({module for event in same for module in event.modules}),
        )
        for (name, level), same in sorted(found.items())
    ]


def _events_of(path: Path) -> Iterator[Event]:
    """The calls `log.LEVEL("name", field=…)` of one module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        on = node.func.value
        named = isinstance(on, ast.Name) and on.id == "log"
        if not named or node.func.attr not in LEVELS or not node.args:
            continue
        yield Event(
            name=_name(node.args[0]),
            level="error" if node.func.attr == "exception" else node.func.attr,
            fields=[word.arg for word in node.keywords if word.arg],
            modules=[str(path.relative_to(ROOT))],
        )


def _name(argument: ast.expr) -> str:
    """The name of an event, with `*` for what is only known when it happens."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    if isinstance(argument, ast.BinOp):
        return _name(argument.left) + _name(argument.right)
    if isinstance(argument, ast.JoinedStr):
        return "".join(_name(part) for part in argument.values)
    return "*"


def metrics_table() -> str:
    """The metrics as a table."""
    lines = [
        "| metric | type | labels | what it counts | told by |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{row.name}` | {row.kind} | {', '.join(row.labels)} | {row.words} | {row.where} |"
        for row in metrics()
    ]
    return "\n".join(lines)


def events_table() -> str:
    """The events as a table."""
    lines = ["| event | level | fields | in |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{event.name}` | {event.level} | {', '.join(event.fields)} "
        f"| {', '.join(f'`{module}`' for module in event.modules)} |"
        for event in events()
    ]
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with its tables written anew."""
    for name, table in (("metrics", metrics_table()), ("events", events_table())):
        begin, end = f"<!-- {name}: written by `make docs` -->", f"<!-- end of {name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{PAGE.name} has no place for the table of {name}")
        text = pattern.sub(lambda _: f"{begin}\n\n{table}\n\n{end}", text)  # noqa: B023
    return text


def main() -> None:
    """Writes the page and says so."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")


if __name__ == "__main__":
    main()
