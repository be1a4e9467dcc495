"""How well sentences, and drafts made of them, answer a question."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from app.weave.candidates import Candidate
from app.weave.features import Features, features
from app.weave.question import Asked

LENGTH_COST = 0.15
REDUNDANT = 0.75


@cache
def coefficients(name: str) -> Mapping[str, float]:
    """Returns a fitted model's coefficients by feature, `bias` among them."""
    text = (Path(__file__).parent / "coefficients.json").read_text("utf-8")
    return {key: float(value) for key, value in json.loads(text)[name].items()}


def log_odds(values: Features) -> float:
    """Returns the log-odds that a sentence with these features answers the question."""
    model = coefficients("sentence")
    return model["bias"] + sum(
        model[name] * value for name, value in zip(values._fields, values, strict=True)
    )


def sentence_scores(
    asked: Asked, candidates: Sequence[Candidate], retrieval: Sequence[float]
) -> list[float]:
    """Returns each sentence's log-odds; `retrieval` is by source, as a share of the best."""
    return [
        log_odds(features(asked, candidate, retrieval[candidate.source]))
        for candidate in candidates
    ]


def draft_score(scores: Sequence[float], words: Sequence[frozenset[str]]) -> float:
    """Returns the log-odds that a draft of several sentences holds the answer.

    Each sentence answers with its own probability, less so as far as earlier ones have said
    the same; every sentence after the first has a price.

    Args:
        scores: the sentences' log-odds.
        words: their words.
    """
    missing = 1.0
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        chance = probability(scores[i])
        overlap = max(
            (
                len(words[i] & words[j]) / max(1, min(len(words[i]), len(words[j])))
                for j in range(len(scores))
                if (scores[j], -j) > (scores[i], -i)
            ),
            default=0.0,
        )
        missing *= 1 - chance * (1 - overlap if overlap > REDUNDANT else 1.0)
    return logit(1 - missing) - LENGTH_COST * (len(scores) - 1)


def probability(log_odds: float) -> float:
    """Returns the probability of log-odds, in (0, 1)."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def logit(probability: float) -> float:
    """Returns the log-odds of a probability, bounded to ±30."""
    bounded = min(max(probability, 1e-13), 1 - 1e-13)
    return math.log(bounded / (1 - bounded))
