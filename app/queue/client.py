"""DBOS's client of the queue's tables, and its words for the states of work."""

from collections.abc import Iterator
from contextlib import contextmanager

from dbos import DBOSClient, DBOSPortableJSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from app.errors import TransientError
from app.queue.names import APPLICATION
from app.settings import Settings

ACTIVE = ("ENQUEUED", "DELAYED", "PENDING")
FAILED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
DONE = ("SUCCESS", *FAILED)
WAITING = ("ENQUEUED", "DELAYED")


def open_client(settings: Settings) -> DBOSClient:
    """Opens the queue; connects with the first call."""
    # SQLite has one writer: more connections would only wait for each other, unfairly.
    local = settings.queue_database.startswith("sqlite")
    return DBOSClient(
        system_database_url=settings.queue_database,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        dbos_system_schema=settings.queue_schema,
        system_database_pool_size=1 if local else settings.database_connections,
        lazy=True,
        retry_connection_errors=False,
    )


@contextmanager
def reaching() -> Iterator[None]:
    """Raises `TransientError` where the queue's database cannot be reached."""
    try:
        yield
    except SQLAlchemyError as error:
        raise TransientError("the queue's database cannot be reached") from error
