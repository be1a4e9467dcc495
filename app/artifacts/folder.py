"""Adapters' files on this machine: one folder a name, there whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.artifacts.files import check_name, digests, require_same
from app.errors import UserError


class Folder:
    """A folder with a folder for each adapter."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, folder: Path) -> Mapping[str, str]:
        """Copies the files of a folder; the same again is no fault.

        Returns:
            The SHA-256 of each file as it was kept, by its name.

        Raises:
            UserError: something else is kept under the name, or there is more in the folder
                than an adapter's files.
        """
        digests(folder)
        with self.fresh() as fresh:
            for path in folder.iterdir():
                shutil.copyfile(path, fresh / path.name)
            return self.take(name, fresh)

    def fetch(self, name: str, files: Mapping[str, str]) -> Path:
        """Returns the folder of an adapter after checking its files.

        Raises:
            UserError: it is not there, or its files are not those of these hashes.
        """
        place = self._place(name)
        if not place.is_dir():
            raise UserError(
                f"The files of the adapter {name} are not on this machine. Roll back to another "
                "one, or train again."
            )
        require_same(name, digests(place), files)
        return place

    def delete(self, name: str) -> None:
        """Deletes an adapter's files, if there are any."""
        place = self._place(name)
        if not place.is_dir():
            return
        # Out of the way at once: one that is half deleted is never found.
        with self.fresh() as fresh:
            place.rename(fresh / name)

    def names(self, prefix: str) -> Sequence[str]:
        """Returns the names that begin in some way, in order."""
        if not self._root.is_dir():
            return []
        return sorted(place.name for place in self._root.iterdir() if place.name.startswith(prefix))

    def changed(self, name: str) -> datetime | None:
        """Returns when an adapter's folder was made; None where there is none."""
        try:
            return datetime.fromtimestamp(self._place(name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def close(self) -> None:
        """Has nothing to end."""

    def holds(self, name: str) -> bool:
        """Tells whether there is anything under a name."""
        return self._place(name).is_dir()

    @contextmanager
    def fresh(self) -> Iterator[Path]:
        """Makes an empty folder beside the others, which is gone afterwards."""
        self._root.mkdir(parents=True, exist_ok=True)
        # No adapter's name begins with a dot.
        with tempfile.TemporaryDirectory(
            prefix=".", dir=self._root, ignore_cleanup_errors=True
        ) as fresh:
            yield Path(fresh)

    def take(self, name: str, fresh: Path) -> Mapping[str, str]:
        """Puts a fresh folder into its place; returns the hashes of its files.

        Raises:
            UserError: something else is kept under the name.
        """
        files = digests(fresh)
        place = self._place(name)
        try:
            fresh.rename(place)
        except OSError:
            if not place.is_dir():
                raise
            if digests(place) != files:
                raise UserError(f"Other files are kept under the name {name}.") from None
        return files

    def _place(self, name: str) -> Path:
        return self._root / check_name(name)
