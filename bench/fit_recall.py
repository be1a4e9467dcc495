"""Fits what tells that two questions ask for the same (`app.weave.likeness.Signs`).

    python -m bench.fit_recall          # prints the coefficients, in about two minutes
    python -m bench.fit_recall --write  # and puts them into app/weave/coefficients.json

A logistic regression over the signs. It learns from the corrections of the half `dev` and from the
questions of `bench/questions/other_words.json`: whichever of its wordings a question is remembered
by, the others are what it is to reach, and the other questions of its package what it is not to;
those that are near it by their words are left out, for they may go either way. Besides is printed,
by leaving one package out at a time, how many paraphrases are reached where so many others are
touched. Needs numpy.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from app.domain import Memory, Question
from app.models.extract import Extract
from app.ports.knowledge import Corpus
from app.weave.answer import Composer
from app.weave.likeness import LOOKED_UP, NAMES, Signs, together
from app.weave.question import take_apart
from app.weave.recall import signs
from bench.memory import Asking
from bench.questions import load
from bench.questions.memories import Correction, corrections
from bench.questions.reworded import reworded
from bench.shelf import corpora

COEFFICIENTS = Path(__file__).parents[1] / "app" / "weave" / "coefficients.json"
RIDGE = 20.0
SOME = 4
"""Of the questions that it is not to reach, one in so many is taken for the other wordings."""
TOUCHED = (0.01, 0.02, 0.025, 0.03, 0.05)

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A remembered question and a new one, with `same` where they ask for the same.

    `plain` tells that it is remembered as it was first asked.
    """

    package: str
    signs: Signs
    same: bool
    plain: bool


def pairs() -> list[Pair]:
    """Returns all pairs that are learned from."""
    known = corrections()
    packages = dict(known.packages)
    for name in ("dev", "more"):
        packages |= load(name).packages
    every = [one for one in known.corrections if one.half == "dev"] + reworded()
    found: list[Pair] = []
    with tempfile.TemporaryDirectory() as folder:
        shelf = corpora({one.package: packages[one.package] for one in every}, Path(folder))
        asking = Asking(Composer(Extract()), shelf)
        console = Console(stderr=True)
        for number, one in enumerate(track(every, "Pairing …", console=console), 1):
            others = sorted({*known.unrelated(one), *_others(one, every)} - {*one.near})
            found += _pairs(shelf[one.package], asking.learn(one, number), one, others)
    return found


def _others(one: Correction, every: Sequence[Correction]) -> Iterator[str]:
    """Yields the questions of the package that ask for something else, in all words."""
    for other in every:
        if other.package == one.package and other.id not in (one.id, *one.about):
            yield from (other.question, *other.paraphrases)


def _pairs(
    corpus: Corpus, memory: Memory, one: Correction, others: Sequence[str]
) -> Iterator[Pair]:
    wordings = (one.question, *one.paraphrases)
    for number, wording in enumerate(wordings):
        held = replace(memory, question=wording)
        some = others if not number else others[number % SOME :: SOME]
        asked = [(text, True) for text in wordings if text != wording]
        asked += [(text, False) for text in some if text not in wordings]
        for text, same in asked:
            yield Pair(
                package=one.package,
                signs=_signs(corpus, held, text),
                same=same,
                plain=not number,
            )


def _signs(corpus: Corpus, memory: Memory, text: str) -> Signs:
    now = take_apart(Question(text=text), corpus.rarity)
    then = take_apart(Question(text=memory.question), corpus.rarity)
    hits = [corpus.search(question.text, LOOKED_UP) for question in (now, then)]
    return replace(signs(now, then, memory, corpus.rarity), found=together(*hits))


def fit(rows: Floats, labels: Floats) -> Floats:
    """Returns the coefficients and, last, the bias: ridge on standardised features, by Newton."""
    mean, spread = rows.mean(0), rows.std(0)
    x = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    weights = np.zeros(x.shape[1])
    ridge = np.diag([RIDGE] * rows.shape[1] + [1e-6])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (p - labels) + ridge @ weights
        weights -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, slope)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ mean)


def left_out(rows: Floats, labels: Floats, packages: Sequence[str]) -> Floats:
    """Returns the log-odds of each pair by a fit to the other packages."""
    found = np.zeros(len(labels))
    for one in set(packages):
        here = np.array([other == one for other in packages])
        weights = fit(rows[~here], labels[~here])
        found[here] = rows[here] @ weights[:-1] + weights[-1]
    return found


def reached(odds: Floats, labels: Floats) -> Mapping[float, tuple[float, float]]:
    """Returns, by the share that is touched, the share reached and the chance that divides them."""
    wrong = np.sort(odds[labels == 0])[::-1]
    limits = {share: wrong[int(share * len(wrong))] for share in TOUCHED}
    return {
        share: (float((odds[labels == 1] > limit).mean()), float(1 / (1 + np.exp(-limit))))
        for share, limit in limits.items()
    }


def main() -> None:
    """Fits, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    known = pairs()
    rows = np.array([astuple(one.signs) for one in known])
    labels = np.array([float(one.same) for one in known])
    plain = np.array([one.plain for one in known])
    odds = left_out(rows, labels, [one.package for one in known])
    print(f"{len(known)} pairs, {int(labels.sum())} of the same; as first asked:")
    for share, (told, limit) in reached(odds[plain], labels[plain]).items():
        print(f"touched {share:.3f}: told {told:.3f}, limit {limit:.3f}")
    weights = fit(rows, labels)
    model = {
        name: round(float(value), 3) for name, value in zip((*NAMES, "bias"), weights, strict=True)
    }
    print(json.dumps(model))
    if options.write:
        coefficients = json.loads(COEFFICIENTS.read_text("utf-8"))
        coefficients["memory"] = model
        COEFFICIENTS.write_text(json.dumps(coefficients, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
