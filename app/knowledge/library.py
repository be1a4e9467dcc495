"""All repositories' corpora on disk: one immutable folder a commit, safe for many processes.

`{data_dir}/knowledge/{format}/{repository id}/{commit}-{selection}/` holds the tantivy index,
`tree.json` and `names.txt`. A folder is built under a name of its own beside the others and
renamed when it is whole, so that what is seen is always complete; who comes second with the
same commit throws its own away. Within one process a repository is built by one thread at a
time.
"""

import gc
import hashlib
import json
import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tantivy import Index

from app.domain import Facts
from app.errors import UserError
from app.knowledge.archive import File, Limits, files
from app.knowledge.facts import Survey
from app.knowledge.index import IndexedCorpus, Previous, write
from app.knowledge.names import Names
from app.knowledge.selection import Selection

FORMAT = "2"
KEPT = 3
_OPEN = 16
_TREE = "tree.json"
_NAMES = "names.txt"
_ABANDONED = 3600.0
"""Seconds without a change after which an unfinished folder is one whose process was killed."""


class Library:
    """Keeps a searchable corpus for each repository; a `Knowledge` port, safe for threads."""

    def __init__(self, data_dir: Path, limits: Limits) -> None:
        self._root = data_dir / "knowledge" / FORMAT
        self._limits = limits
        # Guards the two mappings below; never held while a corpus is read or written.
        self._lock = threading.Lock()
        self._open: dict[Path, IndexedCorpus] = {}
        self._building: dict[int, threading.Lock] = {}

    def corpus(self, repository_id: int, commit: str | None = None) -> IndexedCorpus | None:
        """Returns the newest corpus, or that of a commit; None where it is not there."""
        for folder in self._folders(repository_id):
            if commit is None or folder.name.startswith(f"{commit}-"):
                found = self._opened(folder)
                if found:
                    return found
        return None

    def build(
        self,
        repository_id: int,
        commit: str,
        archive: Iterable[bytes],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> IndexedCorpus:
        """Indexes a gzipped tar stream; an existing corpus of that commit is returned as is.

        Passages of files that have not changed since the newest corpus are taken from it. Who
        comes while another thread builds the same repository waits for what that one makes.

        Args:
            repository_id: GitHub's id of the repository.
            commit: the full hash of the commit, letters and digits only.
            archive: the tar's chunks; not read where the corpus exists.
            include: globs of the files to read; empty means all.
            exclude: globs of files to leave out.

        Raises:
            UserError: the repository is over a limit.
            TransientError: the archive is not whole.
        """
        if not commit.isalnum():
            raise UserError(f"{commit!r} is not the name of a commit.")
        selection = Selection(
            max_file_bytes=self._limits.file_bytes, include=include, exclude=exclude
        )
        chosen = json.dumps([list(include), list(exclude)]).encode()
        name = f"{commit}-{hashlib.sha256(chosen).hexdigest()[:8]}"
        home = self._root / str(repository_id)
        with self._lock:
            turn = self._building.setdefault(repository_id, threading.Lock())
        with turn:
            found = self._opened(home / name)
            if found:
                return found
            home.mkdir(parents=True, exist_ok=True)
            _clear(home)
            aside = home / f".{uuid.uuid4().hex}"
            aside.mkdir()
            try:
                self._write(aside, commit, archive, selection, self._previous(repository_id))
                _put(aside, home / name)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
            self._prune(repository_id)
            found = self._opened(home / name)
        if found is None:
            raise FileNotFoundError(home / name)
        return found

    def kept(self) -> Sequence[int]:
        """Returns the ids of all repositories that a corpus is kept of, in any format."""
        found = {home.name for home in self._root.parent.glob("*/*") if home.name.isdecimal()}
        return sorted(int(name) for name in found)

    def forget(self, repository_id: int) -> None:
        """Deletes all corpora of a repository, those that older versions left too."""
        with self._lock:
            turn = self._building.setdefault(repository_id, threading.Lock())
        with turn:
            for home in self._root.parent.glob(f"*/{repository_id}"):
                with self._lock:
                    for folder in [one for one in self._open if one.parent == home]:
                        del self._open[folder]
                _discard(home)
                _clear(home.parent)

    def _write(
        self,
        folder: Path,
        commit: str,
        archive: Iterable[bytes],
        selection: Selection,
        previous: Previous | None,
    ) -> None:
        sizes: dict[str, int] = {}
        survey = Survey()
        read = files(archive, limits=self._limits, selection=selection, sizes=sizes)
        with _fewer_collections():
            write(_seen(read, survey), folder=folder, previous=previous)
        (folder / _NAMES).write_bytes(survey.names.packed())
        tree = {"commit": commit, "facts": asdict(survey.facts(sizes)), "paths": sorted(sizes)}
        (folder / _TREE).write_text(json.dumps(tree), "utf-8")

    def _previous(self, repository_id: int) -> Previous | None:
        for folder in self._folders(repository_id):
            index = _index(folder)
            if index:
                return Previous(index)
        return None

    def _folders(self, repository_id: int) -> list[Path]:
        """Returns the folders of whole corpora, newest first."""
        home = self._root / str(repository_id)
        if not home.is_dir():
            return []
        dated = []
        for folder in home.iterdir():
            if folder.name.startswith("."):
                continue
            try:
                dated.append(((folder / _TREE).stat().st_mtime_ns, folder.name, folder))
            except FileNotFoundError:
                continue  # another process has just removed it
        return [folder for *_, folder in sorted(dated, reverse=True)]

    def _opened(self, folder: Path) -> IndexedCorpus | None:
        with self._lock:
            kept = self._open.pop(folder, None)
            if kept is not None and folder.is_dir():
                self._open[folder] = kept  # at the end: the one used longest ago is closed first
                return kept
        index = _index(folder)
        if index is None:
            return None
        try:
            tree = json.loads((folder / _TREE).read_text("utf-8"))
            names = Names.at(folder / _NAMES)
        except FileNotFoundError:
            return None
        corpus = IndexedCorpus(
            index,
            commit=tree["commit"],
            facts=_facts(tree["facts"]),
            paths=frozenset(tree["paths"]),
            names=names,
        )
        with self._lock:
            self._open[folder] = corpus
            while len(self._open) > _OPEN:
                del self._open[next(iter(self._open))]
        return corpus

    def _prune(self, repository_id: int) -> None:
        for home in self._root.parent.glob(f"*/{repository_id}"):
            if home.parent != self._root:
                _discard(home)  # of an older version, which nothing reads any more
        for folder in self._folders(repository_id)[KEPT:]:
            with self._lock:
                self._open.pop(folder, None)
            _discard(folder)


def _discard(folder: Path) -> None:
    """Deletes a folder, out of the way at once: one that is half deleted is never found."""
    gone = folder.with_name(f".{uuid.uuid4().hex}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return  # another process was quicker
    shutil.rmtree(gone, ignore_errors=True)


def _clear(home: Path) -> None:
    """Removes the unfinished folders of processes that were killed."""
    for folder in home.glob(".*"):
        try:
            changed = max(part.stat().st_mtime for part in (folder, *folder.iterdir()))
        except FileNotFoundError:
            continue  # it was just finished or removed
        if time.time() - changed > _ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Lets the garbage collector look less often while hundred thousands of small values are
    made, of which hardly any is garbage: a tenth of the time of a build."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _seen(read: Iterator[File], survey: Survey) -> Iterator[File]:
    for file in read:
        survey.see(file)
        yield file


def _put(aside: Path, place: Path) -> None:
    """Renames a finished folder into its place, unless another process came first."""
    try:
        aside.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def _index(folder: Path) -> Index | None:
    """Opens an index for reading; None where another process has removed it."""
    try:
        index = Index.open(str(folder))
        index.config_reader("manual")
    except (ValueError, OSError):
        if (folder / _TREE).exists():
            raise
        return None
    return index


def _facts(stored: dict[str, Any]) -> Facts:
    return Facts(
        languages=tuple(stored["languages"]),
        manifests=tuple(stored["manifests"]),
        description=stored["description"],
        statements=tuple(stored["statements"]),
    )
