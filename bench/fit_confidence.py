"""Fits `confidence` in `app/weave/coefficients.json`: how likely the text answers at all.

    python -m bench.fit_confidence            prints cross-validated figures
    python -m bench.fit_confidence --write    also writes the file

A logistic regression with a ridge on the signs of `app.weave.confidence`, over the questions of
`dev`, `more` and `abstain`, the short ones of `short.json`, so that brevity alone is no reason to
decline, and, with less weight, questions about other packages: each package is asked some of
them, and has no answer. All figures leave one package out, and so does the limit that is
printed for `min_confidence`. Needs numpy.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from app.domain import Question
from app.knowledge.index import IndexedCorpus
from app.models.extract import Extract
from app.weave import relevance
from app.weave.answer import Composer
from app.weave.confidence import Signs
from bench.measures import area, limit_at
from bench.questions import load
from bench.shelf import corpora

FILE = Path(relevance.__file__).parent / "coefficients.json"
SHORT = Path(__file__).parent / "short.json"
SETS = ("dev", "more", "abstain")
RIDGE = 2.0
FOREIGN = 24
"""Questions about other packages that each package is asked."""
FOREIGN_WEIGHT = 0.35
REFUSED = 0.05
"""The share of answerable questions that may be refused."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question put to one package; `kind` is that of an unanswerable question, or empty."""

    package: str
    question: str
    part: str
    kind: str = ""

    @property
    def weight(self) -> float:
        """What it counts in the fit."""
        return FOREIGN_WEIGHT if self.part == "foreign" else 1.0


def questions() -> list[Asked]:
    """Lists all questions of the fit; the same every time."""
    every = []
    for name in SETS:
        part = load(name)
        every += [
            Asked(package=item.package, question=item.question, part=name)
            for item in part.answerable
        ]
        every += [
            Asked(package=item.package, question=item.question, part=name, kind=item.kind)
            for item in part.unanswerable
        ]
    about = [one for one in every if not one.kind]
    draw = random.Random(0)
    for package in sorted({one.package for one in every}):
        others = draw.sample([one for one in about if one.package != package], FOREIGN)
        every += [
            Asked(package=package, question=one.question, part="foreign", kind="other package")
            for one in others
        ]
    for package, groups in json.loads(SHORT.read_text("utf-8")).items():
        for group, kind in (("answered", ""), ("unanswered", "near")):
            every += [
                Asked(package=package, question=text, part="short", kind=kind)
                for text in groups[group]
            ]
    return every


def measure(asked: Sequence[Asked], shelf: dict[str, IndexedCorpus]) -> Floats:
    """Returns the signs of all questions, a row each."""
    composer = Composer(Extract())
    return np.array(
        [composer.signs(Question(text=one.question), corpus=shelf[one.package]) for one in asked]
    )


def balanced(asked: Sequence[Asked]) -> Floats:
    """Returns what each question counts, so that those with and without an answer count alike."""
    weights = np.array([one.weight for one in asked])
    answerable = np.array([not one.kind for one in asked])
    weights[~answerable] *= weights[answerable].sum() / weights[~answerable].sum()
    return weights


def fit(inputs: Floats, answerable: Floats, weights: Floats) -> Floats:
    """Returns a logistic regression's coefficients, bias last, by Newton's method."""
    mean, scale = inputs.mean(0), inputs.std(0) + 1e-9
    design = np.c_[(inputs - mean) / scale, np.ones(len(inputs))]
    ridge = np.r_[np.full(inputs.shape[1], RIDGE), 0.0]
    found = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (weights * (answerable - chance)) - ridge * found
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design
        found = found + np.linalg.solve(curve + np.diag(ridge), slope)
    plain = found[:-1] / scale
    return np.asarray(np.r_[plain, found[-1] - plain @ mean])


def left_out(asked: Sequence[Asked], inputs: Floats) -> Floats:
    """Returns each question's log-odds by a fit that has not seen its package."""
    packages = np.array([one.package for one in asked])
    answerable = np.array([float(not one.kind) for one in asked])
    weights = balanced(asked)
    scores = np.zeros(len(asked))
    for package in set(packages):
        rest = packages != package
        found = fit(inputs[rest], answerable[rest], weights[rest])
        scores[~rest] = inputs[~rest] @ found[:-1] + found[-1]
    return scores


def show(asked: Sequence[Asked], scores: Floats, console: Console) -> None:
    """Prints the area and the share declined of each kind, and the limit for that."""
    kinds = [one.kind if one.part != "short" else "short" for one in asked]
    groups = {
        kind: [float(score) for score, other in zip(scores, kinds, strict=True) if other == kind]
        for kind in dict.fromkeys(kinds)
    }
    yes = groups.pop("")
    limit = limit_at(yes, REFUSED)
    for kind, no in groups.items():
        if kind != "short":
            share = sum(score < limit for score in no) / len(no)
            console.print(
                f"left out, {kind} ({len(no)}): area {area(yes, no):.3f}, declined {share:.2f}"
            )
    console.print(f"limit at {REFUSED:.0%} refused: {relevance.probability(limit):.3f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fits, prints cross-validated figures, and writes the file if told to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write coefficients.json")
    write = parser.parse_args(arguments).write
    console = Console()
    asked = questions()
    with tempfile.TemporaryDirectory() as folder:
        packages = {name: one for each in SETS for name, one in load(each).packages.items()}
        inputs = measure(asked, corpora(packages, Path(folder)))
    show(asked, left_out(asked, inputs), console)
    answerable = np.array([float(not one.kind) for one in asked])
    found = fit(inputs, answerable, balanced(asked))
    names = (*Signs._fields, "bias")
    model = {name: round(float(value), 3) for name, value in zip(names, found, strict=True)}
    console.print(model)
    if write:
        kept = json.loads(FILE.read_text("utf-8"))
        FILE.write_text(json.dumps({**kept, "confidence": model}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
