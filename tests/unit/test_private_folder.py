"""The data folder is for this account alone, whichever part makes it; one that is there stays."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app import doctor, tenure
from app.credentials import keep
from app.setting_up import Registrar
from app.settings import Settings, load
from app.signing import signing_keys
from tests.unit.test_credentials import made


def lock(settings: Settings) -> None:
    """Takes a worker's name on this machine, and gives it back."""
    file = tenure._locked(settings.data_dir / "worker-w1.lock")
    assert file is not None
    os.close(file)


MAKERS: dict[str, Callable[[Settings], object]] = {
    "doctor": lambda settings: doctor._data_folder(settings.data_dir),
    "kept App": lambda settings: keep(settings.data_dir, made()),
    "setting up": lambda settings: Registrar(settings).ready(),
    "signing keys": signing_keys,
    "worker": lock,
}


@pytest.mark.parametrize("part", MAKERS)
@pytest.mark.parametrize(("there", "mode"), [(False, 0o700), (True, 0o750)])
def test_the_folder_is_private_where_it_is_made_here(
    tmp_path: Path, part: str, there: bool, mode: int
) -> None:
    settings = load({}, data_dir=tmp_path / "data")
    if there:
        settings.data_dir.mkdir()
        settings.data_dir.chmod(mode)
    MAKERS[part](settings)
    assert settings.data_dir.stat().st_mode & 0o777 == mode
