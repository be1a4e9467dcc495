"""Packages' documents as repositories: a gzipped tar of each, indexed like any other."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from app.knowledge.archive import Limits
from app.knowledge.index import IndexedCorpus
from app.knowledge.library import Library
from bench.questions import SITE_PACKAGES, Package, documents

COMMIT = "0" * 40


def archive(paths: Iterator[tuple[str, bytes]]) -> list[bytes]:
    """Packs (path, bytes) into a gzipped tar below one top folder, as GitHub does."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        for path, data in paths:
            member = tarfile.TarInfo(f"top/{path}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return [packed.getvalue()]


def corpora(packages: dict[str, Package], folder: Path) -> dict[str, IndexedCorpus]:
    """Indexes each package's documents as a repository of its own below `folder`."""
    library = Library(folder, Limits())
    return {
        name: library.build(
            number,
            COMMIT,
            archive((path, (SITE_PACKAGES / path).read_bytes()) for path in documents(package)),
        )
        for number, (name, package) in enumerate(sorted(packages.items()), 1)
    }
