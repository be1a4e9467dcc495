import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import TransientError, UserError
from app.knowledge.archive import Limits
from app.knowledge.library import KEPT, Library
from tests.archives import packed

README = {"README.md": b"# Loom\n\nA loom that weaves cloth.\n", "src/a.py": b"x = 1\n"}


def library(folder: Path) -> Library:
    return Library(folder, Limits())


def never() -> Iterator[bytes]:
    raise AssertionError("the archive was read again")
    yield b""


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("knowledge/*/7/*"))


def test_builds_once_and_finds_again_in_another_library(tmp_path: Path) -> None:
    built = library(tmp_path).build(7, "a1", [packed(README)])
    assert (built.commit, built.paths) == ("a1", {"README.md", "src/a.py"})
    assert built.facts.description == "A loom that weaves cloth."
    assert built.search("weave", 1)[0].passage.path == "README.md"
    other = library(tmp_path)
    assert other.build(7, "a1", never()).paths == built.paths
    found = other.corpus(7)
    assert found is not None and found.search("weave", 1) == built.search("weave", 1)


def test_newest_and_by_commit(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    for commit in ("a1", "b2"):
        shelf.build(7, commit, [packed(README)])
    newest, old = shelf.corpus(7), shelf.corpus(7, "a1")
    assert newest is not None and newest.commit == "b2"
    assert old is not None and old.commit == "a1"
    assert shelf.corpus(7, "a") is None
    assert shelf.corpus(8) is None


def test_only_the_last_few_are_kept(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    for commit in ("a1", "b2", "c3", "d4", "e5"):
        shelf.build(7, commit, [packed(README)])
    assert [name.split("-")[0] for name in folders(tmp_path)] == ["c3", "d4", "e5"][-KEPT:]
    assert shelf.corpus(7, "a1") is None


def test_globs_make_a_corpus_of_their_own(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    everything = shelf.build(7, "a1", [packed(README)])
    some = shelf.build(7, "a1", [packed(README)], include=["src/**"])
    assert everything.search("weave", 3) != []
    assert some.search("weave", 3) == []
    assert some.paths == everything.paths


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    with pytest.raises(TransientError):
        shelf.build(7, "a1", [packed(README)[:50]])
    assert folders(tmp_path) == []
    assert shelf.corpus(7) is None
    assert shelf.build(7, "a1", [packed(README)]).commit == "a1"


def test_a_half_built_folder_is_not_seen(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    shelf.build(7, "a1", [packed(README)])
    home = next(tmp_path.glob("knowledge/*/7"))
    (home / ".0123").mkdir()
    (home / "b2-00000000").mkdir()
    found = shelf.corpus(7)
    assert found is not None and found.commit == "a1"


def test_a_commit_is_never_a_path(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        library(tmp_path).build(7, "../../x", [packed(README)])


def test_an_empty_repository_has_an_empty_corpus(tmp_path: Path) -> None:
    built = library(tmp_path).build(7, "a1", [packed({})])
    assert (built.paths, built.search("x", 3)) == (frozenset(), [])


def _build(folder: Path, commit: str) -> str:
    return library(folder).build(7, commit, [packed(README)]).commit


def test_processes_do_not_disturb_each_other(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        commits = pool.starmap(_build, [(tmp_path, "a1"), (tmp_path, "a1"), (tmp_path, "b2")])
    assert commits == ["a1", "a1", "b2"]
    assert [name.split("-")[0] for name in folders(tmp_path)] == ["a1", "b2"]


def test_a_corpus_removed_meanwhile_is_none(tmp_path: Path) -> None:
    first, second = library(tmp_path), library(tmp_path)
    first.build(7, "a1", [packed(README)])
    for commit in ("b2", "c3", "d4"):
        second.build(7, commit, [packed(README)])
    assert first.corpus(7, "a1") is None
