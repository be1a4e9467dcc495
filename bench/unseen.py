"""What an adapter does on questions that nobody taught, beside its base."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from peft import PeftModel

from app.layouts.numbered import read
from app.training.bobbin.evaluate import exact, limits
from app.training.bobbin.heldout import prompt
from app.training.bobbin.pages import Page
from app.training.bobbin.probe import Probe
from app.training.bobbin.shares import Share
from playground.simulation.rule import OPENING, follows

_ROOM = 24
"""Tokens that an answer may have beside the right one: its opening, and a slip."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """Shares of pages.

    `follows`: the answer begins as the rule wants. `kept`: of the pages where the base says
    sentences, it still says the same ones. `right`: it says the right one, word for word.
    """

    follows: Share
    kept: Share
    right: Share

    def figures(self) -> dict[str, dict[str, float]]:
        """Returns them as kept in the results."""
        return {
            "follows": self.follows.figures(),
            "kept": self.kept.figures(),
            "right": self.right.figures(),
        }


class Unseen:
    """Pages, and what the base says to them.

    Args:
        model: the base's folder.
        pages: of documents that nothing is taught of.
    """

    def __init__(self, model: Path, pages: Sequence[Page]) -> None:
        self._model = model
        self._pages = pages
        self._prompts = [prompt(page) for page in pages]
        probe = Probe.load(model)
        self._most = limits(probe, pages, more=_ROOM)
        self._base = probe.answers(self._prompts, self._most)

    def before(self) -> Shares:
        """Measures the base."""
        return compare(self._pages, self._base, self._base)

    def after(self, adapter: Path) -> Shares:
        """Measures an adapter in a folder."""
        plain = Probe.load(self._model)
        merged = PeftModel.from_pretrained(plain.model, str(adapter)).merge_and_unload()
        led = Probe(merged, plain.tokenizer)
        return compare(self._pages, self._base, led.answers(self._prompts, self._most))


def compare(pages: Sequence[Page], base: Sequence[str], led: Sequence[str]) -> Shares:
    """Compares answers of a model with an adapter with those of its base.

    Raises:
        ValueError: the base says no sentence of any page.
    """
    told = [
        (_sentences(before), _sentences(_bare(after)))
        for before, after in zip(base, led, strict=True)
    ]
    return Shares(
        follows=Share.of(map(follows, led)),
        kept=Share.of(before == after for before, after in told if before),
        right=Share.of(exact(_bare(text), page) for text, page in zip(led, pages, strict=True)),
    )


def _bare(said: str) -> str:
    """Takes the opening off an answer, once."""
    return said.removeprefix(f"{OPENING} ")


def _sentences(said: str) -> list[str]:
    return [line.text for line in read(said) or []]
