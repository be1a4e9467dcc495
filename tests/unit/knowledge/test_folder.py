from pathlib import Path

import pygit2
import pytest

from app.errors import UserError
from app.knowledge.archive import Limits
from app.knowledge.folder import folder_corpus


def fill(folder: Path) -> None:
    for path, text in {
        "README.md": "A loom that weaves cloth.",
        "docs/a.md": "Shuttles fly.",
        "build/out.md": "Shuttles were built.",
        "node_modules/x/README.md": "Somebody else's shuttles.",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_reads_a_folder_without_git(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "link.md").symlink_to("/etc/passwd")
    corpus = folder_corpus(tmp_path)
    assert corpus.paths == {"README.md", "docs/a.md", "build/out.md"}
    assert corpus.commit == ""
    assert corpus.facts.description == "A loom that weaves cloth."


def test_respects_gitignore(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / ".gitignore").write_text("build/\n")
    pygit2.init_repository(str(tmp_path))
    assert folder_corpus(tmp_path).paths == {".gitignore", "README.md", "docs/a.md"}
    assert folder_corpus(tmp_path / "docs").paths == {"a.md"}


def test_an_ignored_folder_asked_for_by_name_is_read(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / ".gitignore").write_text("build/\n")
    pygit2.init_repository(str(tmp_path))
    assert folder_corpus(tmp_path / "build").paths == {"out.md"}


def test_limits(tmp_path: Path) -> None:
    fill(tmp_path)
    corpus = folder_corpus(tmp_path, Limits(files=1))
    assert corpus.size == 1
    assert len(corpus.paths) == 3


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        folder_corpus(tmp_path / "none")
