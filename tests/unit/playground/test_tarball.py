"""Tarballs have one top folder and are the same for the same input."""

import io
import tarfile

from playground.tarball import pack


def test_one_top_folder_and_all_files() -> None:
    files = {"README.md": b"hi", "docs/a/b.md": b"deep", "empty": b""}
    data = pack("o-r-1234567", files, 1_700_000_000)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getnames() == [
            "o-r-1234567", "o-r-1234567/README.md", "o-r-1234567/docs", "o-r-1234567/docs/a",
            "o-r-1234567/docs/a/b.md", "o-r-1234567/empty",
        ]  # fmt: skip
        assert archive.getmember("o-r-1234567/docs").isdir()
        assert archive.getmember("o-r-1234567/empty").isfile()
        deep = archive.extractfile("o-r-1234567/docs/a/b.md")
        assert deep is not None and deep.read() == b"deep"
        assert {m.mtime for m in archive.getmembers()} == {1_700_000_000}
    assert pack("o-r-1234567", files, 1_700_000_000) == data
