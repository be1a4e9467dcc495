"""The bootstrapped set: questions whose labels an algorithm knows, over a repository's own texts.

Each page (three to five sentences, a list of files, a question) is asked about once by every
question, so that a model reads it once. Of each question's rows half are yes, whatever the
split; rows to train on and rows to test on are of different files. The same texts, seed and
number of rows give the same bytes.
"""

import random
from collections.abc import Iterator, Sequence

from app.corpora.answers import MAKERS, WORDS, Page
from app.corpora.checks import CHECKS, Known
from app.corpora.rows import Row, Split
from app.corpora.texts import Texts
from app.layouts.templates import fill, template
from app.training.bobbin.questions import ask

_LISTED = 8
_LONGEST_LIST = 260
"""Characters of the list of files, so that a page stays as long as bobbin's."""
_TRIES = 60


def make(texts: Texts, *, pages: int, seed: int) -> list[Row]:
    """Makes the set.

    Args:
        texts: of one repository.
        pages: how many; each gives one row a question. Every fourth is of texts to test on.
        seed: of all chance.
    """
    return [row for at in range(pages) for row in _page(texts, at, seed)]


def _page(texts: Texts, at: int, seed: int) -> Iterator[Row]:
    rng = random.Random(f"{seed}:{at}")
    # By pairs of pages, so that either split has as many of yes as of no.
    split: Split = "test" if at // 2 % 4 == 3 else "train"
    listing = _listing(rng, texts.paths)
    count = rng.randint(3, 5)
    chosen = rng.sample(texts.sentences[split], count + 4)
    listed = ", ".join(f"`{path}`" for path in listing)
    page = Page(
        sources=(*chosen[:count], f"The repository has these files: {listed}."),
        listed=tuple(listing),
        tree=frozenset(texts.paths),
        spare=chosen[count:],
        words=WORDS[(at // 2 + at // 8) % len(WORDS)],
    )
    asked = _asked(rng, page.said)
    for place, name in enumerate(CHECKS):
        label = (at + place) % 2 == 0
        answer = _answer(rng, name, page, label)
        question = fill(template(f"bootstrapped/{name}"), {"words": str(page.words)})
        yield Row(
            name=name,
            question=question.strip(),
            asked=asked,
            sources=page.sources,
            answer=answer,
            label=label,
            split=split,
        )


def _answer(rng: random.Random, name: str, page: Page, label: bool) -> str:
    """Makes an answer until the check says what is wanted; most makers need one try."""
    for _ in range(_TRIES):
        answer = MAKERS[name](rng, page, label)
        known = Known(
            answer=answer,
            sources=page.sources,
            paths=frozenset(page.listed),
            words=page.words,
        )
        if CHECKS[name](known) is label:
            return answer
    raise RuntimeError(f"no answer of {name} is {label}")


def _listing(rng: random.Random, paths: Sequence[str]) -> list[str]:
    """Draws paths of the tree that are written as file names."""
    named = [path for path in paths if "." in path.rpartition("/")[2][1:] and " " not in path]
    found: list[str] = []
    room = _LONGEST_LIST
    for path in rng.sample(named, min(len(named), 3 * _LISTED)):
        if len(path) + 4 <= room and len(found) < _LISTED:
            found.append(path)
            room -= len(path) + 4
    return sorted(found)


def _asked(rng: random.Random, sentences: Sequence[str]) -> str:
    """Returns a question that one of the sentences answers, as people put them."""
    for sentence in rng.sample(sentences, len(sentences)):
        made = ask(rng, sentence, distance=0.3, bare=True)
        if made is not None:
            return made.text
    return "What is this about?"
