"""What the command line does with a repository's adapters: list, promote, roll back, retire."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from app.artifacts import open_artifacts
from app.domain import AdapterVersion, Promotion, Repository
from app.flows.clearing import retire
from app.flows.run_folder import RUNS_FOLDER
from app.known import known
from app.settings import Settings
from app.store import Store, migrate, open_store

BY = "command line"
"""Who promoted or rolled back, where a repository's history names a login."""


def show_adapters(settings: Settings, full_name: str, *, console: Console, as_json: bool) -> None:
    """Prints every version of a repository's adapter, and which one answers use.

    Raises:
        UserError: the repository is not known.
    """
    with _known(settings, full_name) as (store, repository):
        versions = store.adapters.versions(repository.id)
        active = store.adapters.active(repository.id)
        history = store.adapters.history(repository.id)
    name = "" if active is None else active.name
    if as_json:
        found = {"in_force": name or None, "adapters": versions, "history": history}
        console.out(json.dumps(found, default=_plain, indent=2), highlight=False)
        return
    if versions:
        console.print(_table(full_name, versions, name), markup=False)
    else:
        console.print(f"{full_name} has no adapters yet.", markup=False)
    console.print(_standing(history), markup=False)


def promote_adapter(
    settings: Settings, full_name: str, name: str, *, reason: str, console: Console
) -> None:
    """Lets a repository's answers use a version, once its files are found whole.

    Raises:
        UserError: the version did not pass the gate, was retired, is not this repository's, or
            its files are not there.
        TransientError: the place of its files cannot be reached.
    """
    with _known(settings, full_name) as (store, repository):
        version = store.adapters.get(name)
        if version is not None and version.repository_id == repository.id:
            with closing(open_artifacts(settings)) as artifacts:
                artifacts.fetch(name, version.files)
        store.adapters.promote(repository.id, name, by=BY, reason=reason, at=_now())
    console.print(f"Answers of {full_name} use {name} from now on.", markup=False)


def roll_back(settings: Settings, full_name: str, *, reason: str, console: Console) -> None:
    """Lets a repository's answers use what they used before.

    Raises:
        UserError: no adapter is in force.
    """
    with _known(settings, full_name) as (store, repository):
        made = store.adapters.rollback(repository.id, by=BY, reason=reason, at=_now())
    now = f"{made.adapter} again" if made.adapter else "the base model, without an adapter"
    console.print(f"Rolled back: answers of {full_name} use {now}.", markup=False)


def retire_adapter(settings: Settings, full_name: str, name: str, *, console: Console) -> None:
    """Takes a version out for good; its files and its run's data go, what is known stays.

    Raises:
        UserError: the version is in force, or not this repository's.
        TransientError: the place of its files cannot be reached; they can be deleted later by
            retiring it again.
    """
    with _known(settings, full_name) as (store, repository):
        runs = settings.data_dir / RUNS_FOLDER
        with closing(open_artifacts(settings)) as artifacts:
            retire(store, artifacts, runs, repository.id, name, _now())
    console.print(f"{name} is retired, and its files are deleted.", markup=False)


@contextmanager
def _known(settings: Settings, full_name: str) -> Iterator[tuple[Store, Repository]]:
    """Opens the store and looks a repository up.

    Raises:
        UserError: it is not known.
    """
    migrate(settings)
    with closing(open_store(settings)) as store:
        yield store, known(store, full_name)


def _table(full_name: str, versions: Sequence[AdapterVersion], active: str) -> Table:
    table = Table(title=f"{full_name}: adapters")
    table.add_column("number")
    # To be copied whole, however narrow the terminal is.
    table.add_column("name", no_wrap=True, min_width=max(len(one.name) for one in versions))
    for column in ("trained", "verdict", "in force"):
        table.add_column(column)
    for version in versions:
        reasons = version.verdict.reasons or ("nothing was measured",)
        table.add_row(
            str(version.number),
            version.name,
            f"{version.created_at:%Y-%m-%d}",
            "passed" if version.verdict.passed else "\n".join(("refused:", *reasons)),
            _use(version, active),
        )
    return table


def _use(version: AdapterVersion, active: str) -> str:
    """Says whether answers use a version, and what is against it."""
    use = "yes" if version.name == active else "retired" if version.retired_at else ""
    taken_back = "taken back" if version.taken_back_at else ""
    return ", ".join(filter(None, (use, taken_back)))


def _standing(history: Sequence[Promotion]) -> str:
    """Says what answers use, since when, and who wanted that."""
    if not history:
        return "Answers use the base model: no adapter was ever promoted."
    newest = history[-1]
    words = f"use {newest.adapter}" if newest.adapter else "use the base model, without an adapter,"
    who = newest.by or "the training run itself"
    why = f": {newest.reason}" if newest.reason else "."
    return f"Answers {words} since {newest.at:%Y-%m-%d %H:%M} UTC, by {who}{why}"


def _plain(value: Any) -> Any:
    """Turns domain values into JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _now() -> datetime:
    return datetime.now(UTC)
