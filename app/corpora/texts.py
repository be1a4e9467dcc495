"""A repository's own texts, as what corpora are made from: its sentences and its paths."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from app.corpora.checks import files
from app.corpora.rows import Split
from app.errors import UserError
from app.layouts.numbered import flat
from app.ports.knowledge import Corpus
from app.text.quotable import units
from app.text.units import Form

SHORTEST, LONGEST = 25, 220
"""Characters of a sentence that is used."""
LEAST = 12
"""Sentences that each split must have."""
_TEST = 4
"""One file of so many is tested on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """Sentences on one line each, that name no file, by split; and the paths of the tree."""

    sentences: dict[Split, tuple[str, ...]]
    paths: tuple[str, ...]


def gather(corpus: Corpus) -> Texts:
    """Reads a repository's texts; each sentence once, in the order of paths.

    Raises:
        UserError: there are too few.
    """
    paths = sorted(corpus.paths)
    found: dict[Split, list[str]] = {"train": [], "test": []}
    seen: set[str] = set()
    for path in paths:
        for text in _sentences(corpus, path):
            if text not in seen:
                seen.add(text)
                found[split(path)].append(text)
    if min(map(len, found.values())) < LEAST or not any("." in path for path in paths):
        raise UserError(
            f"This folder has too little text: {len(seen)} sentences were found in its files, and "
            f"{LEAST} are needed to train on and {LEAST} in other files to test on."
        )
    return Texts(
        sentences={name: tuple(listed) for name, listed in found.items()}, paths=tuple(paths)
    )


def split(path: str) -> Split:
    """Returns the split of a file, which is a matter of its path alone."""
    digest = hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return "test" if int.from_bytes(digest, "big") % _TEST == 0 else "train"


def _sentences(corpus: Corpus, path: str) -> Sequence[str]:
    return [
        text
        for passage in corpus.passages(path)
        for unit in units(passage.text, path, passage.start_line)
        if unit.form is Form.SENTENCE
        and SHORTEST <= len(text := flat(unit.text)) <= LONGEST
        and not files(text)
        # Code, and rows of tables, which are no sentences by themselves.
        and "```" not in text
        and " | " not in text
    ]
