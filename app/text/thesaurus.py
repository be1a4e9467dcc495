"""Related words: what else a question's word may be called in the text that answers it."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from app.text.stem import stem
from app.text.words import STOP_WORDS


def read(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    """Reads a thesaurus: on each line the first word is related to the others, both ways.

    A turn of speech, its words joined by `_`, is related to the others one way only.

    Returns the related stems of each stem; blank lines and those from `#` on are comments.
    """
    related: dict[str, set[str]] = {}
    for line in lines:
        words = [
            "_".join(stem(part) for part in word.split("_"))
            for word in line.partition("#")[0].split()
            if word not in STOP_WORDS
        ]
        for word in words[1:]:
            if word != words[0]:
                related.setdefault(words[0], set()).add(word)
                if "_" not in words[0]:
                    related.setdefault(word, set()).add(words[0])
    return {word: frozenset(others) for word, others in related.items()}


@cache
def thesaurus() -> Mapping[str, frozenset[str]]:
    """Returns the thesaurus of developers' vocabulary that lies beside this module."""
    path = Path(__file__).parent / "thesaurus.txt"
    return read(path.read_text("utf-8").splitlines())


def related(word: str) -> frozenset[str]:
    """Returns the stems that stand for nearly the same as a stem; it is not among them."""
    return thesaurus().get(word, frozenset())
