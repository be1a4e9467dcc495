"""What bobbin is trained on, as values: pages of sources with questions, answers and checks."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The sentences of one file or object of a package, in order.

    `package` is the distribution's name; documents are held out by package.
    """

    package: str
    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A word of a question and the word of a source that it was made from.

    `start` and `end` are characters of the question; `source` is an index from 0, and
    `source_start` and `source_end` are characters of that sentence.
    """

    start: int
    end: int
    source: int
    source_start: int
    source_end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A question and the sources that answer it, as indexes from 0 in the order to be said.

    No source: the answer is that they do not answer it. `lead` opens the answer's first line;
    it is given to the model, or, where it is `said`, learned as a part of the answer.
    """

    question: str
    gold: tuple[int, ...]
    links: tuple[Link, ...] = ()
    lead: str = ""
    said: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A yes/no question about an answer to a question, whose label an algorithm knows.

    The answer is given to the model, not learned.
    """

    asked: str
    answer: str
    question: str
    yes: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Sources, one sentence each, phrase hints, and what is asked about them in turn."""

    sources: tuple[str, ...]
    keep: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    turns: tuple[Turn | Check, ...]
