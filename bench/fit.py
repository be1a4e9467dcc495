"""Fits the ranking of sentences: `sentence` in `app/weave/coefficients.json`, on `dev` and `more`.

    python -m bench.fit            prints cross-validated figures
    python -m bench.fit --write    also writes the file

A hundred and forty questions are few, so the sentence model (a softmax over all sentences
found for a question, likelihood of the right ones) starts from a prior set by hand and is
held to it; the strength of the hold was chosen by leaving one package out. After it,
`python -m bench.fit_confidence --write`, for confidence builds on the ranking. Needs numpy.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from app.domain import Question
from app.knowledge.index import IndexedCorpus
from app.weave import relevance
from app.weave.candidates import candidates
from app.weave.drafting import ComposerConfig
from app.weave.features import Features, features
from app.weave.question import take_apart
from bench.answers import has_passage, has_sentence
from bench.questions import load
from bench.shelf import corpora

FILE = Path(relevance.__file__).parent / "coefficients.json"
SETS = ("dev", "more")
HOLD = 0.67
"""How strongly a coefficient is held to its prior, for each question that there is."""

LOOSE_HOLD = 0.17
"""The same of features whose worth was not guessed beforehand."""

PRIOR = {
    "exact": 7.0,
    "kin": 7.0,
    "near": 5.0,
    "head": 4.5,
    "place": 1.0,
    "neighbours": 2.0,
    "passage": 1.0,
    "names": 0.5,
    "names_near": 0.0,
    "pairs": 1.0,
    "focus": 1.0,
    "density": 5.0,
    "retrieval": 4.0,
    "rank": 1.0,
    "cue": 0.8,
    "advice": 0.5,
    "item": 0.0,
    "code": -0.7,
    "signature": -1.5,
    "comment": -1.2,
    "string": -1.0,
    "short": -4.0,
    "long": 0.3,
    "opening": -0.3,
    "prose": 0.7,
    "internal": -0.7,
    "aside": -1.5,
    "states": 0.0,
    "label": 0.0,
    "amount": 0.0,
    "amount_near": 0.0,
    "hits": 0.0,
}
UNGUESSED = frozenset({"states", "label", "amount", "amount_near", "hits"})
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A question's sentences: features (n, f), right or not (n), source of each (n)."""

    package: str
    inputs: Floats
    right: NDArray[np.bool_]
    source: Sequence[int]
    right_sources: Sequence[bool]


def samples(shelf: dict[str, IndexedCorpus]) -> list[Sample]:
    """Measures every sentence found for each answerable question."""
    found = []
    for item in (item for name in SETS for item in load(name).answerable):
        corpus = shelf[item.package]
        asked = take_apart(Question(text=item.question), corpus.rarity)
        hits = corpus.search(item.question, ComposerConfig().retrieved)
        offered = candidates([hit.passage for hit in hits])
        if not offered:
            continue
        found.append(
            Sample(
                package=item.package,
                inputs=np.array(
                    [features(asked, c, hits[c.source].score / hits[0].score) for c in offered]
                ),
                right=np.array([has_sentence([c.text], item.answers) for c in offered]),
                source=[c.source for c in offered],
                right_sources=[has_passage([hit.passage], item.answers) for hit in hits],
            )
        )
    return found


def fit_sentences(data: Sequence[Sample], steps: int = 300) -> Floats:
    """Returns coefficients by Adam on the softmax likelihood, held to the prior."""
    usable = [sample for sample in data if sample.right.any()]
    scale = np.concatenate([sample.inputs for sample in usable]).std(0) + 1e-6
    prior = np.array([PRIOR[name] for name in Features._fields]) * scale
    hold = len(usable) * np.array(
        [LOOSE_HOLD if name in UNGUESSED else HOLD for name in Features._fields]
    )
    weights, first, second = prior.copy(), np.zeros_like(prior), np.zeros_like(prior)
    for step in range(1, steps + 1):
        slope = -hold * (weights - prior)
        for sample in usable:
            inputs = sample.inputs / scale
            chance = _softmax(inputs @ weights)
            right = chance * sample.right
            slope += inputs.T @ (right / (right.sum() + 1e-12) - chance)
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        rate = 0.05 if step <= steps / 2 else 0.02
        move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-6)
        weights = weights + rate * move
    return np.asarray(weights / scale)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def ranking(data: Sequence[Sample], weights: Floats) -> list[tuple[bool, bool, bool]]:
    """Returns for each question: right sentence first, among four, right passage among five."""
    found = []
    for sample in data:
        order = np.argsort(-(sample.inputs @ weights), kind="stable")
        listed = list(dict.fromkeys(sample.source[at] for at in order))[:5]
        found.append(
            (
                bool(sample.right[order[:1]].any()),
                bool(sample.right[order[:4]].any()),
                any(sample.right_sources[at] for at in listed),
            )
        )
    return found


def left_out(packages: Sequence[str], run: Callable[[NDArray[np.bool_]], None]) -> None:
    """Calls `run` once a package with the mask of what is not of that package."""
    for package in sorted(set(packages)):
        run(np.array([other != package for other in packages]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Fits, prints cross-validated figures, and writes the file if told to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write coefficients.json")
    write = parser.parse_args(arguments).write
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        shelf = corpora(
            {name: one for each in SETS for name, one in load(each).packages.items()}, Path(folder)
        )
        data = samples(shelf)
        found: list[tuple[bool, bool, bool]] = []

        def rank(kept: NDArray[np.bool_]) -> None:
            weights = fit_sentences([s for s, keep in zip(data, kept, strict=True) if keep])
            found.extend(
                ranking([s for s, keep in zip(data, kept, strict=True) if not keep], weights)
            )

        left_out([sample.package for sample in data], rank)
        shares = np.array(found).mean(0)
        console.print(
            f"left out: right sentence first {shares[0]:.2f}, among four {shares[1]:.2f}, "
            f"passage among five {shares[2]:.2f}"
        )
        weights = fit_sentences(data)
        sentence = {n: round(float(w), 3) for n, w in zip(Features._fields, weights, strict=True)}
        model = {**json.loads(FILE.read_text("utf-8")), "sentence": sentence}
        if write:
            FILE.write_text(json.dumps(model, indent=2) + "\n", "utf-8")
            relevance.coefficients.cache_clear()


if __name__ == "__main__":
    main()
