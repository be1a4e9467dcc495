"""Words that turn around what follows: "not recommended" is another phrase than "recommended"."""

from collections.abc import Sequence

_NEGATIONS = frozenset({"cannot", "neither", "never", "no", "nor", "not", "without"})
_CONTRACTED = ("n't", "n’t")
_LINKS = frozenset({"a", "an", "any", "be", "been", "being", "have", "the", "to"})
_MOST_LINKS = 2
"""So many of these words may stand between: "not to be used"."""


def negates(token: str) -> bool:
    """Tells whether a lower-cased token turns around what follows."""
    return token in _NEGATIONS or token.endswith(_CONTRACTED)


def negation(tokens: Sequence[str], place: int) -> int | None:
    """Returns where the negation stands that turns around the token at a place, if any.

    Args:
        tokens: of one sentence, lower-cased.
        place: of the token, or the number of tokens for one that would follow.
    """
    for at in range(place - 1, max(-1, place - 2 - _MOST_LINKS), -1):
        if negates(tokens[at]):
            return at
        if tokens[at] not in _LINKS:
            return None
    return None
