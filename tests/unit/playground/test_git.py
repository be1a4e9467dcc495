"""Object ids are those that Git gives; expected ones come from `git hash-object` and friends."""

from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest

from playground import git
from playground.code import from_directory


@pytest.mark.parametrize(
    ("data", "sha"),
    [
        (b"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
        (b"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
    ],
)
def test_blobs(data: bytes, sha: str) -> None:
    assert git.blob_sha(data) == sha


def test_the_empty_tree() -> None:
    assert git.trees({}) == {"": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"}


def test_trees_and_commits_are_those_of_libgit2(tmp_path: Path) -> None:
    # "a-b" sorts between the file "a.txt" and the folder "a": Git compares "a/" there.
    files = {"a/x/deep.md": b"1", "a/y.md": b"2", "a-b": b"3", "a.txt": b"4", "z": b"5"}
    repository = pygit2.init_repository(tmp_path, initial_head="main")
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
        repository.index.add(path)
    tree = repository.index.write_tree()
    at = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    who = pygit2.Signature("pat", "pat@example.org", int(at.timestamp()), 0)
    commit = repository.create_commit("HEAD", who, who, "One\n", tree, [])
    ours = git.trees({path: git.blob_sha(data) for path, data in files.items()})
    assert ours[""] == str(tree)
    assert set(ours) == {"", "a", "a/x"}
    sha = git.commit_sha(
        tree=ours[""], parents=(), who="pat", email="pat@example.org", at=at, message="One\n"
    )
    assert sha == str(commit)
    found = from_directory(tmp_path)
    assert found == files
    assert set(from_directory(tmp_path, ["*.txt", "a/**/*.md"])) == {
        "a.txt", "a/x/deep.md", "a/y.md",
    }  # fmt: skip


def test_links_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert set(from_directory(tmp_path)) == {"a"}
