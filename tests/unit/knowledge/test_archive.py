import gzip
import tarfile

import pytest

from app.errors import TransientError, UserError
from app.knowledge.archive import File, Limits, files
from app.knowledge.selection import Selection
from tests import archives

MIB = 1024 * 1024


def read(
    data: bytes, limits: Limits | None = None, chunk: int = 1000
) -> tuple[list[File], dict[str, int]]:
    limits = limits or Limits()
    sizes: dict[str, int] = {}
    found = files(
        (data[at : at + chunk] for at in range(0, len(data), chunk)),
        limits=limits,
        selection=Selection(max_file_bytes=limits.file_bytes),
        sizes=sizes,
    )
    return list(found), sizes


def test_reads_files_below_the_top_folder() -> None:
    data = archives.packed({"README.md": b"# Hi\r\n", "src/a.py": b"x = 1\n", "b.png": b"\x89"})
    found, sizes = read(data, chunk=7)
    assert [(file.path, file.text, file.size) for file in found] == [
        ("README.md", "# Hi\n", 6),
        ("src/a.py", "x = 1\n", 6),
    ]
    assert sizes == {"README.md": 6, "src/a.py": 6, "b.png": 1}
    assert found[0].hash == File.of("other", b"# Hi\r\n").hash


@pytest.mark.parametrize(
    "hostile",
    [
        archives.member("top/../../etc/x.md"),
        archives.member("/etc/x.md"),
        archives.member("top/..\\x.md"),
        archives.member("top/a\nb.md"),
        archives.member("top/link.md", tarfile.SYMTYPE),
        archives.member("top/hard.md", tarfile.LNKTYPE),
        archives.member("top/dev.md", tarfile.CHRTYPE),
        archives.member("top/pipe.md", tarfile.FIFOTYPE),
        archives.member("x.md"),
        archives.member(".."),
    ],
)
def test_what_leads_outside_or_is_no_file_is_left_out(hostile: tarfile.TarInfo) -> None:
    found, sizes = read(archives.packed({"ok.md": b"Fine."}, hostile))
    assert [file.path for file in found] == ["ok.md"]
    assert set(sizes) == {"ok.md"}


def test_a_bomb_stops_at_the_limit() -> None:
    with pytest.raises(UserError, match="too large"):
        read(archives.bomb(30), Limits(archive_bytes=4 * MIB))


def test_a_large_file_is_skipped_within_the_limit() -> None:
    found, sizes = read(archives.bomb(3), Limits(archive_bytes=8 * MIB))
    assert (found, sizes) == ([], {"big.md": 3 * MIB})


def test_endless_headers_are_refused() -> None:
    with pytest.raises(UserError, match="headers"):
        read(archives.long_header(8))


def test_more_files_than_the_limit_are_left_out_but_known() -> None:
    found, sizes = read(archives.packed({f"{i}.md": b"x y" for i in range(5)}), Limits(files=2))
    assert [file.path for file in found] == ["0.md", "1.md"]
    assert len(sizes) == 5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip at all",
        gzip.compress(b"no tar at all" * 100),
        archives.packed({"a.md": b"text " * 5000})[:-40],
        b"\x1f\x8b\x08",
    ],
    ids=["nothing", "not gzip", "not tar", "cut short", "only a head"],
)
def test_a_broken_archive_is_worth_another_try(data: bytes) -> None:
    with pytest.raises(TransientError, match="cannot be read"):
        read(data)


def test_an_empty_archive_has_no_files() -> None:
    assert read(archives.packed({})) == ([], {})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xe9 au lait is served", "caf\ufffd au lait is served"),
        ("ünï".encode("utf-16"), "ünï"),
        (b"\xef\xbb\xbfmarked", "marked"),
    ],
)
def test_odd_encodings_become_text(data: bytes, text: str) -> None:
    assert [file.text for file in read(archives.packed({"a.md": data}))[0]] == [text]
