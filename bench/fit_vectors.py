"""Learns what stems mean (`app/weave/vectors.txt`) from a sentence model.

    python -m bench.fit_vectors FOLDER      # with all-MiniLM-L6-v2 in the folder; about 20 minutes

First lines of docstrings, sentences of comments and of packages' descriptions are read from what is
installed, but for the packages that answers are measured on. The model says how alike each two of
them are, and a direction and a weight are learned for each stem so that the weighted sums of a
sentence's stems are as alike. Only directions are kept. The model is sentence-transformers'
(Apache 2.0), which a package of the registry ships; it is nowhere needed but here.
"""

import argparse
import random
import re
from base64 import b85encode
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

from app.text.stem import stem
from app.text.thesaurus import thesaurus
from app.weave.likeness import DIMENSIONS
from bench.questions import SITE_PACKAGES, load
from bench.questions.memories import corrections

TARGET = Path(__file__).parents[1] / "app" / "weave" / "vectors.txt"
HEAD = """\
# What stems of developers' English mean, learned: 64 numbers from -127 to 127 for each, in base 85.
# Written by `python -m bench.fit_vectors`; not edited by hand.
"""
SENTENCES = 36_000
OF_A_PACKAGE = 1_500
LONGEST = 40
EPOCHS = 30
BATCH = 512
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+(?:n't)?|\d+")
_DOCSTRING = re.compile(r'"""\s*([A-Z][^\n"]{20,160}?[\w.)`])\s*(?:\n|""")')
_COMMENT = re.compile(r"^\s*# ([A-Z][^\n]{25,140}[.?])$", re.MULTILINE)
_SENTENCE = re.compile(r"[A-Z][\w ,'`.()/-]{24,158}[.?!]")

Floats = NDArray[np.float32]


def stems(text: str) -> list[str]:
    """Returns the stems of all words of a text, common ones included."""
    return [stem(word.lower()) for word in _WORD.findall(text)]


def sentences() -> list[str]:
    """Returns sentences of installed packages, those that answers are measured on left out."""
    measured = {*load("test").packages, *load("abstain_test").packages}
    measured |= {one.package for one in corrections().corrections if one.half == "held out"}
    left_out = tuple(name.lower().replace("-", "_") for name in measured)
    found: dict[str, set[str]] = {}
    for path in [*SITE_PACKAGES.rglob("*.py"), *SITE_PACKAGES.glob("*.dist-info/METADATA")]:
        package = path.relative_to(SITE_PACKAGES).parts[0].lower()
        if package.startswith(left_out) or "tests" in path.parts:
            continue
        text = path.read_text("utf-8", errors="ignore")
        patterns = (_SENTENCE,) if path.name == "METADATA" else (_DOCSTRING, _COMMENT)
        for pattern in patterns:
            found.setdefault(package.split("-")[0], set()).update(pattern.findall(text))
    draw = random.Random(0)
    every: set[str] = set()
    for texts in found.values():
        ordered = sorted(texts)
        draw.shuffle(ordered)
        every.update(ordered[:OF_A_PACKAGE])
    ordered = sorted(every)
    draw.shuffle(ordered)
    return ordered[:SENTENCES]


class Teacher:
    """The sentence model: means of its last states, of length 1."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModel.from_pretrained(folder).eval()

    def directions(self, texts: list[str]) -> torch.Tensor:
        """Returns a direction for each text, shape (texts, 384)."""
        found = []
        for at in range(0, len(texts), 128):
            batch = self._tokenizer(
                texts[at : at + 128],
                padding=True,
                truncation=True,
                max_length=96,
                return_tensors="pt",
            )
            with torch.no_grad():
                states = self._model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None]
            mean = (states * mask).sum(1) / mask.sum(1)
            found.append(torch.nn.functional.normalize(mean, dim=1))
        return torch.cat(found)


def learn(texts: list[str], teacher: Teacher) -> tuple[list[str], Floats]:
    """Returns stems and what they mean, one row each."""
    split = [stems(text) for text in texts]
    counts = Counter(word for words in split for word in set(words))
    vocabulary = [word for word, count in counts.most_common() if count > 2]
    known = {
        part for word, kin in thesaurus().items() for one in (word, *kin) for part in one.split("_")
    }
    vocabulary += sorted(word for word in known - set(vocabulary) if word.isalpha())
    places = {word: at for at, word in enumerate(vocabulary, 1)}
    alone = teacher.directions(vocabulary).numpy()
    centred = alone - alone.mean(0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:DIMENSIONS]
    begin = np.zeros((len(places) + 1, DIMENSIONS), np.float32)
    begin[1:] = centred @ axes.T
    rarity = [1e-3 / (1e-3 + counts[word] / len(texts)) + 1e-3 for word in vocabulary]
    vectors = torch.nn.Parameter(torch.from_numpy(begin))
    weights = torch.nn.Parameter(torch.tensor([0.0, *rarity]).clamp(min=1e-3).log())
    scale, shift = torch.nn.Parameter(torch.tensor(1.0)), torch.nn.Parameter(torch.tensor(0.0))
    optimiser = torch.optim.Adam(
        [{"params": [vectors], "lr": 3e-3}, {"params": [weights, scale, shift], "lr": 1e-2}]
    )
    wanted = teacher.directions(texts)
    rows = torch.zeros(len(texts), LONGEST, dtype=torch.long)
    for at, words in enumerate(split):
        found = [places[word] for word in words if word in places][:LONGEST]
        rows[at, : len(found)] = torch.tensor(found, dtype=torch.long)
    usable = torch.nonzero((rows > 0).sum(1) > 2).flatten()
    for epoch in range(EPOCHS):
        order = usable[torch.randperm(len(usable))]
        for at in range(0, len(order) - BATCH, BATCH):
            batch = order[at : at + BATCH]
            words = rows[batch].clone()
            if epoch % 2:
                words[torch.rand(words.shape) < 0.15] = 0
            weight = torch.exp(weights)[words] * (words > 0)
            summed = (vectors[words] * weight[..., None]).sum(1)
            said = torch.nn.functional.normalize(summed, dim=1)
            target = wanted[batch] @ wanted[batch].T
            # Most sentences have nothing in common; those that do are what is to be learned.
            loss = ((scale * said @ said.T + shift - target) ** 2 * (1 + 8 * (target > 0.3))).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return vocabulary, vectors.detach().numpy()[1:]


def lines(vocabulary: list[str], vectors: Floats) -> list[str]:
    """Returns the lines of the file."""
    whole = np.round(vectors / np.abs(vectors).max(1, keepdims=True) * 127).astype(np.int8)
    packed = zip(vocabulary, whole, strict=True)
    return sorted(
        f"{word} {b85encode(row.tobytes()).decode()}\n"
        for word, row in packed
        if re.fullmatch(r"[a-z]{2,24}", word)
    )


def main() -> None:
    """Learns and writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a folder with the sentence model")
    options = parser.parse_args()
    torch.manual_seed(0)
    vocabulary, vectors = learn(sentences(), Teacher(options.folder))
    TARGET.write_text(HEAD + "".join(lines(vocabulary, vectors)), "utf-8")


if __name__ == "__main__":
    main()
