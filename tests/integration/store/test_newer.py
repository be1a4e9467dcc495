"""A database that a newer version has worked on is left alone, and it is said so."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import ConfigError
from app.settings import load
from app.store import migrate
from app.store.engine import open_database


def test_an_older_version_does_not_start_on_it(tmp_path: Path) -> None:
    settings = load({}, data_dir=tmp_path)
    migrate(settings)
    engine = open_database(settings)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="written by a newer version of Treadle"):
        migrate(settings)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()
