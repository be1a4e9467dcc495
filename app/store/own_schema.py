"""The schema of Treadle's own tables on Postgres: made, and filled from where they were before.

Nothing here leaves a state in the session: poolers that hand every transaction to another one
(PgBouncer, Supavisor) would give it to strangers. So statements name the schema themselves, by
the engine's `schema_translate_map`; only migrations, which say no schema in their texts, have
a search path, and that ends with their transaction.
https://docs.sqlalchemy.org/en/20/core/connections.html#translation-of-schema-names
"""

from sqlalchemy import Connection, Engine, text

FORMER = frozenset({"0001", "0002", "0003", "0004"})
"""Revisions whose tables were in the role's first schema, `public` almost always."""
_FORMER_TABLES = (
    "adapter_version",
    "alembic_version",
    "ask",
    "dictionary",
    "draft",
    "installation",
    "lease",
    "memory",
    "muted_thread",
    "phrase_mass",
    "policy",
    "preference_row",
    "promotion",
    "reply",
    "repository",
    "revision",
    "signal",
    "training_run",
    "worker",
)
_TABLE = "SELECT to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:name AS text)))"
_FORMER = """
SELECT coalesce((
    SELECT name FROM unnest(current_schemas(false)) WITH ORDINALITY AS path (name, place)
    WHERE name <> :own ORDER BY place LIMIT 1
), '')
"""


def schema_of(engine: Engine) -> str | None:
    """Returns the schema that an engine's statements go to; None on SQLite."""
    found: str | None = engine.get_execution_options().get("schema_translate_map", {}).get(None)
    return found


def settle(connection: Connection, schema: str) -> None:
    """Makes the schema where there is none, moves former tables in, and works in it from now on.

    Tables move with their rows, indexes, keys and sequences; nothing is copied. "From now on"
    ends with the transaction.
    https://www.postgresql.org/docs/current/sql-altertable.html
    """
    quoted = quote(connection, schema)
    # `IF NOT EXISTS` would want the right to make one even where there is nothing to make.
    if connection.execute(text("SELECT to_regnamespace(:it)"), {"it": quoted}).scalar() is None:
        connection.execute(text(f"CREATE SCHEMA {quoted}"))
    former, revision = former_revision(connection, schema)
    if revision and not _there(connection, schema, "alembic_version"):
        for table in _FORMER_TABLES:
            if _there(connection, former, table):
                place = f"{quote(connection, former)}.{table}"
                connection.execute(text(f"ALTER TABLE {place} SET SCHEMA {quoted}"))
    connection.execute(text(f"SET LOCAL search_path = {quoted}"))


def former_revision(connection: Connection, schema: str) -> tuple[str, str]:
    """Returns the schema that was used formerly, and what its tables are at; "" for none.

    It is the first of the search path besides Treadle's own, which had not been made yet, and
    which `$user` finds where the role has the same name. Others' programs use Alembic too, so
    its table alone does not make the tables Treadle's.
    """
    former = str(connection.execute(text(_FORMER), {"own": schema}).scalar())
    ours = ("alembic_version", "repository", "reply", "phrase_mass")
    if not former or not all(_there(connection, former, table) for table in ours):
        return former, ""
    place = f"{quote(connection, former)}.alembic_version"
    revision = connection.execute(text(f"SELECT version_num FROM {place}")).scalar()
    return former, str(revision) if revision in FORMER else ""


def quote(connection: Connection, name: str) -> str:
    """Returns a name as it stands in SQL."""
    return str(connection.dialect.identifier_preparer.quote_identifier(name))


def _there(connection: Connection, schema: str, table: str) -> bool:
    found = connection.execute(text(_TABLE), {"schema": schema, "name": table}).scalar()
    return found is not None
