"""A local folder as a corpus, for asking about what lies on one's own disk."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pygit2
import structlog

from app.errors import UserError
from app.knowledge.archive import File, Limits
from app.knowledge.facts import Survey
from app.knowledge.index import IndexedCorpus, write
from app.knowledge.names import Names
from app.knowledge.selection import FILETYPES, Selection

log = structlog.get_logger()

DEFAULT = Limits()


def folder_corpus(
    folder: Path,
    limits: Limits = DEFAULT,
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> IndexedCorpus:
    """Indexes a folder in memory; its `commit` is the head's where it is a Git work tree.

    What Git ignores is left out, links are not followed, nor is what cannot be read or has a
    name that is no text.

    Args:
        folder: the folder.
        limits: what is read at most.
        include: glob patterns of the paths to index; all where empty.
        exclude: glob patterns of paths to leave out.

    Raises:
        UserError: the folder is not there.
    """
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    folder = folder.resolve()
    found = pygit2.discover_repository(str(folder))
    repository = pygit2.Repository(found) if found else None
    sizes: dict[str, int] = {}
    survey = Survey()
    selection = Selection(max_file_bytes=limits.file_bytes, include=include, exclude=exclude)
    read = _files(folder, limits, selection, repository, sizes, survey)
    index = write(read, folder=None, previous=None)
    commit = ""
    if repository and not repository.head_is_unborn:
        commit = str(repository.head.target)
    return IndexedCorpus(
        index,
        commit=commit,
        facts=survey.facts(sizes),
        paths=frozenset(sizes),
        names=Names(survey.names.packed()),
    )


def _files(
    folder: Path,
    limits: Limits,
    selection: Selection,
    repository: pygit2.Repository | None,
    sizes: dict[str, int],
    survey: Survey,
) -> Iterator[File]:
    count = 0
    for path in _walk(folder, repository):
        relative = path.relative_to(folder).as_posix()
        try:
            size = path.stat().st_size
            sizes[relative] = size
            if count >= limits.files or not selection.wants(relative, size):
                continue
            data = path.read_bytes()
        except OSError as error:
            log.warning("file.unreadable", cause=error.strerror)
            continue
        if selection.reads(relative, data):
            count += 1
            file = File.of(relative, data)
            survey.see(file)
            yield file


def _walk(folder: Path, repository: pygit2.Repository | None) -> Iterator[Path]:
    """Yields the regular files below a folder in order, without ignored and vendored ones."""
    root = Path(repository.workdir).resolve() if repository and repository.workdir else None

    def ignored(path: Path, *, is_folder: bool) -> bool:
        if repository is None or root is None or path == root:
            return False
        relative = path.relative_to(root).as_posix() + ("/" if is_folder else "")
        return bool(repository.path_is_ignored(relative))

    if ignored(folder, is_folder=True):
        root = None  # who asks for an ignored folder by name wants it read

    for base, folders, names in os.walk(folder):
        here = Path(base)
        folders[:] = sorted(
            name
            for name in folders
            if _is_text(name)
            and name.lower() not in FILETYPES["vendored folders"]
            and not ignored(here / name, is_folder=True)
        )
        for name in sorted(filter(_is_text, names)):
            path = here / name
            if path.is_file() and not path.is_symlink() and not ignored(path, is_folder=False):
                yield path


def _is_text(name: str) -> bool:
    """Tells whether a file's name can be written; others come as surrogates."""
    return name.isprintable()
