"""Archives made of the Git database read as those that GitHub makes."""

import base64
import io
import random
import tarfile
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.errors import GoneError, RateLimited, TransientError
from app.github import tree

SHA = "0" * 40


def blob(data: bytes) -> dict[str, Any]:
    return {"content": base64.encodebytes(data).decode(), "encoding": "base64"}


def entry(path: str, size: int, **more: Any) -> dict[str, Any]:
    return {"path": path, "mode": "100644", "type": "blob", "sha": path, "size": size, **more}


class Git:
    """The Git database of one commit."""

    def __init__(self, entries: list[dict[str, Any]], **blobs: bytes) -> None:
        self.answers: dict[str, Any] = {
            f"git/commits/{SHA}": {"tree": {"sha": "t"}},
            "git/trees/t?recursive=1": {"tree": entries, "truncated": False},
            **{f"git/blobs/{name}": blob(data) for name, data in blobs.items()},
        }
        self.asked: list[str] = []

    def __call__(self, path: str) -> Any:
        self.asked.append(path)
        if path not in self.answers:
            raise GoneError(path)
        return self.answers[path]


def unpacked(git: Git) -> dict[str, bytes]:
    found = b"".join(tree.archive(git, SHA))
    with tarfile.open(fileobj=io.BytesIO(found), mode="r:gz") as tar:
        return {
            member.name: opened.read()
            for member in tar
            if (opened := tar.extractfile(member)) is not None
        }


def test_files_lie_below_one_folder() -> None:
    git = Git([entry("a", 1), entry("b", 5, mode="100755")], a=b"1", b=b"22222")
    assert unpacked(git) == {f"{SHA}/a": b"1", f"{SHA}/b": b"22222"}


def test_it_comes_file_by_file_and_never_empty_before_its_end() -> None:
    names = [f"f{number}" for number in range(20)]
    files = {name: random.Random(name).randbytes(20_000) for name in names}
    git = Git([entry(name, 20_000) for name in names], **files)
    chunks = tree.archive(git, SHA)
    assert next(chunks)
    assert len(git.asked) < len(names), "before the last was asked for"
    *others, _ = chunks
    assert others and all(others)


def test_a_commit_in_the_form_of_the_list() -> None:
    git = Git([entry("a", 1)], a=b"1")
    git.answers[f"git/commits/{SHA}"] = {"commit": {"tree": {"sha": "t"}}}
    assert unpacked(git) == {f"{SHA}/a": b"1"}


def test_a_commit_without_a_tree_is_a_fault() -> None:
    git = Git([])
    git.answers[f"git/commits/{SHA}"] = {}
    with pytest.raises(TransientError):
        unpacked(git)


def test_other_than_files_are_not_asked_for() -> None:
    git = Git(
        [
            entry("link", 1, mode="120000"),
            entry("module", 0, type="commit", mode="160000"),
            entry("folder", 0, type="tree", mode="040000"),
            entry("large", tree.MOST_BYTES + 1),
        ]
    )
    with capture_logs() as logged:
        assert unpacked(git) == {}
    assert len(git.asked) == 2
    assert logged == [
        {"event": "tree.cut", "log_level": "warning", "files": 1, "read": 0, "gone": 0}
    ]


def test_a_blob_that_is_not_there_is_left_out_and_logged() -> None:
    with capture_logs() as logged:
        assert unpacked(Git([entry("a", 1), entry("b", 1)], b=b"2")) == {f"{SHA}/b": b"2"}
    assert logged[0]["gone"] == 1


def test_text_that_is_not_encoded() -> None:
    git = Git([entry("a", 2)])
    git.answers["git/blobs/a"] = {"content": "ü", "encoding": "utf-8"}
    assert unpacked(git) == {f"{SHA}/a": "ü".encode()}


@pytest.mark.parametrize("content", [{"content": "a", "encoding": "base64"}, {}, []])
def test_a_blob_that_cannot_be_read_is_a_fault(content: Any) -> None:
    git = Git([entry("a", 1)])
    git.answers["git/blobs/a"] = content
    with pytest.raises(TransientError):
        unpacked(git)


def test_a_commit_that_is_not_there_is_gone() -> None:
    git = Git([])
    git.answers.clear()
    with pytest.raises(GoneError):
        unpacked(git)


@pytest.mark.parametrize(("wait", "done"), [(60.0, True), (600.0, False)])
def test_a_short_wait_is_waited_for_and_what_was_read_is_kept(wait: float, done: bool) -> None:
    git = Git([entry("a.md", 1), entry("b.md", 1)], **{"a.md": b"a", "b.md": b"b"})
    slept: list[float] = []

    def limited(path: str) -> Any:
        if path == "git/blobs/b.md" and not slept and path not in git.asked:
            git.asked.append(path)
            raise RateLimited("the minute's points are used up", retry_after=wait)
        return git(path)

    chunks = tree.archive(limited, SHA, sleep=slept.append)
    if not done:
        with pytest.raises(RateLimited):
            b"".join(chunks)
        assert slept == []
        return
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks)), mode="r:gz") as found:
        assert found.getnames() == [f"{SHA}/a.md", f"{SHA}/b.md"]
    assert slept == [wait]
    assert git.asked.count("git/blobs/a.md") == 1
