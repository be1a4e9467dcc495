"""What is measured of a model on pages whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.layouts.numbered import Line, flat, read, unknown
from app.training.bobbin.heldout import answer, checked, prompt, question
from app.training.bobbin.pages import Page
from app.training.bobbin.probe import Probe, restricted
from app.training.bobbin.shares import Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """How well questions are answered.

    `exact`: the likeliest answer's sentences are the right ones, word for word, and nothing
    more. `source`: its first number is that of a right source. `restricted`: so is that of the
    likeliest answer, token by token, that can only repeat one of the sources. `refused`: it says
    that there is no answer.
    """

    exact: Share
    source: Share
    restricted: Share
    refused: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a model made of one page."""

    page: Page
    said: str
    exact: bool
    source: bool
    restricted: bool

    @property
    def refused(self) -> bool:
        """Tells whether the model said that there is no answer."""
        return self.said.strip() == unknown()


def ask(probe: Probe, pages: Sequence[Page]) -> list[Outcome]:
    """Asks the last question of each page, which must have an answer.

    A lead that the page gives stands before the answer, not in it.
    """
    prompts = [prompt(page) for page in pages]
    said, scored = probe.both(
        prompts, limits(probe, pages), [_lines(page.sources) for page in pages]
    )
    found = []
    for page, text, told in zip(pages, said, scored, strict=True):
        gold = question(page).gold
        options = [[*probe.ids(line), probe.end] for line in _lines(page.sources)]
        lines = read(text) or []
        found.append(
            Outcome(
                page=page,
                said=text,
                exact=exact(text, page),
                source=bool(lines) and lines[0].number - 1 in gold,
                restricted=restricted(options, told) in gold,
            )
        )
    return found


def content(outcomes: Sequence[Outcome]) -> Content:
    """Counts outcomes."""
    return Content(
        exact=Share.of(outcome.exact for outcome in outcomes),
        source=Share.of(outcome.source for outcome in outcomes),
        restricted=Share.of(outcome.restricted for outcome in outcomes),
        refused=Share.of(outcome.refused for outcome in outcomes),
    )


def right(probe: Probe, pages: Sequence[Page]) -> Share:
    """Counts the likeliest answers that are exact: half the work of `ask`."""
    said = probe.answers([prompt(page) for page in pages], limits(probe, pages))
    return Share.of(exact(text, page) for text, page in zip(said, pages, strict=True))


def verdicts(probe: Probe, pages: Sequence[Page]) -> Share:
    """Counts the right verdicts on pages whose last turn is a check."""
    odds = probe.yes([prompt(page) for page in pages])
    return Share.of(
        (value > 0) == checked(page).yes for page, value in zip(pages, odds, strict=True)
    )


def refusals(probe: Probe, pages: Sequence[Page]) -> Share:
    """Counts the pages on which the model says that the sources do not answer."""
    said = probe.answers([prompt(page) for page in pages], limits(probe, pages))
    return Share.of(text.strip() == unknown() for text in said)


def limits(probe: Probe, pages: Sequence[Page], more: int = 8) -> list[int]:
    """Returns how many tokens of each answer are enough to know whether it is right."""
    return [len(probe.ids(answer(question(page), page.sources))) + more for page in pages]


def exact(said: str, page: Page) -> bool:
    """Tells whether an answer's sentences are the right ones, in order, and nothing more.

    A line with a lead of its own is not exact.
    """
    lines = read(said) or []
    right = [flat(page.sources[at]) for at in question(page).gold]
    return [line.text for line in lines] == right and not any(line.lead for line in lines)


def _lines(sources: Sequence[str]) -> list[str]:
    return [str(Line(number=at, text=flat(text))) for at, text in enumerate(sources, 1)]
