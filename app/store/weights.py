"""Weights: every version of each repository's dictionary, the scales of principles with it."""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, select, update
from sqlalchemy.engine import RowMapping

from app.domain import Calibration, Dictionary, PhraseWeight
from app.store.noun import Noun, lock_repository
from app.store.schema import ask, dictionary, draft, reply


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionInfo:
    """One version of a dictionary: when it was saved and how many phrases it has."""

    version: int
    saved_at: datetime
    phrases: int


LEAST_Z = 0.5
"""Phrases nearer to 0 are left out: an answer weighs, and people see, none below 2."""


class Weights(Noun):
    """Dictionaries by repository and version.

    What is kept of a dictionary is the phrases with |z| of `LEAST_Z` and more.
    """

    def latest(self, repository_id: int) -> Dictionary:
        """Returns the newest dictionary; version 0 where none was saved."""
        row = self._row(_latest(repository_id))
        return Dictionary(repository_id=repository_id) if row is None else _value(row)

    def newest(self, repository_id: int) -> int:
        """Returns the number of the newest dictionary; 0 where none was saved."""
        here = dictionary.c.repository_id == repository_id
        row = self._row(select(func.max(dictionary.c.version).label("newest")).where(here))
        assert row is not None
        return int(row["newest"] or 0)

    def version(self, repository_id: int, number: int) -> Dictionary:
        """Returns one version of the dictionary.

        Raises:
            LookupError: there is no such version.
        """
        if number == 0:
            return Dictionary(repository_id=repository_id)
        row = self._row(
            select(dictionary).where(
                dictionary.c.repository_id == repository_id, dictionary.c.version == number
            )
        )
        if row is None:
            raise LookupError(f"repository {repository_id} has no dictionary version {number}")
        return _value(row)

    def save(
        self,
        repository_id: int,
        weights: Sequence[PhraseWeight],
        at: datetime,
        calibrations: Mapping[str, Calibration] | None = None,
    ) -> Dictionary:
        """Saves a new version where what it holds differs from the newest; returns the newest.

        Args:
            repository_id: GitHub's id of the repository.
            weights: of all phrases.
            at: when.
            calibrations: of all principles, none where not given.

        Raises:
            LookupError: there is no such repository.
        """
        wanted = {
            value.phrase: value
            for value in sorted(weights, key=lambda value: value.phrase)
            if abs(value.z) >= LEAST_Z
        }
        # Long work, so done before the transaction: SQLite has one writer at a time.
        scales = dict(sorted((calibrations or {}).items()))
        packed = _pack(wanted, scales)
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            row = connection.execute(_latest(repository_id)).mappings().first()
            newest = 0 if row is None else int(row["version"])
            same = not (wanted or scales) if row is None else row["weights"] == packed
            cited = connection.execute(_cited(repository_id)).scalar() or 0
            after = Dictionary(
                repository_id=repository_id,
                # Replies may name versions that were lost with another database.
                version=newest if same else max(newest, cited) + 1,
                weights=wanted,
                calibrations=scales,
            )
            if same:
                return after
            connection.execute(
                insert(dictionary).values(
                    repository_id=repository_id,
                    version=after.version,
                    saved_at=at,
                    phrases=len(wanted),
                    weights=packed,
                )
            )
        return after

    def versions(self, repository_id: int) -> Sequence[VersionInfo]:
        """Lists all versions, oldest first."""
        rows = self._rows(
            select(dictionary.c.version, dictionary.c.saved_at, dictionary.c.phrases)
            .where(dictionary.c.repository_id == repository_id)
            .order_by(dictionary.c.version)
        )
        return [VersionInfo(**row) for row in rows]

    def keep_only(self, repository_id: int, phrases: Collection[str]) -> None:
        """Leaves in all versions no phrases but these; what they weighed there stays."""
        statement = select(dictionary).where(dictionary.c.repository_id == repository_id)
        with self._writing() as connection:
            lock_repository(connection, repository_id)
            for row in connection.execute(statement).mappings().all():
                value = _value(row)
                left = {name: one for name, one in value.weights.items() if name in phrases}
                if left.keys() != value.weights.keys():
                    packed = _pack(left, value.calibrations)
                    connection.execute(
                        update(dictionary)
                        .where(
                            dictionary.c.repository_id == repository_id,
                            dictionary.c.version == value.version,
                        )
                        .values(weights=packed, phrases=len(left))
                    )

    def prune(self, before: datetime) -> int:
        """Deletes versions from before a time that nothing needs; returns how many.

        The newest stays, and what a reply or a draft was written with: `why` shows them anew.
        """
        here = (
            dictionary.c.repository_id == reply.c.repository_id,
            dictionary.c.version == reply.c.dictionary_version,
        )
        drafted = (
            dictionary.c.repository_id == ask.c.repository_id,
            dictionary.c.version == draft.c.dictionary_version,
            draft.c.ask_key == ask.c.key,
        )
        later = dictionary.alias()
        newer = (
            later.c.repository_id == dictionary.c.repository_id,
            later.c.version > dictionary.c.version,
        )
        unwanted = delete(dictionary).where(
            dictionary.c.saved_at < before,
            exists().where(*newer),
            ~exists().where(*here),
            ~exists().where(*drafted),
        )
        with self._writing() as connection:
            return len(connection.execute(unwanted.returning(dictionary.c.version)).all())


def _latest(repository_id: int) -> Select[tuple[object, ...]]:
    newest = (
        select(func.max(dictionary.c.version))
        .where(dictionary.c.repository_id == repository_id)
        .scalar_subquery()
    )
    return select(dictionary).where(
        dictionary.c.repository_id == repository_id, dictionary.c.version == newest
    )


def _cited(repository_id: int) -> Select[Any]:
    """Selects the highest version that a reply of a repository was written with."""
    return select(func.max(reply.c.dictionary_version)).where(
        reply.c.repository_id == repository_id
    )


def _pack(weights: Mapping[str, PhraseWeight], scales: Mapping[str, Calibration]) -> bytes:
    """Writes phrases as a list; where there are scales too, both by their names.

    So versions from before there were scales stay the same bytes.
    """
    rows: object = [
        [value.phrase, value.z, value.liked, value.disliked] for value in weights.values()
    ]
    if scales:
        rows = {"phrases": rows, "scales": {key: asdict(scale) for key, scale in scales.items()}}
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def _value(row: RowMapping) -> Dictionary:
    packed = json.loads(zlib.decompress(row["weights"]))
    plain = isinstance(packed, list)
    rows, scales = (packed, {}) if plain else (packed["phrases"], packed["scales"])
    return Dictionary(
        repository_id=row["repository_id"],
        version=row["version"],
        weights={
            phrase: PhraseWeight(phrase=phrase, z=z, liked=liked, disliked=disliked)
            for phrase, z, liked, disliked in rows
        },
        calibrations={key: Calibration(**scale) for key, scale in scales.items()},
    )
