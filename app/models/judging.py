"""Measures drafts: the odds of yes against no after a question, the probability of a whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from app.layouts.wording import Wording
from app.models.reader import Opened
from app.models.rows import Way
from app.models.spellings import Spellings

MOST_LOGITS = 1 << 27
"""Logits computed at once: 512 MiB of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A draft as an opened row, and the tokens that are measured or asked after it."""

    opened: Opened
    ids: tuple[int, ...]


class Judge:
    """Measures drafts with one model."""

    def __init__(self, way: Way, spellings: Spellings, wording: Wording, vocabulary: int) -> None:
        self._way = way
        self._vocabulary = vocabulary
        self._spellings = spellings
        self._wording = wording

    def odds(self, asked: Sequence[Asked]) -> list[float]:
        """Returns the log-odds, in nats, of yes against no as the next word; one batch."""
        feed = [(*one.opened.rest, *one.ids) for one in asked]
        batch = self._way.open([one.opened.row for one in asked], max(map(len, feed)))
        return self._spellings.odds(batch.feed(feed))

    def logprobs(self, asked: Sequence[Asked]) -> list[float]:
        """Returns the log-probability, in nats, of the tokens and then the end of the text.

        Where a model knows several ends, theirs are added up; where it knows none, the tokens
        alone count. One batch, unless the logits would be too many.
        """
        found: list[float] = []
        widest = max(len(one.ids) + len(one.opened.rest) for one in asked)
        step = max(1, MOST_LOGITS // (widest * self._vocabulary))
        for at in range(0, len(asked), step):
            found.extend(self._measured(asked[at : at + step]))
        return found

    def _measured(self, asked: Sequence[Asked]) -> list[float]:
        feed = [(*one.opened.rest, *one.ids) for one in asked]
        batch = self._way.open([one.opened.row for one in asked], max(map(len, feed)))
        every = batch.feed(feed, every=True)
        found = []
        for logits, one in zip(every, asked, strict=True):
            said = logits[-len(one.ids) - 1 :].log_softmax(-1)
            tokens = torch.tensor(one.ids, dtype=torch.long, device=said.device)
            total = said[:-1].gather(-1, tokens[:, None]).double().sum()
            ends = sorted(self._wording.ends)
            if ends:
                total = total + said[-1, ends].logsumexp(-1)
            found.append(float(total))
        return found
