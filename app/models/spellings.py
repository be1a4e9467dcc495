"""The tokens that say yes or no, found in a model's own vocabulary."""

from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from app.errors import UserError
from app.models.remote.odds import NO, YES, spelled

_LONGEST = 12
"""Longer entries of a vocabulary are never one of the two words with spaces around."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spellings:
    """Tokens of each side; one side may have none."""

    yes: tuple[int, ...]
    no: tuple[int, ...]

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase) -> "Spellings":
        """Finds single tokens that are the words, in any case, with or without spaces and marks
        around them: `yes`, ` Yes`, `YES.`, `"No`.

        A side without one takes the first tokens of its spellings, unless the other side has
        a spelling that begins with the same.
        """
        single: dict[str, set[int]] = {YES: set(), NO: set()}
        for entry, token in tokenizer.get_vocab().items():
            if len(entry) <= _LONGEST and (YES in entry.lower() or NO in entry.lower()):
                text = tokenizer.decode([token])
                assert isinstance(text, str)
                word = spelled(text)
                if word in single:
                    single[word].add(token)
        first = {word: _first(tokenizer, word) for word in single}
        both = first[YES] & first[NO]
        found = {word: single[word] or first[word] - both for word in single}
        return cls(yes=tuple(sorted(found[YES])), no=tuple(sorted(found[NO])))

    def odds(self, logits: Tensor) -> list[float]:
        """Returns the log-odds, in nats, of yes against no for each row of logits.

        Where one side cannot be said, it is whatever is not the other.

        Raises:
            UserError: the vocabulary has neither.
        """
        if not self.yes and not self.no:
            raise UserError(
                "The model's vocabulary has no token that begins yes or no, so it cannot judge "
                "drafts. Set MODEL to another model."
            )
        sides = [
            logits[:, list(side)].logsumexp(-1) if side else None for side in (self.yes, self.no)
        ]
        yes, no = (
            _rest(logits, ids) if side is None else side
            for side, ids in zip(sides, (self.no, self.yes), strict=True)
        )
        found: list[float] = (yes - no).tolist()
        return found


def _rest(logits: Tensor, ids: tuple[int, ...]) -> Tensor:
    """Returns the log-sum-exp of all logits but those."""
    others = logits.clone()
    others[:, list(ids)] = -torch.inf
    return others.logsumexp(-1)


def _first(tokenizer: PreTrainedTokenizerBase, word: str) -> set[int]:
    """Returns the first tokens of a word's spellings, where they are of the word at all."""
    found = set()
    for spelling in (word, word.capitalize(), word.upper()):
        for text in (spelling, f" {spelling}"):
            ids = list(tokenizer.encode(text, add_special_tokens=False))
            said = tokenizer.decode(ids[:1]) if ids else ""
            assert isinstance(said, str)
            if said.strip() and word.startswith(said.strip().lower()):
                found.add(ids[0])
    return found
