"""From what a model says, or would say, next to log-odds of yes against no. No I/O."""

import math
from collections.abc import Iterable, Sequence

YES, NO = "yes", "no"
_AROUND = " \t\n\r\u2581\u0120\u010a\"'`*_.,:;!?()[]"
"""What may stand around the word in a token: spaces, as tokenizers spell them too, and marks."""


def spelled(token: str) -> str:
    """Returns a token, or the first word of a text, as it is compared with `YES` and `NO`."""
    words = token.strip(_AROUND).split(maxsplit=1)
    return words[0].strip(_AROUND).casefold() if words else ""


def log_odds(top: Iterable[tuple[str, float]]) -> float:
    """Returns the log-odds, in nats, from a part of the next token's distribution.

    All spellings of a word count together. A word that is missing has at most the smallest
    probability that is given, and at most what all given ones leave over: it is taken to have
    the lesser of the two. Where both are missing nothing is known, and the odds are even.

    Args:
        top: texts of tokens with their log-probabilities, the most probable among them.
    """
    given = list(top)
    yes = _sum(value for text, value in given if spelled(text) == YES)
    no = _sum(value for text, value in given if spelled(text) == NO)
    if yes is None and no is None:
        return 0.0
    bound = least(given)
    return (bound if yes is None else yes) - (bound if no is None else no)


def least(given: Sequence[tuple[str, float]]) -> float:
    """Returns the most that the log-probability of a token that is not given can be."""
    lowest = min(value for _, value in given)
    left = 1.0 - math.fsum(math.exp(value) for _, value in given)
    # Rounded probabilities may leave nothing over, or less.
    return min(lowest, math.log(left)) if left > 1e-9 else lowest


def counted(answers: Iterable[str]) -> float:
    """Returns the log-odds, in nats, from sampled answers, each smoothed by half an answer.

    What is neither yes nor no does not count.
    https://en.wikipedia.org/wiki/Jeffreys_prior
    """
    said = [spelled(answer) for answer in answers]
    return math.log((said.count(YES) + 0.5) / (said.count(NO) + 0.5))


def _sum(values: Iterable[float]) -> float | None:
    """Returns the logarithm of the sum of exponentials; None for nothing."""
    listed = list(values)
    if not listed:
        return None
    most = max(listed)
    return most + math.log(math.fsum(math.exp(value - most) for value in listed))
