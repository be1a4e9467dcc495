"""What the classes of the store have in common."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping
from sqlalchemy.sql.dml import ReturningInsert

from app.domain import Passage, Person, ReplyState, SourceKind
from app.store import schema
from app.store.engine import WRITING

Insert = postgresql.Insert | sqlite.Insert


class Noun:
    """One kind of thing in the database. Every method is one transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._reader = engine
        self._writer = engine.execution_options(**{WRITING: True})

    def _rows(self, statement: Executable) -> Sequence[RowMapping]:
        with self._reader.connect() as connection:
            return connection.execute(statement).mappings().all()

    def _row(self, statement: Executable) -> RowMapping | None:
        with self._reader.connect() as connection:
            return connection.execute(statement).mappings().first()

    def _write(self, statement: Executable) -> None:
        with self._writer.begin() as connection:
            connection.execute(statement)

    def _wrote(self, statement: ReturningInsert[Any]) -> bool:
        """Runs an insert; tells whether it touched a row, by the rows that it returns."""
        with self._writer.begin() as connection:
            return connection.execute(statement).first() is not None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            yield connection

    def _insert(self, table: Table) -> Insert:
        """Starts an insert that may say what to do on a conflict."""
        if self._reader.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)


def lock_repository(connection: Connection, repository_id: int) -> None:
    """Lets one transaction at a time change what hangs on a repository.

    Raises:
        LookupError: there is no such repository.
    """
    here = schema.repository.c.id
    statement = select(here).where(here == repository_id).with_for_update()
    if connection.execute(statement).scalar() is None:
        raise LookupError(f"no repository with the id {repository_id}")


def is_taken_back(connection: Connection, reply_id: int) -> bool:
    """Tells of a locked reply whether somebody took it back since it was looked at."""
    statement = select(schema.reply.c.state).where(schema.reply.c.id == reply_id)
    return bool(connection.execute(statement).scalar() == ReplyState.TAKEN_BACK.value)


def lock_reply(connection: Connection, reply_id: int) -> int:
    """Lets one transaction at a time change what hangs on a reply; returns its repository.

    Raises:
        LookupError: there is no such reply.
    """
    statement = (
        select(schema.reply.c.repository_id).where(schema.reply.c.id == reply_id).with_for_update()
    )
    repository_id = connection.execute(statement).scalar()
    if repository_id is None:
        raise LookupError(f"no reply with the id {reply_id}")
    return int(repository_id)


def passages_to_json(passages: Sequence[Passage]) -> list[dict[str, object]]:
    """Writes passages as JSON values."""
    return [
        {
            "path": passage.path,
            "start_line": passage.start_line,
            "end_line": passage.end_line,
            "title": passage.title,
            "text": passage.text,
            "kind": passage.kind.value,
            "url": passage.url,
            "author": passage.author,
            "memory_id": passage.memory_id,
        }
        for passage in passages
    ]


def passages_from_json(values: Sequence[Mapping[str, Any]]) -> tuple[Passage, ...]:
    """Reads what `passages_to_json` wrote."""
    return tuple(Passage(**{**value, "kind": SourceKind(value["kind"])}) for value in values)


def person_of(row: RowMapping, prefix: str) -> Person:
    """Reads the person whose columns start with a prefix."""
    return Person(
        id=row[f"{prefix}_id"], login=row[f"{prefix}_login"], is_bot=row[f"{prefix}_is_bot"]
    )


def person_columns(person: Person, prefix: str) -> dict[str, object]:
    """Writes a person into the columns that start with a prefix."""
    return {
        f"{prefix}_id": person.id,
        f"{prefix}_login": person.login,
        f"{prefix}_is_bot": person.is_bot,
    }
