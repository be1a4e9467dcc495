"""A bot with a store of its own for each test of the dashboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.web.bots import REPOSITORY, Shown, make_bot


@pytest.fixture
def data(migrated_files: Path, tmp_path: Path) -> Path:
    """A folder with a migrated, otherwise empty database."""
    folder = tmp_path / "data"
    shutil.copytree(migrated_files, folder)
    return folder


@pytest.fixture
def bot(data: Path) -> Iterator[Shown]:
    """A bot that knows nothing yet."""
    made = make_bot(data)
    yield made
    made.store.close()


@pytest.fixture
def school(data: Path) -> Iterator[Shown]:
    """A bot with a repository, that answers by a model that can be trained."""
    made = make_bot(data, model="bobbin")
    made.store.repositories.save(REPOSITORY)
    yield made
    made.store.close()
