"""Where the files of adapters are kept."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Artifacts(Protocol):
    """Keeps adapters' files. A name stands for the same files until they are deleted.

    Errors are a `UserError` where files are missing, damaged or others than named, a
    `TransientError` where a later try may work, a `ConfigError` where the place is set up
    wrongly; a `ValueError` is a name that is none.
    """

    def put(self, name: str, folder: Path) -> Mapping[str, str]:
        """Keeps the files of a folder; returns the SHA-256 of each, by its name.

        The same files again are no fault, others under the same name are one.
        """

    def fetch(self, name: str, files: Mapping[str, str]) -> Path:
        """Returns a folder of this machine that holds exactly the files of these SHA-256.

        They are checked with every call; a file with another hash is never given out.
        """

    def delete(self, name: str) -> None:
        """Deletes an adapter's files, if there are any."""

    def names(self, prefix: str) -> Sequence[str]:
        """Returns the names that are kept and begin in some way, in order."""

    def close(self) -> None:
        """Ends connections; it is not used again."""
