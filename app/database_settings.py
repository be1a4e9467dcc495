"""The settings of the database, a part of all settings in `app.settings`."""

import re

from pydantic import BaseModel, Field, ValidationInfo, field_validator

_DATABASES = ("sqlite:///", "postgres://", "postgresql://", "postgresql+psycopg://")
# Host and port as they stand in an address; a password in front may hold any sign but `@`.
_PLACE = re.compile(r"@(?P<host>[^@:/?]+)(?::(?P<port>\d+))?(?=[/?]|$)")
_TRANSACTION_POOLER = "6543"
_SCHEMA = r"^[a-z_][a-z0-9_]{0,62}$"


class DatabaseSettings(BaseModel):
    """Where what is kept is, and how many connections lead there."""

    database_url: str = Field(
        "",
        description=(
            "SQLite in `DATA_DIR` when unset; `sqlite:///PATH` or "
            "`postgresql://USER:PASSWORD@HOST/NAME`."
        ),
    )
    database_schema: str = Field(
        "treadle", pattern=_SCHEMA, description="Schema of Treadle's own tables on Postgres."
    )
    queue_schema: str = Field(
        "dbos",
        pattern=_SCHEMA,
        description="Schema of the queue's tables on Postgres; another than `DATABASE_SCHEMA`.",
    )
    database_connections: int = Field(
        16,
        ge=2,
        le=1000,
        description=(
            "Connections to Postgres of each pool at most; a web process has two pools, a worker "
            "three, `serve --with-worker` four, and each one or two connections besides."
        ),
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(_DATABASES):
            raise ValueError("write `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`")
        place = _PLACE.search(value)
        if place and on_supabase(value) and place["port"] == _TRANSACTION_POOLER:
            raise ValueError(
                "this is Supabase's transaction pooler (port 6543), which keeps no session: take "
                "the session pooler's address (port 5432), as docs/supabase.md says"
            )
        return value

    @field_validator("database_schema", "queue_schema")
    @classmethod
    def _own_schema(cls, value: str, info: ValidationInfo) -> str:
        if value in {"public", "information_schema"} or value.startswith("pg_"):
            raise ValueError("take a schema of its own: this one is shared with others")
        if value == info.data.get("database_schema"):
            raise ValueError("take another schema than `TREADLE_DATABASE_SCHEMA`")
        return value


def with_driver(url: str) -> str:
    """Returns the address of a database as SQLAlchemy takes it, with its driver named.

    Supabase's is reached by TLS alone: without `sslmode` the driver would go on unencrypted
    where somebody on the way says that there is no TLS.
    https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return url
    if on_supabase(url) and "sslmode=" not in rest:
        rest += ("&" if "?" in rest else "?") + "sslmode=require"
    return f"postgresql+psycopg://{rest}"


def on_supabase(url: str) -> bool:
    """Tells whether a database is one of Supabase's."""
    place = _PLACE.search(url)
    return place is not None and place["host"].lower().endswith((".supabase.com", ".supabase.co"))
