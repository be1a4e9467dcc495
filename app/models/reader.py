"""Reads prompts and drafts once, and opens rows that go on from there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import TransientError
from app.models.memory import Batches
from app.models.rows import Layers, Row, Stem, Way
from app.models.shelf import Shelf

Key = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A draft: its prompt's stem and the draft's own tokens."""

    stem: Stem
    own: tuple[int, ...]

    @property
    def key(self) -> Key:
        """What is the same for the same draft."""
        return id(self.stem), self.own


@dataclass(frozen=True, kw_only=True, slots=True)
class Tails:
    """Layers of drafts by their keys; `new` are those read just now, with their tokens."""

    layers: dict[Key, Layers] = field(default_factory=dict)
    new: dict[Key, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A row that is ready, and the tokens that it must read before anything new."""

    row: Row
    rest: tuple[int, ...]


class Reader:
    """A way of running the model, with what it has read before.

    Attributes:
        way: how the model runs.
        shelf: what is kept.
        batches: what fits into memory at once.
        computed: tokens of prompts read so far that had not been kept.
    """

    def __init__(self, way: Way, shelf: Shelf, batches: Batches) -> None:
        self.way = way
        self.shelf = shelf
        self.batches = batches
        self.computed = 0

    def stem(self, adapter: str, ids: tuple[int, ...]) -> Stem:
        """Returns a prompt's stem, read at most once while it is kept.

        Raises:
            TransientError: memory does not suffice.
        """
        known = self.shelf.stem(adapter, ids)
        if known is not None:
            return known
        made = self.batches.over([ids], lambda one: [self.way.stem(adapter, one[0])])[0]
        if isinstance(made, TransientError):
            raise made
        self.computed += made.length
        self.shelf.add(made)
        return made

    def tails(self, parts: Sequence[Part]) -> Tails:
        """Returns the layers of drafts, read in one go where they are not kept.

        What cannot be read or kept is left out: it is read again with what follows it.
        """
        tails = Tails()
        if not self.way.keeps:
            return tails
        missing: dict[Key, Part] = {}
        for part in parts:
            kept = self.shelf.tail(part.stem, part.own)
            if kept is not None:
                tails.layers[part.key] = kept
            elif part.own:
                missing[part.key] = part
        wanted = sorted(missing.values(), key=lambda part: (id(part.stem), len(part.own)))
        for part, layers in zip(wanted, self.batches.over(wanted, self._read), strict=True):
            if not isinstance(layers, TransientError):
                tails.layers[part.key] = layers
                tails.new[part.key] = len(part.own)
                self.shelf.keep(part.stem, part.own, layers)
        return tails

    def open(self, part: Part, tails: Tails) -> Opened:
        """Returns a draft as a row; at least its last token is left to read."""
        sequence = (part.stem.ids[-1], *part.own)
        row = Row(stem=part.stem, kept=tails.layers.get(part.key, ()))
        return Opened(row=row, rest=sequence[row.length :])

    def _read(self, parts: Sequence[Part]) -> list[Layers]:
        """Reads drafts without their last tokens, which come with what follows."""
        feed = [(part.stem.ids[-1], *part.own[:-1]) for part in parts]
        batch = self.way.open([Row(stem=part.stem) for part in parts], max(map(len, feed)))
        batch.feed(feed)
        return [batch.kept(at, len(part.own)) for at, part in enumerate(parts)]
