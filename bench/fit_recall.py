"""Fits what tells that two questions ask for the same, on the dev half of the corrections.

    python -m bench.fit_recall          # prints the coefficients
    python -m bench.fit_recall --write  # and puts them into app/weave/coefficients.json

A logistic regression over the three parts of `app.weave.likeness`. A correction's paraphrases are
what it is to reach, all other questions of its package what it is not to; those that are near it by
their words are left out, for they may go either way. Besides is printed, by leaving one correction
out at a time, how many paraphrases are reached where so many others are touched. Needs numpy.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain import Question
from app.models.extract import Extract
from app.weave.answer import Composer
from app.weave.likeness import LOOKED_UP, MOST_AHEAD, covered, parts, together
from app.weave.question import take_apart
from app.weave.recall import taught_words
from bench.memory import Asking
from bench.questions.memories import corrections
from bench.shelf import corpora

COEFFICIENTS = Path(__file__).parents[1] / "app" / "weave" / "coefficients.json"
NAMES = ("forth", "back", "same")
RIDGE = 5.0
TOUCHED = (0.01, 0.02, 0.03, 0.05)

Floats = NDArray[np.float64]


def pairs() -> tuple[Floats, Floats, list[str]]:
    """Returns the features of all pairs of question and correction, 1 or 0, and the correction."""
    known = corrections()
    chosen = [one for one in known.corrections if one.half == "dev"]
    rows: list[list[float]] = []
    labels: list[float] = []
    ids: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        shelf = corpora({one.package: known.packages[one.package] for one in chosen}, Path(folder))
        asking = Asking(Composer(Extract()), shelf)
        for number, one in enumerate(chosen, 1):
            corpus = shelf[one.package]
            memory = asking.learn(one, number)
            then = take_apart(Question(text=memory.question), corpus.rarity)
            before = corpus.search(then.text, LOOKED_UP)
            others = [text for text in known.unrelated(one) if text not in one.near]
            asked = [(text, 1.0) for text in one.paraphrases] + [(text, 0.0) for text in others]
            for text, label in asked:
                now = take_apart(Question(text=text), corpus.rarity)
                found = corpus.search(now.text, LOOKED_UP)
                back = covered(then, parts(now), corpus.rarity)
                forth = covered(now, parts(then) | taught_words(memory), corpus.rarity)
                rows.append([min(forth, MOST_AHEAD + back), back, together(found, before)])
                labels.append(label)
                ids.append(one.id)
    return np.array(rows), np.array(labels), ids


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


def left_out(rows: Floats, labels: Floats, ids: Sequence[str]) -> Floats:
    """Returns the log-odds of each pair by a fit to the other corrections."""
    found = np.zeros(len(labels))
    for one in set(ids):
        here = np.array([other == one for other in ids])
        weights = fit(rows[~here], labels[~here])
        found[here] = rows[here] @ weights[:-1] + weights[-1]
    return found


def main() -> None:
    """Fits, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows, labels, ids = pairs()
    odds = left_out(rows, labels, ids)
    wrong = np.sort(odds[labels == 0])[::-1]
    for share in TOUCHED:
        limit = wrong[int(share * len(wrong))]
        told = (odds[labels == 1] > limit).mean()
        print(f"touched {share:.2f}: told {told:.3f}, limit {1 / (1 + np.exp(-limit)):.3f}")
    weights = fit(rows, labels)
    model = {
        name: round(float(value), 3) for name, value in zip((*NAMES, "bias"), weights, strict=True)
    }
    print(json.dumps(model))
    if options.write:
        known = json.loads(COEFFICIENTS.read_text("utf-8"))
        known["memory"] = model
        COEFFICIENTS.write_text(json.dumps(known, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
