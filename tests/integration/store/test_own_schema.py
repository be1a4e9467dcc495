"""The schema of Treadle's own tables on a real Postgres: made, named, filled with former ones."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, text

from app.domain import Memory, Reply
from app.errors import ConfigError
from app.settings import Settings, load
from app.store import migrate, open_store, standing
from app.store.digests import memory_digest
from app.store.engine import open_database, open_engine
from app.store.evidence_rows import memory_columns
from app.store.migrate import upgrade
from app.store.replies import reply_columns
from app.store.schema import memory, metadata, reply
from tests.stored import a_memory, a_reply, a_repository

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_kind() -> str:
    return "postgres"


@pytest.fixture
def engine(empty_settings: Settings) -> Iterator[Engine]:
    """A connection as any other program has one."""
    engine = create_engine(empty_settings.database)
    yield engine
    engine.dispose()


def former(settings: Settings, revision: str = "0004") -> None:
    """Makes the tables of an older version, which named no schema."""
    engine = open_engine(settings.database)
    upgrade(engine, revision)
    engine.dispose()


def former_reply(connection: Connection, value: Reply) -> int:
    """Stores a reply in the columns that a former version had; returns its id."""
    statement = insert(reply).values(reply_columns(value)).returning(reply.c.id)
    return connection.execute(statement).scalar_one()


def former_memory(connection: Connection, value: Memory, reply_id: int) -> None:
    """Stores a memory in the columns that a former version had."""
    connection.execute(
        insert(memory).values(
            **memory_columns(value),
            repository_id=value.repository_id,
            reply_id=reply_id,
            digest=memory_digest(value),
        )
    )


def tables(engine: Engine, schema: str) -> set[str]:
    return set(inspect(engine).get_table_names(schema=schema))


def test_each_part_has_a_schema_of_its_own(empty_settings: Settings, engine: Engine) -> None:
    migrate(empty_settings)
    assert tables(engine, "treadle") == {*metadata.tables, "alembic_version"}
    assert "workflow_status" in tables(engine, "dbos")
    assert tables(engine, "public") == set()


def test_schemas_have_the_names_of_the_settings(empty_settings: Settings, engine: Engine) -> None:
    named = empty_settings.model_copy(update={"database_schema": "bot", "queue_schema": "work"})
    migrate(named)
    store = open_store(named)
    store.repositories.save(a_repository())
    assert store.repositories.all() == [a_repository()]
    store.close()
    assert "repository" in tables(engine, "bot")
    assert "workflow_status" in tables(engine, "work")
    assert not {"treadle", "dbos"} & set(inspect(engine).get_schema_names())


def test_two_installations_share_a_database(empty_settings: Settings) -> None:
    other = empty_settings.model_copy(update={"database_schema": "bot", "queue_schema": "work"})
    for settings in (empty_settings, other):
        migrate(settings)
    store = open_store(empty_settings)
    store.repositories.save(a_repository())
    store.close()
    store = open_store(other)
    assert store.repositories.all() == []
    store.close()


def test_former_tables_are_moved_without_loss(empty_settings: Settings, engine: Engine) -> None:
    former(empty_settings)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE others (id integer)"))
        connection.execute(
            text(
                "INSERT INTO repository (id, owner, name, installation_id, default_branch, "
                "private, removed) VALUES (1, 'ann', 'loom', 7, 'main', false, false)"
            )
        )
        stored = replace(a_reply(), id=former_reply(connection, a_reply()))
        former_memory(connection, a_memory(), stored.id)
    assert standing(empty_settings) == "older"

    migrate(empty_settings)

    assert standing(empty_settings) == "newest"
    assert tables(engine, "public") == {"others"}
    store = open_store(empty_settings)
    assert store.repositories.all() == [a_repository()]
    assert store.replies.by_id(stored.id) == stored
    assert [one.after for one in store.evidence.memories(1)] == ["use make"]
    # The sequences came along: ids go on where they were.
    assert store.replies.add(a_reply(40)).id == stored.id + 1
    store.close()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
def test_tables_of_every_former_version_are_moved(
    empty_settings: Settings, engine: Engine, revision: str
) -> None:
    former(empty_settings, revision)
    migrate(empty_settings)
    assert tables(engine, "public") == set()
    assert tables(engine, "treadle") == {*metadata.tables, "alembic_version"}


@pytest.mark.parametrize("made_before", [False, True])
def test_a_role_named_like_the_schema_loses_nothing(
    empty_settings: Settings, engine: Engine, made_before: bool
) -> None:
    # The search path names the role's own schema first, so making that changes what is found.
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE treadle LOGIN SUPERUSER"))
    try:
        url = engine.url.set(username="treadle").render_as_string(hide_password=False)
        settings = load({}, data_dir=empty_settings.data_dir, database_url=url)
        former(settings)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO repository (id, owner, name, installation_id, default_branch, "
                    "private, removed) VALUES (1, 'ann', 'loom', 7, 'main', false, false)"
                )
            )
            if made_before:
                connection.execute(text("CREATE SCHEMA treadle AUTHORIZATION treadle"))
        assert standing(settings) == "older"
        migrate(settings)
        store = open_store(settings)
        assert store.repositories.all() == [a_repository()]
        store.close()
        assert tables(engine, "public") == set()
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP OWNED BY treadle CASCADE"))
            connection.execute(text("DROP ROLE treadle"))


def test_tables_of_another_program_stay(empty_settings: Settings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0004')"))
        connection.execute(text("CREATE TABLE repository (id integer)"))
    assert standing(empty_settings) == "absent"
    migrate(empty_settings)
    assert tables(engine, "public") == {"alembic_version", "repository"}
    assert "phrase_mass" in tables(engine, "treadle")


def test_nothing_is_left_in_the_session(empty_settings: Settings) -> None:
    # What a pooler would hand to the next who comes: a path to look for tables in.
    migrate(empty_settings)
    engine = open_database(empty_settings)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW search_path")).scalar() == '"$user", public'
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW search_path")).scalar() == '"$user", public'
    engine.dispose()


def test_a_role_without_the_right_is_told_which(empty_settings: Settings, engine: Engine) -> None:
    name = engine.url.database
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE weak LOGIN"))
        connection.execute(text(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC"))
        connection.execute(text(f"GRANT CONNECT ON DATABASE {name} TO weak"))
    weak = engine.url.set(username="weak").render_as_string(hide_password=False)
    settings = load({}, data_dir=empty_settings.data_dir, database_url=weak)
    with pytest.raises(ConfigError, match=r"permission denied for database .*GRANT CREATE"):
        migrate(settings)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA treadle AUTHORIZATION weak"))
        connection.execute(text("CREATE SCHEMA dbos AUTHORIZATION weak"))
    migrate(settings)
    assert standing(settings) == "newest"
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY weak CASCADE"))
        connection.execute(text("DROP ROLE weak"))
