"""Pages of each step, made ahead in a process of their own, the same for the same seed."""

import itertools
import os
import random
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process

from transformers import PreTrainedTokenizerFast

from app.training.bobbin.encode import Encoded, encode, renamed
from app.training.bobbin.pages import Document
from app.training.bobbin.tasks import CHECKED, page
from app.training.bobbin.tokenizer import own_tokens

AHEAD = 6
"""Steps whose pages are made before they are wanted."""
MANY = 0.35
"""Share of yes/no questions once answers are well repeated."""
RENAMED = 0.3
"""Share of pages in which rarer words stand for one another."""
NEAREST = 0.1
"""How far from their sentences the first questions are, as a share of how far they come."""
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
        easy: int = 0,
        unchecked: int = 0,
    ) -> None:
        """Keeps what pages are made of.

        Args:
            documents: what they are about.
            tokenizer: encodes them.
            seed: of all chance.
            rows: pages of a step.
            length: the most tokens of a page.
            easy: steps over which questions come to be as far from their sentences as people's.
            unchecked: steps before there are many yes/no questions.
        """
        self._documents = documents
        self._weights = list(
            itertools.accumulate(min(len(d.sentences), _LONGEST) for d in documents)
        )
        self._tokenizer = tokenizer
        self._seed = seed
        self._rows = rows
        self._length = length
        self._easy = easy
        self._protected = frozenset(own_tokens(tokenizer))
        self._unchecked = unchecked

    def pages(self, step: int) -> list[Encoded]:
        """Returns the pages of a step."""
        rng = random.Random(f"{self._seed}:{step}")
        reach = min(1.0, NEAREST + (1 - NEAREST) * step / self._easy) if self._easy else 1.0
        checks = CHECKED if step < self._unchecked else MANY
        found: list[Encoded] = []
        while len(found) < self._rows:
            chosen = rng.choices(self._documents, cum_weights=self._weights, k=1 + _OTHERS)
            try:
                made = page(rng, chosen[0], others=chosen[1:], reach=reach, checks=checks)
            except ValueError:
                continue  # Nothing can be asked about what this document says.
            one = encode(made, self._tokenizer, self._length)
            if one is not None and rng.random() < RENAMED:
                one = renamed(one, rng, self._protected, len(self._tokenizer))
            if one is not None:
                found.append(one)
        return found


_source: list[Source] = []


def _start(source: Source) -> None:
    _source.append(source)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """Ends this process with the one that trains, however that ended."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
