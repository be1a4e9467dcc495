import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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


def test_what_an_older_version_left_goes_once_its_like_is_built(tmp_path: Path) -> None:
    for repository_id in (7, 77):
        (tmp_path / "knowledge" / "0" / str(repository_id) / "a1-x").mkdir(parents=True)
    library(tmp_path).build(7, "b2", [packed(README)])
    assert [path.name for path in (tmp_path / "knowledge" / "0").iterdir()] == ["77"]
    assert len(folders(tmp_path)) == 1


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


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Lets threads take turns a thousand times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("eager_threads")
def test_threads_read_more_repositories_than_are_kept_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.knowledge.library._OPEN", 2)
    shelf = library(tmp_path)
    for number in (1, 2, 3):
        shelf.build(number, f"a{number}", [packed(README)])

    def look(start: int) -> list[str]:
        found = (shelf.corpus((start + step) % 3 + 1) for step in range(1000))
        return [corpus.commit if corpus else "" for corpus in found]

    with ThreadPoolExecutor(6) as pool:
        for start, commits in enumerate(pool.map(look, range(6))):
            assert commits == [f"a{(start + step) % 3 + 1}" for step in range(1000)]
    assert len(shelf._open) == 2


def test_the_corpus_used_longest_ago_is_closed_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.knowledge.library._OPEN", 2)
    shelf = library(tmp_path)
    one, two = (shelf.build(number, "a1", [packed(README)]) for number in (1, 2))
    assert shelf.corpus(1) is one
    shelf.build(3, "a1", [packed(README)])
    assert shelf.corpus(1) is one
    assert shelf.corpus(2) is not two


def at_once(*work: Callable[[], object]) -> list[object]:
    """Runs each in a thread of its own, all started before any is waited for."""
    with ThreadPoolExecutor(len(work)) as pool:
        return [started.result(30) for started in [pool.submit(one) for one in work]]


def test_threads_that_want_the_same_corpus_build_it_once(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    begun, read = threading.Event(), []

    def archive(name: str) -> Iterator[bytes]:
        read.append(name)
        begun.set()
        yield packed(README)

    def first() -> object:
        return shelf.build(7, "a1", archive("first"))

    def second() -> object:
        assert begun.wait(30)
        return shelf.build(7, "a1", archive("second"))

    one, other = at_once(first, second)
    assert one is other
    assert read == ["first"]


def test_who_waited_for_a_build_that_failed_builds_anew(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    begun = threading.Event()

    def broken() -> Iterator[bytes]:
        begun.set()
        yield packed(README)[:50]

    def first() -> object:
        with pytest.raises(TransientError):
            shelf.build(7, "a1", broken())
        return None

    def second() -> object:
        assert begun.wait(30)
        return shelf.build(7, "a1", [packed(README)]).commit

    assert at_once(first, second) == [None, "a1"]


def test_the_build_of_one_repository_does_not_wait_for_that_of_another(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    begun, other_done = threading.Event(), threading.Event()

    def slow() -> Iterator[bytes]:
        begun.set()
        assert other_done.wait(30)
        yield packed(README)

    def other() -> object:
        assert begun.wait(30)
        built = shelf.build(8, "b2", [packed(README)])
        other_done.set()
        return built.commit

    assert at_once(lambda: shelf.build(7, "a1", slow()).commit, other) == ["a1", "b2"]


@pytest.mark.parametrize(("hours", "left"), [(0.9, True), (1.1, False)])
def test_what_a_killed_build_left_is_removed_after_an_hour(
    tmp_path: Path, hours: float, left: bool
) -> None:
    shelf = library(tmp_path)
    shelf.build(7, "a1", [packed(README)])
    folder = next(tmp_path.glob("knowledge/*/7")) / ".0123456789abcdef"
    folder.mkdir()
    (folder / "segment").write_bytes(b"x")
    past = time.time() - hours * 3600
    os.utime(folder, (0, 0))
    os.utime(folder / "segment", (past, past))
    shelf.build(7, "b2", [packed(README)])
    assert folder.exists() is left
    assert [name.split("-")[0] for name in folders(tmp_path) if name[0] != "."] == ["a1", "b2"]


def test_all_of_a_repository_is_forgotten(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    for repository_id in (7, 77):
        for commit in ("a1", "b2"):
            shelf.build(repository_id, commit, [packed(README)])
    former = tmp_path / "knowledge" / "0" / "7" / "a1-x"
    former.mkdir(parents=True)
    assert shelf.kept() == [7, 77]
    shelf.forget(7)
    shelf.forget(8)
    assert shelf.kept() == [77]
    assert shelf.corpus(7) is None
    assert folders(tmp_path) == []
    assert list((tmp_path / "knowledge" / "0").iterdir()) == []
    assert shelf.corpus(77) is not None
    assert shelf.build(7, "a1", [packed(README)]).commit == "a1"


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    assert library(tmp_path).kept() == []
