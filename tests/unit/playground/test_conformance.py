"""Where GitHub's official descriptions are looked for."""

from pathlib import Path

import pytest

from playground.conformance import FILES, VARIABLE, find_facts


def described(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    return folder


@pytest.fixture(autouse=True)
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_a_folder_beside_the_repository_is_found(tmp_path: Path) -> None:
    repository = described(tmp_path / "loom")
    assert find_facts(repository) is None
    described(tmp_path / "a" / "github", *FILES[:2])
    assert find_facts(repository) is None, "half of the files prove half"
    whole = described(tmp_path / "b" / "github", *FILES)
    assert find_facts(repository) == whole


def test_a_named_folder_is_the_only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = described(tmp_path / "loom")
    described(tmp_path / "b" / "github", *FILES)
    named = described(tmp_path / "far" / "facts", *FILES)
    monkeypatch.setenv(VARIABLE, str(named))
    assert find_facts(repository) == named
    (named / FILES[0]).unlink()
    assert find_facts(repository) is None
