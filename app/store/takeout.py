"""Takeout: every row that is kept of a repository, or of one person there, as JSON values."""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, false, or_, select
from sqlalchemy.engine import RowMapping

from app.domain import Person, Repository
from app.store.forgotten import INSTALLATION
from app.store.noun import Noun
from app.store.schema import ask, dictionary, installation, metadata, reply, repository

Row = Mapping[str, Any]

_NAMED = ("asker", "editor", "person")
"""Beginnings of the columns that tell who: `_id` has the account's number."""
_BY_LOGIN = ("author", "person", "by_login")
"""Columns that tell who by a login alone."""
_AT_ONCE = 200


class Takeout(Noun):
    """Reads all tables; a table that is added later is read too."""

    def tables(self, home: Repository) -> Iterator[tuple[str, Iterator[Row]]]:
        """Yields the name of each table and its rows that are a repository's, as JSON values.

        Rows are read while they are taken, some at a time.
        """
        for table in metadata.sorted_tables:
            yield table.name, self._of(table, _belongs(table, home))

    def of_person(self, home: Repository, person: Person) -> Iterator[tuple[str, Iterator[Row]]]:
        """Yields the same of what one person said or asked for, or is named in."""
        nodes = select(reply.c.trigger_node_id).where(reply.c.asker_id == person.id)
        for table in metadata.sorted_tables:
            theirs = [
                table.c[f"{name}_id"] == person.id for name in _NAMED if f"{name}_id" in table.c
            ]
            if "ask_key" in table.c:
                keys = select(ask.c.key).where(ask.c.asker_id == person.id)
                theirs.append(table.c["ask_key"].in_(keys))
            if table is reply:
                theirs.append(reply.c.trigger_node_id.in_(nodes))
            elif "reply_id" in table.c:
                mine = select(reply.c.id).where(reply.c.trigger_node_id.in_(nodes))
                theirs.append(table.c["reply_id"].in_(mine))
            theirs += [table.c[name] == person.login for name in _BY_LOGIN if name in table.c]
            if "people" in table.c:
                yield table.name, self._naming(table, home, person)
            else:
                which = or_(false(), *theirs)
                yield table.name, self._of(table, _belongs(table, home) & which)

    def _naming(self, table: Table, home: Repository, person: Person) -> Iterator[Row]:
        for row in self._of(table, _belongs(table, home)):
            if person.login in row["people"]:
                yield row

    def _of(self, table: Table, which: ColumnElement[bool]) -> Iterator[Row]:
        statement = select(table).where(which).order_by(*table.primary_key.columns)
        with self._reader.connect() as connection:
            found = connection.execution_options(yield_per=_AT_ONCE).execute(statement)
            for row in found.mappings():
                yield _plain(table, row)


def _belongs(table: Table, home: Repository) -> ColumnElement[bool]:
    """Says which rows of a table are a repository's."""
    if table is repository:
        return repository.c.id == home.id
    if table is installation:
        return installation.c.id == home.installation_id
    if "repository_id" in table.c:
        return table.c["repository_id"] == home.id
    if INSTALLATION in table.c:
        return table.c[INSTALLATION] == home.installation_id
    replies = select(reply.c.id).where(reply.c.repository_id == home.id)
    keys = select(ask.c.key).where(ask.c.repository_id == home.id)
    hanging = [
        key.parent.in_(replies if key.column is reply.c.id else keys)
        for key in table.foreign_keys
        if key.column is reply.c.id or key.column is ask.c.key
    ]
    return or_(false(), *hanging)


def _plain(table: Table, row: RowMapping) -> Row:
    """Turns a row into JSON values; a dictionary's phrases are unpacked."""
    values = {str(name): _value(value) for name, value in row.items()}
    if table is dictionary:
        values["weights"] = json.loads(zlib.decompress(row["weights"]))
    return values


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
