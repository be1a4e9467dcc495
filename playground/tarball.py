"""The tarball of a commit, as codeload makes it: one folder `owner-name-sha`, gzipped."""

import gzip
import io
import tarfile
from collections.abc import Mapping


def pack(folder: str, files: Mapping[str, bytes], at: float) -> bytes:
    """A gzipped tar of files below one folder; the same input gives the same bytes.

    Args:
        folder: The name of the top folder.
        files: Path to bytes.
        at: Time of each entry, in seconds since the epoch.
    """
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in _with_folders(folder, files):
            entry = tarfile.TarInfo(path)
            entry.mtime = int(at)
            data = files.get(path.removeprefix(f"{folder}/"))
            if data is None:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
            else:
                entry.size, entry.mode = len(data), 0o644
                archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=int(at))


def _with_folders(folder: str, files: Mapping[str, bytes]) -> list[str]:
    paths = {folder}
    for path in files:
        parts = path.split("/")
        paths.update("/".join([folder, *parts[: i + 1]]) for i in range(len(parts)))
    return sorted(paths)
