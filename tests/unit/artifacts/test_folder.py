"""Adapters' files on this machine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.artifacts.folder import Folder
from app.errors import UserError
from tests.unit.artifacts.made import CONFIG, FILES, NAME, WEIGHTS, trained


@pytest.fixture
def kept(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data" / "adapters")


def test_what_is_put_is_fetched(kept: Folder, tmp_path: Path) -> None:
    source = trained(tmp_path / "a")
    assert kept.put(NAME, source) == FILES
    (source / "adapter_config.json").write_bytes(b"{}")
    place = kept.fetch(NAME, FILES)
    assert place == tmp_path / "data" / "adapters" / NAME
    assert (place / "adapter_config.json").read_bytes() == CONFIG
    assert (place / "adapter_model.safetensors").read_bytes() == WEIGHTS
    assert [path.name for path in place.parent.iterdir()] == [NAME]


def test_the_same_again_is_no_fault_and_another_is(kept: Folder, tmp_path: Path) -> None:
    kept.put(NAME, trained(tmp_path / "a"))
    assert kept.put(NAME, trained(tmp_path / "b")) == FILES
    with pytest.raises(UserError, match=f"Other files are kept under the name {NAME}"):
        kept.put(NAME, trained(tmp_path / "c", b"other"))
    kept.fetch(NAME, FILES)
    assert [path.name for path in (tmp_path / "data" / "adapters").iterdir()] == [NAME]


def test_many_at_a_time(kept: Folder, tmp_path: Path) -> None:
    source = trained(tmp_path / "a")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: kept.put(NAME, source), range(8))) == [FILES] * 8
    assert kept.fetch(NAME, FILES)


def test_a_changed_byte_is_found(kept: Folder, tmp_path: Path) -> None:
    kept.put(NAME, trained(tmp_path / "a"))
    place = kept.fetch(NAME, FILES)
    (place / "adapter_model.safetensors").write_bytes(WEIGHTS[:-1] + b"!")
    with pytest.raises(UserError, match=r"adapter_model\.safetensors not as it was kept"):
        kept.fetch(NAME, FILES)


def test_a_file_that_was_laid_beside_is_found(kept: Folder, tmp_path: Path) -> None:
    kept.put(NAME, trained(tmp_path / "a"))
    place = kept.fetch(NAME, FILES)
    (place / "tokenizer.json").write_bytes(b"{}")
    with pytest.raises(UserError, match=r"tokenizer\.json not its own"):
        kept.fetch(NAME, FILES)


def test_what_is_not_there_is_said(kept: Folder) -> None:
    with pytest.raises(UserError, match=f"files of the adapter {NAME} are not on this machine"):
        kept.fetch(NAME, FILES)


def test_deleting(kept: Folder, tmp_path: Path) -> None:
    kept.delete(NAME)
    kept.put(NAME, trained(tmp_path / "a"))
    kept.delete(NAME)
    assert list((tmp_path / "data" / "adapters").iterdir()) == []
    kept.put(NAME, trained(tmp_path / "b", b"other"))


@pytest.mark.parametrize("name", ["..", "../data", "/etc", ""])
def test_no_name_leads_elsewhere(kept: Folder, tmp_path: Path, name: str) -> None:
    source = trained(tmp_path / "a")
    with pytest.raises(ValueError, match="is no adapter's name"):
        kept.put(name, source)
    with pytest.raises(ValueError, match="is no adapter's name"):
        kept.fetch(name, FILES)
    with pytest.raises(ValueError, match="is no adapter's name"):
        kept.delete(name)


def test_names_that_begin_so_are_listed(kept: Folder, tmp_path: Path) -> None:
    assert kept.names("r7-") == []
    source = trained(tmp_path / "a")
    for name in ("r7-0002-0badc0de", "r77-0001-0badc0de", "r7-0001-0badc0de"):
        kept.put(name, source)
    with kept.fresh():
        assert kept.names("r7-") == ["r7-0001-0badc0de", "r7-0002-0badc0de"]


def test_when_a_folder_was_made(kept: Folder, tmp_path: Path) -> None:
    assert kept.changed(NAME) is None
    kept.put(NAME, trained(tmp_path / "a"))
    made = kept.changed(NAME)
    assert made is not None
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=5)
