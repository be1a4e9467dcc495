"""Adapters as folders of files: which names are taken, and what their hashes are."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from app.errors import UserError

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Plain data alone: other forms of weights can run code when they are loaded.
_FILE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*\.(json|safetensors)")
_LONGEST = 100


def check_name(name: str) -> str:
    """Returns an adapter's name, which is safe as a part of a path.

    Raises:
        ValueError: it is not made of lower-case letters, digits and hyphens.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise ValueError(f"{name!r} is no adapter's name")
    return name


def check_file(name: str) -> str:
    """Returns the name of an adapter's file, which is safe as a part of a path.

    Raises:
        UserError: it is neither JSON nor safetensors, or its name is not plain.
    """
    if not _FILE.fullmatch(name) or len(name) > _LONGEST:
        raise UserError(
            f"{name!r} is no file of an adapter: only plainly named .json and .safetensors files "
            "are kept and loaded."
        )
    return name


def digests(folder: Path) -> dict[str, str]:
    """Returns the SHA-256 of each file of a folder, by its name.

    Raises:
        UserError: there is anything in it but the files of an adapter, or nothing.
    """
    try:
        entries = sorted(folder.iterdir())
        for entry in entries:
            check_file(entry.name)
            if entry.is_symlink() or not entry.is_file():
                raise UserError(f"{entry.name} is not a plain file, so it cannot be kept.")
        found = {entry.name: digest(entry) for entry in entries}
    except OSError as error:
        raise UserError(f"The files of an adapter cannot be read: {error.strerror}.") from error
    if not found:
        raise UserError("There are no files of an adapter.")
    return found


def digest(path: Path) -> str:
    """Returns the SHA-256 of a file, in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_same(name: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Compares an adapter's files by their hashes.

    Raises:
        UserError: a file is missing, too many, or another than the one that was kept.
    """
    missing = sorted(wanted.keys() - found.keys())
    added = sorted(found.keys() - wanted.keys())
    changed = sorted(file for file in wanted.keys() & found.keys() if wanted[file] != found[file])
    words = [
        f"{', '.join(files)} {what}"
        for files, what in (
            (missing, "missing"),
            (added, "not its own"),
            (changed, "not as it was kept"),
        )
        if files
    ]
    if words:
        raise UserError(
            f"The files of the adapter {name} are damaged or were changed: {'; '.join(words)}. "
            "It is not used. Roll back to another one, or train again."
        )
