"""How well sentences, and drafts made of them, answer a question."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from app.weave.candidates import Candidate
from app.weave.features import Features, features
from app.weave.question import Asked

MATCHING = frozenset(
    {
        "exact",
        "kin",
        "near",
        "head",
        "place",
        "neighbours",
        "passage",
        "names",
        "names_near",
        "pairs",
        "focus",
        "density",
        "retrieval",
    }
)
"""The features that tell how well a sentence's words match, its form and the amount aside."""
LENGTH_COST = 0.02
REDUNDANT = 0.75
CERTAIN = 0.9
"""How often a sentence that is surely the right one satisfies; no draft is surer."""


@cache
def coefficients(name: str) -> Mapping[str, float]:
    """Returns a fitted model's coefficients by feature."""
    text = (Path(__file__).parent / "coefficients.json").read_text("utf-8")
    return {key: float(value) for key, value in json.loads(text)[name].items()}


def fit(values: Features) -> float:
    """Returns how well a sentence with these features fits, comparable within one question."""
    model = coefficients("sentence")
    return sum(model[name] * value for name, value in zip(values._fields, values, strict=True))


def match(values: Features) -> float:
    """Returns the part of the fit that the sentence's words make, in shares of the question."""
    model = coefficients("sentence")
    weighed = zip(values._fields, values, strict=True)
    return sum(model[name] * value for name, value in weighed if name in MATCHING)


def sentence_scores(
    asked: Asked, offered: Sequence[Candidate], retrieval: Sequence[float]
) -> list[float]:
    """Returns how well each sentence fits; `retrieval` is by source, as a share of the best."""
    return [fit(features(asked, candidate, retrieval[candidate.source])) for candidate in offered]


def log_odds(scores: Sequence[float]) -> list[float]:
    """Returns each sentence's log-odds of being the answer, given that one of them is."""
    if not scores:
        return []
    highest = max(scores)
    total = sum(math.exp(score - highest) for score in scores)
    return [logit(math.exp(score - highest) / total) for score in scores]


def draft_score(odds: Sequence[float], words: Sequence[frozenset[str]]) -> float:
    """Returns the log-odds that a draft of several sentences holds the answer.

    Each sentence answers with its own probability, less so where a better one has said the
    same; every sentence after the first has a price.

    Args:
        odds: the sentences' log-odds.
        words: their words.
    """
    missing = 1.0
    better: list[frozenset[str]] = []
    for at in sorted(range(len(odds)), key=lambda at: (-odds[at], at)):
        overlap = max(
            (len(words[at] & other) / max(1, min(len(words[at]), len(other))) for other in better),
            default=0.0,
        )
        fresh = 1 - overlap if overlap > REDUNDANT else 1.0
        missing *= 1 - probability(odds[at]) * fresh
        better.append(words[at])
    return logit(CERTAIN * (1 - missing)) - LENGTH_COST * (len(odds) - 1)


def probability(log_odds: float) -> float:
    """Returns the probability of log-odds, in (0, 1)."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def logit(probability: float) -> float:
    """Returns the log-odds of a probability, bounded to ±30."""
    bounded = min(max(probability, 1e-13), 1 - 1e-13)
    return math.log(bounded / (1 - bounded))
