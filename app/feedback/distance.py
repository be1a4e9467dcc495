"""How far apart two answers are, in tokens.

Where a pair differs in a few tokens only, the summed log-probabilities that plain DPO compares
share nearly all of their terms: it can push both texts down at once, or stay where it began.
Recipes want to know such pairs (Pal and others 2024, "Smaug", arXiv 2402.13228).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from app.feedback.tokens import blocks
from app.text.clean import clean

NEAR = 0.1
"""Pairs are near where at most this share of the longer text's tokens differs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Distance:
    """Tokens to insert, delete or replace (Levenshtein) to get from one text to the other, and
    that number divided by the tokens of the longer one, in [0, 1]."""

    tokens: int
    share: float

    @property
    def near(self) -> bool:
        """Whether the two texts are nearly the same."""
        return self.share <= NEAR


def distance(one: str, other: str) -> Distance:
    """Measures two Markdown texts in the tokens that edits are compared by.

    Layout is no token (`app.feedback.tokens`), so that a text that was only reflowed is 0 away.
    """
    left, right = _keys(one), _keys(other)
    tokens = Levenshtein.distance(left, right)
    return Distance(tokens=tokens, share=tokens / max(len(left), len(right), 1))


def _keys(text: str) -> Sequence[str]:
    return [token.key for block in blocks(clean(text)) for token in block.tokens]
