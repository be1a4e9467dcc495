"""Fits the coefficients of `app/weave/coefficients.json` on the sets `dev` and `more`.

    python -m bench.fit            prints cross-validated figures
    python -m bench.fit --write    also writes the file

A hundred and forty questions are few, so the sentence model (a softmax over all sentences
found for a question, likelihood of the right ones) starts from a prior set by hand and is
held to it; the strength of the hold, and which signs of confidence are used, were chosen by
leaving one package out. The confidence model is a plain logistic regression; it also sees the short
questions of `short.json`, so that brevity alone is no reason to decline. Needs numpy.
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
from app.models.extract import Extract
from app.weave import relevance
from app.weave.answer import Composer, ComposerConfig
from app.weave.candidates import candidates
from app.weave.confidence import Signs
from app.weave.features import Features, features
from app.weave.question import take_apart
from bench.answers import has_passage, has_sentence
from bench.measures import area, declined
from bench.questions import load
from bench.shelf import corpora

FILE = Path(relevance.__file__).parent / "coefficients.json"
SHORT = Path(__file__).parent / "short.json"
SETS = ("dev", "more")
HOLD = 0.67
"""How strongly a coefficient is held to its prior, for each question that there is."""

LOOSE_HOLD = 0.17
"""The same of features whose worth was not guessed beforehand."""

RIDGE = 1.0
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


def fit_confidence(inputs: Floats, answerable: Floats) -> Floats:
    """Returns a logistic regression's coefficients, bias last, by Newton's method."""
    mean, scale = inputs.mean(0), inputs.std(0) + 1e-9
    design = np.c_[(inputs - mean) / scale, np.ones(len(inputs))]
    weights = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (answerable - chance) - RIDGE * np.r_[weights[:-1], 0]
        curve = (design * (chance * (1 - chance))[:, None]).T @ design
        weights = weights + np.linalg.solve(curve + RIDGE * np.eye(len(weights)), slope)
    plain = weights[:-1] / scale
    return np.r_[plain, weights[-1] - plain @ mean]


def measure_signs(shelf: dict[str, IndexedCorpus]) -> tuple[Floats, Floats, list[str]]:
    """Returns the signs of all questions' answers, whether answerable, and the package."""
    composer = Composer(Extract(), ComposerConfig(min_confidence=0.0))
    every: list[tuple[str, str, float]] = []
    for questions in (load(name) for name in SETS):
        every += [(item.package, item.question, 1.0) for item in questions.answerable]
        every += [(item.package, item.question, 0.0) for item in questions.unanswerable]
    for package, groups in json.loads(SHORT.read_text("utf-8")).items():
        every += [(package, text, 1.0) for text in groups["answered"]]
        every += [(package, text, 0.0) for text in groups["unanswered"]]
    signs = [
        composer.signs(Question(text=text), corpus=shelf[package]) for package, text, _ in every
    ]
    answerable = [label for *_, label in every]
    return np.array(signs), np.array(answerable), [package for package, *_ in every]


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
        inputs, answerable, packages = measure_signs(shelf)
        scores = np.zeros(len(answerable))

        def judge(kept: NDArray[np.bool_]) -> None:
            fitted = fit_confidence(inputs[kept], answerable[kept])
            scores[~kept] = inputs[~kept] @ fitted[:-1] + fitted[-1]

        left_out(packages, judge)
        parts, start = [], 0
        for name in SETS:
            size = len(load(name).answerable) + len(load(name).unanswerable)
            parts.append((name, slice(start, start + size)))
            start += size
        for name, part in (*parts, ("short", slice(start, None))):
            yes = scores[part][answerable[part] > 0].tolist()
            no = scores[part][answerable[part] == 0].tolist()
            console.print(
                f"left out, {name}: area {area(yes, no):.2f}, declined {declined(yes, no):.2f}"
            )
        fitted = fit_confidence(inputs, answerable)
        names = (*Signs._fields, "bias")
        model["confidence"] = {n: round(float(w), 3) for n, w in zip(names, fitted, strict=True)}
        if write:
            FILE.write_text(json.dumps(model, indent=2) + "\n", "utf-8")
        ordered = sorted((1 / (1 + np.exp(-(inputs @ fitted[:-1] + fitted[-1]))))[answerable > 0])
        for share in (0.05, 0.08, 0.1, 0.15):
            limit = ordered[int(share * len(ordered))]
            console.print(f"limit at {share:.0%} false refusals: {limit:.3f}")


if __name__ == "__main__":
    main()
