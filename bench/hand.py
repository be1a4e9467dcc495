"""Questions written by hand as pages of single sentences, for a model that reads such pages."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.layouts.numbered import flat
from app.text.quotable import units
from app.training.bobbin.heldout import Asked, by_hand
from app.training.bobbin.lexical import Overlap
from app.training.bobbin.pages import Page
from app.training.bobbin.phrasing import sentence
from bench.measures import says, words
from bench.questions import SITE_PACKAGES, Answer, Package, QuestionSet, documents

LONGEST = 300
"""Characters; where the unit that holds an answer has more, the answer stands alone."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A question as pages: the right sentence among others drawn, and among the hardest.

    `overlap` counts the words of the package that the question is about.
    """

    id: str
    asked: Asked
    overlap: Overlap
    drawn: Page
    hard: Page


def written(questions: QuestionSet, seed: int = 0) -> list[Written]:
    """Lays each answerable question out; the same seed gives the same pages."""
    found = []
    shelf = {name: _sentences(package) for name, package in questions.packages.items()}
    overlaps = {
        name: Overlap(text for texts in files.values() for text in texts)
        for name, files in shelf.items()
    }
    for item in questions.answerable:
        files, overlap = shelf[item.package], overlaps[item.package]
        asked = _asked(item.question, item.answers, files)
        found.append(
            Written(
                id=item.id,
                asked=asked,
                overlap=overlap,
                drawn=by_hand(asked, random.Random(f"{seed} {item.id}")),
                hard=by_hand(asked, random.Random(f"{seed} {item.id}"), overlap),
            )
        )
    return found


def _sentences(package: Package) -> dict[str, tuple[str, ...]]:
    """Returns the quotable sentences of each of a package's files."""
    return {
        path: tuple(
            filter(None, map(sentence, units((SITE_PACKAGES / path).read_text("utf-8"), path)))
        )
        for path in documents(package)
    }


def _asked(question: str, answers: Sequence[Answer], files: dict[str, tuple[str, ...]]) -> Asked:
    def others(texts: Sequence[str]) -> Iterator[str]:
        for text in texts:
            if not any(says(text, a.sentence) or says(a.sentence, text) for a in answers):
                yield text

    path = answers[0].path
    far = [text for other, texts in files.items() if other != path for text in texts]
    return Asked(
        question=question,
        answers=tuple(as_quoted(answer, files[answer.path]) for answer in answers),
        near=tuple(others(files[path])),
        # Only for a file with hardly any sentences; a look at some is enough.
        far=tuple(others(far[:50])),
    )


def as_quoted(answer: Answer, sentences: Sequence[str]) -> str:
    """Returns the sentence that holds an answer as the product would quote it, marks included."""
    holding = [text for text in sentences if says(text, answer.sentence) and len(text) <= LONGEST]
    if not holding:
        alone = units(answer.sentence, answer.path, said=True)
        return flat(" ".join(unit.text for unit in alone))
    length = len(words(answer.sentence))
    return min(holding, key=lambda text: abs(len(words(text)) - length))
