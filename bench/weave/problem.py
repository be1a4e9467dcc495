"""A problem of the bench: a hidden word, a sampler of pieces, an evaluator of texts."""

import math
import operator
import statistics
from functools import cached_property

from app.domain import Piece
from bench.weave.dice import Dice

LETTERS = 8
"""Letters of a piece."""
END = "."
"""Ends the text of a finished answer, so that an evaluator can see it."""
PLAIN = 100
"""Plain samples that the zero of the scale is the mean of."""


class Problem:
    """Pieces of 8 letters towards a hidden word; no look at it changes it.

    The sampler draws letters evenly and ends an answer at the word's length, 6 to 9 pieces. The
    evaluator shows the log-odds of the share of the word's letters that are right; what is not
    written yet counts as wrong. Both know only what is asked: the text, and how many times the
    same was asked before.

    `longest` is the word's length in pieces. `number` seeds the problem, and the searches on it.
    """

    kind = "additive"
    variant = ""

    def __init__(self, number: int, *, alphabet: int = 4, sizes: tuple[int, int] = (6, 9)) -> None:
        self.number = number
        self.dice = Dice(f"{self.kind} {alphabet} {sizes} {number}")
        self.alphabet = "abcdefghijklmnopqrstuvwxyz"[:alphabet]
        least, most = sizes
        self.longest = least + int(self.dice.throw("length")[0] * (most - least + 1))
        self.pieces = [self.letters(f"word {place}") for place in range(self.longest)]
        self.word = "".join(self.pieces)

    def letters(self, about: str) -> str:
        """Returns a piece of evenly drawn letters."""
        size = len(self.alphabet)
        return "".join([self.alphabet[int(u * size)] for u in self.dice.throw(about)[:LETTERS]])

    def draw(self, text: str, again: int) -> Piece | None:
        """Returns the piece number `again` (from 0) that follows a text, None after its end."""
        if text.endswith(END):
            return None
        return self.piece(text, self.letters(f"piece {again} {text}"))

    def piece(self, text: str, letters: str, *, ends: bool = False) -> Piece:
        """Makes a piece that ends where the word does, or because the sampler `ends` it."""
        ends = ends or len(text) + LETTERS >= len(self.word)
        return Piece(
            text=letters + END if ends else letters,
            finished=ends,
            logprob=-LETTERS * math.log(len(self.alphabet)),
        )

    def look(self, text: str, again: int) -> float:
        """Returns what the evaluator says to a text, asked for the time `again` (from 0)."""
        del again
        return self.log_odds(self.seen(text))

    def log_odds(self, share: float) -> float:
        """Returns the log-odds of a share of the word in [0, 1], finite at both ends."""
        right = share * len(self.word)
        return math.log((right + 0.5) / (len(self.word) - right + 0.5))

    def right(self, text: str) -> float:
        """Returns the share of the word's letters that a text has right."""
        right: int = sum(map(operator.eq, text, self.word))
        return right / len(self.word)

    def seen(self, text: str) -> float:
        """Returns the share in [0, 1] that the evaluator believes a text to be worth."""
        return self.truth(text)

    def truth(self, text: str) -> float:
        """Returns what a text is worth as an answer, in [0, 1]; 1 is the word itself."""
        return self.right(text)

    def sample(self, number: int) -> str:
        """Returns a plain answer, apart from what the searches draw."""
        text = ""
        while piece := self.draw(text, -1 - number):
            text += piece.text
        return text

    @cached_property
    def plain(self) -> float:
        """What one plain sample is worth on the mean."""
        return statistics.fmean(self.truth(self.sample(number)) for number in range(PLAIN))

    def quality(self, text: str) -> float:
        """Returns the worth of an answer where a plain sample's is 0 and the word's is 1."""
        return (self.truth(text) - self.plain) / (1 - self.plain)
