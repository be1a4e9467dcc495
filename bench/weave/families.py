"""The nine families of problems, each of them with some variants.

A problem is known by its family and number; its variant is the number's turn. The families are
those of the issue of Weave; what a name leaves open is chosen in its docstring.
"""

import math
from collections.abc import Callable, Mapping
from itertools import accumulate

from app.domain import Piece
from bench.weave.problem import END, LETTERS, Problem

Family = Callable[[int], Problem]


class Additive(Problem):
    """Each letter counts for itself; of 4 letters (pieces differ much) or 26 (most are as bad)."""

    def __init__(self, number: int) -> None:
        self.variant, size = (("4 letters", 4), ("26 letters", 26))[number % 2]
        super().__init__(number, alphabet=size)


class Deceptive(Problem):
    """One piece in eight is a key: it looks half as good for some pieces and is then twice as good.

    An answer without the key in its place is worth half of its right letters. The key stands at
    the beginning and looks bad for 1 or 3 pieces ("early"), or in the middle, for 1 ("late"). A
    piece is a key where its letters' numbers have the same sum, modulo 8, as the word's piece
    there, so a key is as often right by letter as any other.
    """

    kind = "deceptive"
    KEYS = 8

    def __init__(self, number: int) -> None:
        turn = number % 3
        self.variant = ("early, 1 piece", "early, 3 pieces", "late, 1 piece")[turn]
        self.hidden = (1, 3, 1)[turn]
        super().__init__(number)
        self.place = self.longest // 2 if turn == 2 else 0

    def has_key(self, text: str) -> bool:
        """Says whether a text has the key; False as long as it does not reach its place."""
        start = self.place * LETTERS
        piece = text[start : start + LETTERS]
        return len(piece) == LETTERS and self._sum(piece) == self._sum(self.pieces[self.place])

    def _sum(self, piece: str) -> int:
        return sum(map(self.alphabet.index, piece)) % self.KEYS

    def truth(self, text: str) -> float:
        return self.right(text) * (1.0 if self.has_key(text) else 0.5)

    def seen(self, text: str) -> float:
        since = len(text) // LETTERS - self.place
        if self.has_key(text) and since <= self.hidden:
            return self.right(text) / 4
        return self.truth(text)


class Noisy(Problem):
    """The evaluator errs by a normal error of 0.2, the gap between good and fair siblings half-way.

    The error is drawn anew each time ("anew") or once for each text ("fixed"). Answers are judged
    by the truth.
    """

    kind = "noisy"
    ERROR = 0.2

    def __init__(self, number: int) -> None:
        self.variant = ("anew", "fixed")[number % 2]
        super().__init__(number)

    def look(self, text: str, again: int) -> float:
        error = self.dice.normal(f"error {again if self.variant == 'anew' else 0} {text}")
        return super().look(text, again) + self.ERROR * error


class Scaled(Problem):
    """Additive problems whose scores are multiplied by 0.05 or 20, or shifted by 7, or as they are.

    Four numbers running are the same problem, so a search that is not misled answers them alike.
    """

    CHANGES = (
        ("as it is", 1.0, 0.0),
        ("x 0.05", 0.05, 0.0),
        ("x 20", 20.0, 0.0),
        ("+ 7", 1.0, 7.0),
    )

    def __init__(self, number: int) -> None:
        self.variant, self.factor, self.shift = self.CHANGES[number % len(self.CHANGES)]
        super().__init__(number // len(self.CHANGES))

    def look(self, text: str, again: int) -> float:
        return super().look(text, again) * self.factor + self.shift


class EarlyEnd(Problem):
    """The sampler ends an answer after any piece with a chance of 0.35; what has ended looks good.

    The evaluator adds 1 to the log-odds of every ended text, about what one or two more good
    pieces would: among ended texts the order is right, against open ones it is not.
    """

    kind = "early end"
    CHANCE = 0.35
    BONUS = 1.0

    def draw(self, text: str, again: int) -> Piece | None:
        if text.endswith(END):
            return None
        ends = self.dice.throw(f"piece {again} {text}")[LETTERS] < self.CHANCE
        return self.piece(text, self.letters(f"piece {again} {text}"), ends=ends)

    def look(self, text: str, again: int) -> float:
        return super().look(text, again) + self.BONUS * text.endswith(END)


class Skewed(Problem):
    """A place has 12 pieces with chances as 1, 1/2, 1/3, ...; the word's piece is one of them.

    Half of the time its rank is drawn by these chances, so that the log-probability tells
    something of it, and half of the time evenly. The others have letters at random.
    """

    kind = "skewed"
    RANKS = 12

    def __init__(self, number: int) -> None:
        super().__init__(number)
        whole = sum(1 / rank for rank in range(1, self.RANKS + 1))
        self.chances = [1 / rank / whole for rank in range(1, self.RANKS + 1)]
        self._up_to = [*accumulate(self.chances[:-1]), 1.0]
        self.choices = [self._choices(place) for place in range(self.longest)]

    def _choices(self, place: int) -> list[str]:
        by_chance, number, *_ = self.dice.throw(f"rank {place}")
        rank = self._rank(number) if by_chance < 0.5 else int(number * self.RANKS)
        choices = [self.letters(f"choice {place} {other}") for other in range(self.RANKS)]
        choices[rank] = self.pieces[place]
        return choices

    def _rank(self, number: float) -> int:
        return next(rank for rank, up_to in enumerate(self._up_to) if number < up_to)

    def draw(self, text: str, again: int) -> Piece | None:
        if text.endswith(END):
            return None
        rank = self._rank(self.dice.throw(f"piece {again} {text}")[0])
        made = self.piece(text, self.choices[len(text) // LETTERS][rank])
        return Piece(text=made.text, finished=made.finished, logprob=math.log(self.chances[rank]))


class WholeOnly(Problem):
    """The evaluator says 0 to everything that has not ended."""

    kind = "whole only"

    def look(self, text: str, again: int) -> float:
        return super().look(text, again) if text.endswith(END) else 0.0


class Lengths(Problem):
    """Answers of 2 to 5, of 10 to 14 or of 18 to 24 pieces; a search is not told which."""

    kind = "lengths"

    def __init__(self, number: int) -> None:
        sizes = ((2, 5), (10, 14), (18, 24))[number % 3]
        self.variant = f"{sizes[0]} to {sizes[1]} pieces"
        super().__init__(number, sizes=sizes)


class Copies(Problem):
    """With a chance of 0.6 the sampler says again what it said after the same text before."""

    kind = "copies"
    CHANCE = 0.6

    def draw(self, text: str, again: int) -> Piece | None:
        while again > 0:
            copied, earlier, *_ = self.dice.throw(f"copy {again} {text}")
            if copied >= self.CHANCE:
                break
            again = int(earlier * again)
        return super().draw(text, again)


FAMILIES: Mapping[str, Family] = {
    "additive": Additive,
    "deceptive": Deceptive,
    "noisy": Noisy,
    "scaled": Scaled,
    "early end": EarlyEnd,
    "skewed": Skewed,
    "whole only": WholeOnly,
    "lengths": Lengths,
    "copies": Copies,
}
