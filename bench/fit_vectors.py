"""Learns what stems mean (`app/weave/vectors.txt`) from the company that they keep.

    python -m bench.fit_vectors     # about a minute, 1 GB; needs what requirements.lock names

Read are docstrings, comments and descriptions of the packages in requirements.lock, but for those
that answers are measured on. Two stems mean nearly the same where the same stems stand beside
them: counts of neighbours become positive pointwise mutual information, with the contexts'
distribution smoothed, and its first singular vectors, weighted by the roots of their values, are
the directions (Levy, Goldberg and Dagan, https://aclanthology.org/Q15-1016/). The same packages
give the same directions, but for what rounds otherwise on another machine.
"""

import argparse
import re
from base64 import b85encode
from collections import Counter
from importlib import metadata
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.text.stem import stem
from app.text.words import STOP_WORDS
from app.weave.likeness import DIMENSIONS
from bench.questions import load
from bench.questions.memories import corrections

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "app" / "weave" / "vectors.txt"
HEAD = """\
# What stems of developers' English mean, learned: 64 numbers from -127 to 127 for each, in base 85.
# Written by `python -m bench.fit_vectors`; not edited by hand.
"""
LEAST = 15
"""Stems that stand in the text more rarely are neither learned nor counted."""
KEPT = 4_500
"""So many stems, the most common, get a line of the file."""
WINDOW = 2
"""How far neighbours stand at most; the nearest count 1, the farthest 1 / `WINDOW`."""
SMOOTHING = 0.75
WEIGHTING = 0.5
ROUNDS = 3
_SHORTEST = 20
_PROSE = 0.6
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+(?:n't)?")
_STEM = re.compile(r"[a-z]{2,24}")
_DOCSTRING = re.compile(r'"""(.*?)"""|\'\'\'(.*?)\'\'\'', re.DOTALL)
_COMMENT = re.compile(r"(?:^[ \t]*#[^\n]*\n)+", re.MULTILINE)
_HASHES = re.compile(r"^[ \t]*#+", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n")
_LOCKED = re.compile(r"^([\w.-]+)==", re.MULTILINE)

Floats = NDArray[np.float32]


def packages() -> list[str]:
    """Returns the packages to read: those of requirements.lock that nothing is measured on."""
    measured = {*load("test").packages, *load("abstain_test").packages}
    measured |= {one.package for one in corrections().corrections if one.half == "held out"}
    left_out = tuple(_plain(name) for name in measured)
    named = _LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8"))
    return [name for name in named if not _plain(name).startswith(left_out)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def paragraphs(package: str) -> list[str]:
    """Returns what an installed package says in English, each paragraph once.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    found: dict[str, None] = {}
    for file in sorted(metadata.distribution(package).files or [], key=str):
        if file.name != "METADATA" and (file.suffix != ".py" or "tests" in file.parts):
            continue
        text = file.locate().read_text("utf-8", errors="ignore")
        for said in _said(text, described=file.name == "METADATA"):
            for part in _BLANK.split(said):
                paragraph = " ".join(part.split())
                letters = sum(letter.isalpha() or letter == " " for letter in paragraph)
                if len(paragraph) > _SHORTEST and letters >= _PROSE * len(paragraph):
                    found[paragraph] = None
    return list(found)


def _said(text: str, *, described: bool) -> list[str]:
    """Returns the description of a METADATA file, or the docstrings and comments of a module."""
    if described:
        return [text.partition("\n\n")[2]]
    docstrings = [double or single for double, single in _DOCSTRING.findall(text)]
    return docstrings + [_HASHES.sub("", comment) for comment in _COMMENT.findall(text)]


def stems(text: str) -> list[str]:
    """Returns the stems of a text's words in order, names in code by their parts, but for common
    words."""
    words = (word.lower() for word in _WORD.findall(text))
    found = (stem(word) for word in words if word not in STOP_WORDS)
    return [one for one in found if _STEM.fullmatch(one)]


def neighbours(texts: list[list[str]], vocabulary: list[str]) -> Floats:
    """Returns how often each two stems stand near each other, shape (stems, stems)."""
    places = {word: at for at, word in enumerate(vocabulary)}
    # Marks between texts, so many that no window reaches over them.
    gap = [-1] * WINDOW
    row = np.array(
        [*chain.from_iterable([places[w] for w in text if w in places] + gap for text in texts)]
    )
    size = len(vocabulary)
    counts = np.zeros(size * size, np.float32)
    for distance in range(1, WINDOW + 1):
        left, right = row[:-distance], row[distance:]
        inside = (left >= 0) & (right >= 0)
        pairs = left[inside] * size + right[inside]
        near = np.bincount(pairs, minlength=size * size)
        counts += near.astype(np.float32) * np.float32((WINDOW + 1 - distance) / WINDOW)
    square = counts.reshape(size, size)
    return square + square.T


def information(counts: Floats) -> Floats:
    """Returns the positive pointwise mutual information of stems and contexts, same shape."""
    context = counts.sum(0) ** SMOOTHING
    expected = np.outer(counts.sum(1), context / context.sum())
    ratio = np.divide(counts, expected, out=np.zeros_like(counts), where=expected > 0)
    return np.log(np.maximum(ratio, 1.0))


def directions(matrix: Floats, dimensions: int = DIMENSIONS) -> Floats:
    """Returns the first left singular vectors times the roots of their values, one row each.

    Found by subspace iteration from a fixed draw (Halko, Martinsson and Tropp,
    https://arxiv.org/abs/0909.4061, algorithm 4.4).
    """
    draw = np.random.default_rng(0)
    width = min(dimensions + 16, len(matrix))
    basis = draw.standard_normal((len(matrix), width)).astype(np.float32)
    for _ in range(ROUNDS):
        basis = np.linalg.qr(matrix @ basis)[0]
        basis = np.linalg.qr(matrix.T @ basis)[0]
    left, values, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    weighted: Floats = left[:, :dimensions] * values[:dimensions] ** WEIGHTING
    return weighted


def learn(texts: list[list[str]]) -> tuple[list[str], Floats]:
    """Returns stems, the most common first, and what they mean, one row each."""
    counts = Counter(chain.from_iterable(texts))
    common = sorted(
        (word for word in counts if counts[word] >= LEAST), key=lambda w: (-counts[w], w)
    )
    return common, directions(information(neighbours(texts, common)))


def lines(vocabulary: list[str], vectors: Floats) -> list[str]:
    """Returns the lines of the file."""
    largest = np.maximum(np.abs(vectors).max(1, keepdims=True), 1e-9)
    whole = np.round(vectors / largest * 127).astype(np.int8)
    packed = zip(vocabulary, whole, strict=True)
    return sorted(f"{word} {b85encode(row.tobytes()).decode()}\n" for word, row in packed)


def main() -> None:
    """Learns and writes."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    texts = [stems(text) for name in packages() for text in paragraphs(name)]
    vocabulary, vectors = learn(texts)
    TARGET.write_text(HEAD + "".join(lines(vocabulary[:KEPT], vectors[:KEPT])), "utf-8")
    print(
        f"{sum(map(len, texts))} words, {len(vocabulary)} stems, {len(vocabulary[:KEPT])} written"
    )


if __name__ == "__main__":
    main()
