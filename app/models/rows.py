"""What the ways of running a model share: prompts that were read, and rows that continue them.

A row's sequence is its stem's prompt, then tokens of its own. A stem's cache covers the prompt
without its last token, so that every row reads at least one token and gets logits from it;
what is kept of a row covers that token and all of its own but the last, as many as it has
tokens of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

Layers = tuple[tuple[Tensor, Tensor], ...]
"""Keys and values of each layer, [key-value heads, tokens, dimension] each."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Stem:
    """A prompt read under an adapter ("" for none); `cache` belongs to the way that read it."""

    adapter: str
    ids: tuple[int, ...]
    cache: object

    @property
    def length(self) -> int:
        """How many tokens the cache covers."""
        return len(self.ids) - 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Row:
    """One sequence of a batch: its stem, and the layers kept of its own tokens, if any."""

    stem: Stem
    kept: Layers = ()

    @property
    def length(self) -> int:
        """How many tokens `kept` covers."""
        return self.kept[0][0].shape[1] if self.kept else 0


class Batch(Protocol):
    """Rows that are read further together."""

    def feed(self, ids: Sequence[Sequence[int]], *, every: bool = False) -> Tensor:
        """Reads at least one more token in each row.

        Returns:
            The float32 logits after each row's last token, [rows, vocabulary]; where `every`
            is set those after each token, [rows, most tokens, vocabulary], aligned at the end.
        """

    def select(self, rows: Sequence[int]) -> None:
        """Goes on with these rows alone."""

    def kept(self, row: int, count: int) -> Layers:
        """Copies what was computed of the first `count` tokens after a row's stem; empty where
        this way of running cannot use it again."""


class Way(Protocol):
    """A way of running a model on rows."""

    @property
    def keeps(self) -> bool:
        """Whether the layers of a row's own tokens can be kept."""

    def stem(self, adapter: str, ids: Sequence[int]) -> Stem:
        """Reads a prompt."""

    def open(self, rows: Sequence[Row], room: int) -> Batch:
        """Opens a batch; its rows read at most `room` tokens. Rows of one stem stand together."""
