"""The text of repositories, searchable."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from app.domain import Facts, Hit, Passage


class Corpus(Protocol):
    """The text of one repository at one commit, searchable."""

    @property
    def commit(self) -> str: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def paths(self) -> frozenset[str]:
        """All file paths of the tree, indexed or not."""

    def knows(self, name: str) -> bool:
        """Tells whether an exact name stands anywhere in the text, whatever its case.

        Args:
            name: an identifier, a flag with its dashes, or a dotted name or path as one word.
        """

    def codes(self, name: str) -> bool:
        """Tells whether source code has a name as one word, its comments aside."""

    def passages(self, path: str) -> Sequence[Passage]:
        """Returns a file's passages in order; none where its text was not read."""

    def having(self, text: str, limit: int) -> Sequence[Passage]:
        """Returns passages that have every word of a text, common words aside, best first."""

    def search(self, text: str, limit: int) -> Sequence[Hit]: ...

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a stemmed word among the passages, at least 0."""


class Knowledge(Protocol):
    """Keeps a searchable corpus for each repository."""

    def corpus(self, repository_id: int, commit: str | None = None) -> Corpus | None:
        """Returns the newest corpus, or that of a commit; None where it is not there."""

    def build(
        self,
        repository_id: int,
        commit: str,
        archive: Iterable[bytes],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> Corpus:
        """Indexes a gzipped tar stream; an existing corpus of that commit and choice
        of paths is returned as is, and the archive is not read.

        Args:
            repository_id: GitHub's id of the repository.
            commit: the full hash of the archive's commit.
            archive: the gzipped tar as chunks of bytes.
            include: glob patterns of the paths to index; all where empty.
            exclude: glob patterns of paths to leave out.
        """
