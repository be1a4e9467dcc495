"""Who may read the tables on a real Postgres with roles as Supabase has them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.settings import Settings
from app.store import migrate, open_store
from app.store.access import API_ROLES
from app.store.engine import open_engine
from app.store.migrate import upgrade
from tests.databases import Postgres
from tests.stored import a_repository

pytestmark = pytest.mark.postgres

SCHEMAS = ("treadle", "dbos")


@pytest.fixture
def database_kind() -> str:
    return "postgres"


@pytest.fixture(scope="session")
def roles(postgres: Postgres) -> Iterator[None]:
    """The roles that Supabase's HTTP interface takes on; `service_role` passes row security.

    https://supabase.com/docs/guides/database/postgres/roles
    """
    admin = create_engine(postgres.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for role in ("anon NOLOGIN", "authenticated NOLOGIN", "service_role NOLOGIN BYPASSRLS"):
            connection.execute(text(f"CREATE ROLE {role}"))
    yield
    with admin.connect() as connection:
        for role in API_ROLES:
            connection.execute(text(f"DROP ROLE IF EXISTS {role}"))
    admin.dispose()


@pytest.fixture
def owner(empty_settings: Settings, roles: None) -> Iterator[Engine]:
    """A database as Supabase makes one: what is new in `public` is open to its roles."""
    engine = create_engine(empty_settings.database)
    with engine.begin() as connection:
        for role in API_ROLES:
            connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
            for kind in ("TABLES", "SEQUENCES", "ROUTINES"):
                connection.execute(
                    text(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON {kind} TO {role}")
                )
    yield engine
    engine.dispose()


def tables(connection: Connection) -> dict[str, bool]:
    """Returns every table of both schemas, and whether row-level security is on."""
    found = connection.execute(
        text(
            "SELECT c.oid::regclass::text, relrowsecurity FROM pg_class c "
            "WHERE relnamespace::regnamespace::text = ANY(:schemas) AND relkind IN ('r', 'p')"
        ),
        {"schemas": list(SCHEMAS)},
    )
    return {str(name): bool(on) for name, on in found}


def rights(connection: Connection, role: str) -> set[str]:
    """Returns what a role may touch in both schemas: schemas, tables, sequences, routines."""
    found = connection.execute(
        text(
            """
            SELECT nspname FROM pg_namespace
            WHERE nspname = ANY(:schemas) AND has_schema_privilege(:role, oid, 'USAGE, CREATE')
            UNION ALL SELECT oid::regclass::text FROM pg_class
            WHERE relnamespace::regnamespace::text = ANY(:schemas) AND relkind IN ('r', 'p', 'v')
            AND has_table_privilege(:role, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
            UNION ALL SELECT oid::regclass::text FROM pg_class
            WHERE relnamespace::regnamespace::text = ANY(:schemas)
            AND CASE relkind WHEN 'S' THEN has_sequence_privilege(:role, oid, 'USAGE, UPDATE') END
            UNION ALL SELECT oid::regprocedure::text FROM pg_proc
            WHERE pronamespace::regnamespace::text = ANY(:schemas)
            AND has_function_privilege(:role, oid, 'EXECUTE')
            """
        ),
        {"schemas": list(SCHEMAS), "role": role},
    )
    return set(found.scalars())


def closed(engine: Engine) -> None:
    """Asserts that nobody but the owner sees anything."""
    with engine.connect() as connection:
        found = tables(connection)
        assert {"treadle.reply", "treadle.alembic_version", "dbos.workflow_status"} <= set(found)
        assert [name for name, on in found.items() if not on] == []
        assert {role: rights(connection, role) for role in API_ROLES} == {
            role: set() for role in API_ROLES
        }


def test_every_table_of_a_new_database_is_closed(empty_settings: Settings, owner: Engine) -> None:
    migrate(empty_settings)
    closed(owner)


def test_tables_that_were_open_in_public_are_closed(
    empty_settings: Settings, owner: Engine
) -> None:
    engine = open_engine(empty_settings.database)
    upgrade(engine, "0004")
    engine.dispose()
    with owner.connect() as connection:
        before = text("SELECT has_table_privilege('anon', 'public.reply', 'SELECT')")
        assert connection.execute(before).scalar() is True
    migrate(empty_settings)
    closed(owner)


def test_tables_of_later_versions_are_closed_too(empty_settings: Settings, owner: Engine) -> None:
    migrate(empty_settings)
    with owner.begin() as connection:
        for schema in SCHEMAS:
            # As the guide to serving a schema over HTTP says, and then a table comes.
            connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO anon, authenticated"))
            connection.execute(
                text(
                    f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} "
                    "GRANT ALL ON TABLES TO anon, authenticated"
                )
            )
            connection.execute(text(f'CREATE TABLE {schema}."Later" (id bigserial)'))
        assert not tables(connection)['dbos."Later"']
        assert rights(connection, "anon")
    migrate(empty_settings)
    closed(owner)
    with owner.begin() as connection:
        connection.execute(text("CREATE TABLE treadle.last (id integer)"))
        assert rights(connection, "anon") == set()


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_a_stranger_is_refused(empty_settings: Settings, owner: Engine, role: str) -> None:
    migrate(empty_settings)
    for table in ("treadle.repository", "dbos.workflow_status"):
        with owner.connect() as connection:
            connection.execute(text(f"SET ROLE {role}"))
            with pytest.raises(ProgrammingError, match="permission denied for schema"):
                connection.execute(text(f"SELECT * FROM {table}"))


def test_a_right_given_by_mistake_shows_no_row(empty_settings: Settings, owner: Engine) -> None:
    migrate(empty_settings)
    store = open_store(empty_settings)
    store.repositories.save(a_repository())
    # The owner is not kept from its own rows.
    assert store.repositories.all() == [a_repository()]
    store.close()
    with owner.begin() as connection:
        connection.execute(text("GRANT USAGE ON SCHEMA treadle TO anon"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA treadle TO anon"))
        connection.execute(text("SET LOCAL ROLE anon"))
        assert connection.execute(text("SELECT count(*) FROM treadle.repository")).scalar() == 0
    migrate(empty_settings)
    closed(owner)


def test_without_such_roles_everybody_else_is_kept_out(empty_settings: Settings) -> None:
    engine = create_engine(empty_settings.database)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA treadle"))
        connection.execute(text("GRANT USAGE ON SCHEMA treadle TO PUBLIC"))
    migrate(empty_settings)
    with engine.connect() as connection:
        assert all(tables(connection).values())
        assert rights(connection, "public") == set()
    engine.dispose()
