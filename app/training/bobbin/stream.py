"""Pages of each step, made ahead in a process of their own, the same for the same seed."""

import itertools
import random
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from transformers import PreTrainedTokenizerFast

from app.training.bobbin.encode import Encoded, encode
from app.training.bobbin.pages import Document
from app.training.bobbin.tasks import page

AHEAD = 6
"""Steps whose pages are made before they are wanted."""
_OTHERS = 3
_LONGEST = 40
"""A longer document is chosen as often as one of this many sentences."""


class Source:
    """Makes the pages of each step from its number alone."""

    def __init__(
        self,
        documents: Sequence[Document],
        tokenizer: PreTrainedTokenizerFast,
        *,
        seed: int,
        rows: int,
        length: int,
    ) -> None:
        self._documents = documents
        self._weights = list(
            itertools.accumulate(min(len(d.sentences), _LONGEST) for d in documents)
        )
        self._tokenizer = tokenizer
        self._seed = seed
        self._rows = rows
        self._length = length

    def pages(self, step: int) -> list[Encoded]:
        """Returns the pages of a step."""
        rng = random.Random(f"{self._seed}:{step}")
        found: list[Encoded] = []
        while len(found) < self._rows:
            chosen = rng.choices(self._documents, cum_weights=self._weights, k=1 + _OTHERS)
            try:
                made = page(rng, chosen[0], others=chosen[1:])
            except ValueError:
                continue  # Nothing can be asked about what this document says.
            one = encode(made, self._tokenizer, self._length)
            if one is not None:
                found.append(one)
        return found


_source: list[Source] = []


def _start(source: Source) -> None:
    _source.append(source)


def _make(step: int) -> list[Encoded]:
    return _source[0].pages(step)


def stream(source: Source, first: int, last: int) -> Iterator[list[Encoded]]:
    """Yields the pages of steps `first` to `last` - 1, made ahead by another process."""
    waiting: deque[Future[list[Encoded]]] = deque()
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=_start, initargs=(source,)
    ) as pool:
        steps = iter(range(first, last))
        for step in itertools.islice(steps, AHEAD):
            waiting.append(pool.submit(_make, step))
        while waiting:
            made = waiting.popleft().result()
            for step in itertools.islice(steps, 1):
                waiting.append(pool.submit(_make, step))
            yield made


def here(source: Source, first: int, last: int) -> Iterator[list[Encoded]]:
    """Yields the same as `stream`, made in this process when they are wanted."""
    return (source.pages(step) for step in range(first, last))
