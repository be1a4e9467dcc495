"""Which names and files are taken, and how they are told apart."""

import os
from pathlib import Path

import pytest

from app.artifacts.files import check_file, check_name, digests, require_same
from app.errors import UserError
from tests.unit.artifacts.made import FILES, trained


@pytest.mark.parametrize("name", ["r7-0001-0badc0de", "r7", "a-1"])
def test_names(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../r7", "r7/x", "r7\\x", "R7", "r7.1", "r7_1", "-r7", "r7-", "r7--1"),
        *("r7\n", "r7\0", "%2e%2e", "r" * 101),
    ],
)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="is no adapter's name"):
        check_name(name)


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
def test_files(name: str) -> None:
    assert check_file(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("adapter_model.bin", "adapter_model.pt", "x.pkl", "README.md", ".json", "..json"),
        *("a/b.json", "../a.json", "a.json\n", "A.json", "a.JSON", "a%2fb.json"),
        "a" * 101 + ".json",
    ],
)
def test_what_is_no_file(name: str) -> None:
    with pytest.raises(UserError, match=r"only plainly named \.json and \.safetensors"):
        check_file(name)


def test_the_hashes_of_a_folder(tmp_path: Path) -> None:
    assert digests(trained(tmp_path / "a")) == FILES


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    folder = trained(tmp_path / "a")
    (folder / "adapter_model.bin").write_bytes(b"")
    with pytest.raises(UserError, match=r"'adapter_model\.bin' is no file of an adapter"):
        digests(folder)


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_only_plain_files_are_read(tmp_path: Path, kind: str) -> None:
    folder = trained(tmp_path / "a")
    odd = folder / "odd.json"
    if kind == "link":
        odd.symlink_to(folder / "adapter_config.json")
    elif kind == "folder":
        odd.mkdir()
    else:
        os.mkfifo(odd)
    with pytest.raises(UserError, match=r"odd\.json is not a plain file"):
        digests(folder)


def test_there_must_be_something(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There are no files"):
        digests(tmp_path)
    with pytest.raises(UserError, match=r"cannot be read: No such file"):
        digests(tmp_path / "none")


@pytest.mark.parametrize(
    ("found", "wanted", "words"),
    [
        ({"a": "1"}, {"a": "1", "b": "2"}, "b missing"),
        ({"a": "1", "b": "2"}, {"a": "1"}, "b not its own"),
        ({"a": "1"}, {"a": "2"}, "a not as it was kept"),
        ({}, {}, ""),
        ({"a": "1"}, {"a": "1"}, ""),
        ({"a": "1", "c": "3"}, {"a": "2", "b": "2"}, "b missing; c not its own; a not as it was"),
    ],
)
def test_what_differs_is_named(found: dict[str, str], wanted: dict[str, str], words: str) -> None:
    if not words:
        require_same("r7", found, wanted)
        return
    with pytest.raises(UserError, match=f"adapter r7 are damaged or were changed: {words}"):
        require_same("r7", found, wanted)
