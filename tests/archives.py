"""Builds gzipped tars, good and bad, for the tests of this folder."""

import gzip
import io
import tarfile


def packed(files: dict[str, bytes], *members: tarfile.TarInfo, top: str = "o-r-abc") -> bytes:
    """Packs files below one top folder, then further members as they are."""
    found = io.BytesIO()
    with tarfile.open(fileobj=found, mode="w:gz") as tar:
        for path, data in files.items():
            info = tarfile.TarInfo(f"{top}/{path}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size) if member.isreg() else None)
    return found.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    """Makes a member of any kind."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = size
    info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    return info


def bomb(megabytes: int) -> bytes:
    """Packs one file of zeros, that size unpacked and a thousandth packed."""
    return packed({"big.md": b"\0" * (megabytes * 1024 * 1024)})


def long_header(megabytes: int) -> bytes:
    """Packs a member whose extended header alone has that size."""
    found = io.BytesIO()
    with tarfile.open(fileobj=found, mode="w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("top/a.md")
        info.pax_headers = {"comment": "x" * (megabytes * 1024 * 1024)}
        tar.addfile(info)
    return gzip.compress(found.getvalue(), 1)
