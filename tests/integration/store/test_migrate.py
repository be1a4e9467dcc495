"""Migrations on both databases: from nothing, with data, and by several processes at once."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, make_url, select, text

from app.errors import ConfigError
from app.settings import Settings, load
from app.store import migrate, open_store, standing
from app.store.engine import open_database, open_engine
from app.store.migrate import SCRIPTS, upgrade
from app.store.schema import memory, metadata
from tests.stored import a_repository

REPLY_COLUMNS = (
    "id, repository_id, number, comment_id, comment_node_id, url, trigger_comment_id, "
    "trigger_node_id, command_key, asker_id, asker_login, asker_is_bot, question, answer, body, "
    "block, sources, dictionary_version, posted_at, state"
)


def raw(settings: Settings, schema: str = "treadle") -> Engine:
    """Opens a database for SQL that names no schema: on Postgres by the session's search path."""
    if settings.database.startswith("sqlite"):
        return open_database(settings)
    options = {"options": f"-csearch_path={schema}"}
    return open_engine(str(make_url(settings.database).update_query_dict(options)))


def test_the_migrations_lead_to_the_schema(empty_settings: Settings) -> None:
    migrate(empty_settings)
    engine = raw(empty_settings)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


def test_migrating_again_changes_nothing(empty_settings: Settings) -> None:
    migrate(empty_settings)
    migrate(empty_settings)
    engine = raw(empty_settings)
    with engine.connect() as connection:
        versions = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    engine.dispose()
    assert versions == [(ScriptDirectory(str(SCRIPTS)).get_current_head(),)]


def test_the_queue_has_its_tables(empty_settings: Settings) -> None:
    migrate(empty_settings)
    engine = open_engine(empty_settings.queue_database)
    schema = "dbos" if engine.dialect.name == "postgresql" else None
    tables = inspect(engine).get_table_names(schema=schema)
    engine.dispose()
    assert "workflow_status" in tables


def test_what_was_removed_before_counts_from_the_upgrade(empty_settings: Settings) -> None:
    migrate(empty_settings, "0004")
    engine = raw(empty_settings)
    with engine.begin() as connection:
        for number, removed in ((1, "true"), (2, "false")):
            connection.execute(
                text(
                    "INSERT INTO repository (id, owner, name, installation_id, default_branch, "
                    f"private, removed) VALUES ({number}, 'ann', 'loom', {number}, 'main', false, "
                    f"{removed})"
                )
            )
            connection.execute(
                text(f"INSERT INTO installation (id, state) VALUES ({number}, 'removed')")
            )
    engine.dispose()
    before = datetime.now(UTC)
    migrate(empty_settings)
    store = open_store(empty_settings)
    assert store.repositories.get(1) is not None
    assert store.repositories.all() == [a_repository(id=2, installation_id=2)]
    assert store.forgotten.due(before - timedelta(seconds=1)) == []
    assert [one.id for one in store.forgotten.due(datetime.now(UTC))] == [1, 2]
    store.close()


def test_both_sqlite_files_are_in_wal_mode(tmp_path: Path) -> None:
    settings = load({}, data_dir=tmp_path)
    migrate(settings)
    for name in ("treadle.db", "queue.db"):
        assert (tmp_path / name).read_bytes()[18:20] == b"\x02\x02"


def test_all_sqlite_files_are_for_this_account_alone(tmp_path: Path) -> None:
    settings = load({}, data_dir=tmp_path / "data")
    migrate(settings)
    modes = {path.name: path.stat().st_mode & 0o777 for path in settings.data_dir.iterdir()}
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700
    assert modes == dict.fromkeys(["queue.db", "treadle.db", "treadle.db.migrating"], 0o600)


def test_foreign_keys_are_off_while_migrating(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With them on, making a table anew deletes all rows that point to it.
    enforced: list[object] = []

    def look(engine: Engine, revision: str) -> None:
        with engine.connect() as connection:
            enforced.append(connection.execute(text("PRAGMA foreign_keys")).scalar())
        upgrade(engine, revision)

    monkeypatch.setattr(sys.modules[migrate.__module__], "upgrade", look)
    migrate(load({}, data_dir=tmp_path))
    assert enforced == [0]


def test_data_survives_the_upgrade(empty_settings: Settings) -> None:
    migrate(empty_settings, "0001")
    engine = raw(empty_settings)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO repository (id, owner, name, installation_id, default_branch, "
                "private) VALUES (1, 'ann', 'loom', 7, 'main', false)"
            )
        )
        connection.execute(
            text(
                f"INSERT INTO reply ({REPLY_COLUMNS}) VALUES (5, 1, 3, 30, 'N30', 'u', 29, 'N29', "
                "'c1', 2, 'ben', false, 'q', 'a', 'b', '{}', '[]', 0, '2026-01-02 03:04:05', "
                "'live')"
            )
        )
        for memory_id, after in ((11, "use make"), (12, "use make"), (13, "use tox")):
            connection.execute(
                text(
                    "INSERT INTO memory (id, repository_id, reply_id, kind, question, before, "
                    "after, author, url, weight, created_at) VALUES (:id, 1, 5, 'correction', "
                    "'q', 'x', :after, 'ann', 'u', 1.0, '2026-01-02 03:04:05')"
                ),
                {"id": memory_id, "after": after},
            )
    engine.dispose()

    migrate(empty_settings)

    store = open_store(empty_settings)
    memories = store.evidence.memories(1)
    reply = store.replies.by_id(5)
    with store.engine.connect() as connection:
        digests = connection.execute(select(memory.c.digest).order_by(memory.c.id)).scalars().all()
    store.close()
    assert [(one.id, one.after) for one in memories] == [(11, "use make"), (13, "use tox")]
    assert reply is not None
    assert reply.asker.login == "ben"
    # sha256 of "correction\0x\0use make\0ann" and of "correction\0x\0use tox\0ann".
    assert digests == [
        "6c4ed70649f62600a7f055c8a4a291ca70e68245ef5c7926b388b136429ffb87",
        "ed78960be3980361882797f9c0196fc0740ac4f34962d71defac61890a92382e",
    ]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "postgresql://ann:fluff@127.0.0.1:1/none",
            r"psycopg://ann:\*\*\*@127.0.0.1:1/none cannot be used: .*[Cc]onnection.*refused",
        ),
        ("postgresql://ann:fluff@127.0.0.1:port/none", "TREADLE_DATABASE_URL cannot be read"),
        ("sqlite:////dev/null/x/treadle.db", "/dev/null/x/treadle.db cannot be used: "),
    ],
)
def test_a_database_out_of_reach_is_named_without_its_password(
    tmp_path: Path, url: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        migrate(load({}, data_dir=tmp_path, database_url=url))
    assert "TREADLE_DATABASE_URL" in str(caught.value)
    assert "fluff" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="check TREADLE_DATA_DIR"):
        migrate(load({}, data_dir=tmp_path / "file" / "data"))


def test_an_orphan_stops_the_upgrade(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}", foreign_keys=False)
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO muted_thread VALUES (99, 1, 2, 'ben')"))
    with pytest.raises(RuntimeError, match="without their parent after migrating: muted_thread"):
        upgrade(engine)
    with engine.connect() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        columns = {column["name"] for column in inspect(connection).get_columns("memory")}
    engine.dispose()
    assert version == "0001"
    assert "digest" not in columns


def test_a_table_made_anew_never_gives_an_id_twice(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}", foreign_keys=False)
    upgrade(engine)
    with engine.connect() as connection:
        definition = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = 'memory'")
        ).scalar()
    engine.dispose()
    assert "AUTOINCREMENT" in str(definition)


def test_several_processes_migrate_at_once(empty_settings: Settings) -> None:
    program = (
        "import sys; from app.settings import load; from app.store import migrate; "
        "sys.stdin.readline(); migrate(load({}, data_dir=sys.argv[1], database_url=sys.argv[2]))"
    )
    arguments = [str(empty_settings.data_dir), empty_settings.database_url]
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    # Each waits for its line, so that all have imported what they need before any starts.
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert [(error, code) for _, error, code in results] == [("", 0)] * 4
    store = open_store(empty_settings)
    assert store.repositories.all() == []
    store.close()


def test_the_standing_of_a_database(empty_settings: Settings) -> None:
    assert standing(empty_settings) == "absent"
    migrate(empty_settings, "0001")
    assert standing(empty_settings) == "older"
    migrate(empty_settings)
    assert standing(empty_settings) == "newest"
    engine = raw(empty_settings)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert standing(empty_settings) == "unknown"


def test_looking_at_the_standing_makes_nothing(tmp_path: Path) -> None:
    assert standing(load({}, data_dir=tmp_path / "data")) == "absent"
    assert list(tmp_path.iterdir()) == []
