"""Who may read the tables on Postgres: the role that owns them, which is Treadle's, alone.

Supabase lets everybody speak to Postgres over HTTP, as `anon` or, signed in to somebody's
site, as `authenticated`. Three things keep them out, each by itself: the schemas are none of
those that its Data API serves; neither role has a right there; and each table has row-level
security without a policy, so that a right given by mistake still shows no row. An owner is
not bound by row-level security unless it is forced, and it is not.
https://supabase.com/docs/guides/database/postgres/row-level-security
https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from app.store.own_schema import quote

API_ROLES = ("anon", "authenticated", "service_role")
"""Roles that Supabase's HTTP interface takes on; elsewhere there are none of these names."""

_EVERYBODY = "PUBLIC"
_OPEN_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(:schema) "
    "AND relkind IN ('r', 'p') AND NOT relrowsecurity ORDER BY relname"
)
_ROLES = text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:names)")
_KINDS = ("TABLES", "SEQUENCES", "ROUTINES")


def close_to_others(connection: Connection, schemas: Sequence[str]) -> None:
    """Shuts everybody but the owner out of all that schemas hold.

    To be called after every migration, whoever's: it finds the tables in the catalogue, so
    that those which a new version of the queue's library brings are closed too.
    """
    known = connection.execute(_ROLES, {"names": list(API_ROLES)}).scalars().all()
    roles = [quote(connection, role) for role in known]
    for name in schemas:
        schema = quote(connection, name)
        for table in connection.execute(_OPEN_TABLES, {"schema": schema}).scalars().all():
            place = f"{schema}.{quote(connection, table)}"
            connection.execute(text(f"ALTER TABLE {place} ENABLE ROW LEVEL SECURITY"))
        for role in (*roles, _EVERYBODY):
            connection.execute(text(f"REVOKE ALL ON SCHEMA {schema} FROM {role}"))
            for kind in _KINDS:
                connection.execute(text(f"REVOKE ALL ON ALL {kind} IN SCHEMA {schema} FROM {role}"))
        # Rights to what is made later, as whoever serves a schema over HTTP has to give them.
        for role in roles:
            for kind in _KINDS:
                connection.execute(
                    text(
                        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} "
                        f"REVOKE ALL ON {kind} FROM {role}"
                    )
                )
