"""Versions of adapters as rows: their names, what is checked, and how they are written."""

import dataclasses
import re
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import RowMapping

from app.domain import AdapterVersion, Finding, Verdict
from app.store.schema import adapter_version
from app.store.types import json_value, storable

_SHA256 = re.compile(r"[0-9a-f]{64}")


def adapter_name(repository_id: int, number: int, data_hash: str) -> str:
    """Names a version after its repository, its number there and its data.

    No such name begins with another: repository and number each end with a hyphen, and what
    follows has 8 characters.
    """
    return f"{adapter_prefix(repository_id)}{number:04d}-{data_hash[:8]}"


def adapter_prefix(repository_id: int) -> str:
    """Returns what the names of a repository's versions begin with, and no others."""
    return f"r{repository_id}-"


def by_name(name: str) -> Select[Any]:
    """Selects the version of a name."""
    return select(adapter_version).where(adapter_version.c.name == name)


def of_repository(repository_id: int) -> Select[Any]:
    """Selects all versions of a repository."""
    return select(adapter_version).where(adapter_version.c.repository_id == repository_id)


def check(value: AdapterVersion) -> None:
    """Refuses what is no version, before it stands there for ever.

    Raises:
        ValueError: the name is not the one that `adapter_name` gives, or a hash is none.
    """
    wanted = adapter_name(value.repository_id, value.number, value.data_hash)
    if value.name != wanted:
        raise ValueError(f"an adapter of this repository, number and data is named {wanted}")
    hashes = (value.base_hash, value.data_hash, *value.files.values())
    if not value.files or not all(_SHA256.fullmatch(one) for one in hashes):
        raise ValueError("an adapter has files, and each hash is a SHA-256 in lower-case hex")


def columns_of(value: AdapterVersion) -> dict[str, Any]:
    """Returns all that never changes, as it comes back out of the database."""
    return {
        "name": value.name,
        "repository_id": value.repository_id,
        "number": value.number,
        "run_id": value.run_id,
        "base": storable(value.base),
        "base_hash": value.base_hash,
        "data_hash": value.data_hash,
        "seed": value.seed,
        "recipe": json_value(value.recipe),
        "metrics": json_value(value.metrics),
        "verdict": [json_value(dataclasses.asdict(finding)) for finding in value.verdict.findings],
        "files": json_value(value.files),
        "trained_on": None if value.trained_on is None else list(value.trained_on),
    }


def version_of(row: RowMapping) -> AdapterVersion:
    """Reads a version from its row."""
    return AdapterVersion(
        name=row["name"],
        repository_id=row["repository_id"],
        number=row["number"],
        run_id=row["run_id"],
        base=row["base"],
        base_hash=row["base_hash"],
        data_hash=row["data_hash"],
        seed=row["seed"],
        recipe=row["recipe"],
        metrics=row["metrics"],
        verdict=Verdict(findings=tuple(Finding(**finding) for finding in row["verdict"])),
        files=row["files"],
        created_at=row["created_at"],
        retired_at=row["retired_at"],
        trained_on=None if row["trained_on"] is None else tuple(row["trained_on"]),
        taken_back_at=row["taken_back_at"],
    )
