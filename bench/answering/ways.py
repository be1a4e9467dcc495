"""The other ways to search for an answer, with the product's model, page and scores.

Each samples from the model alone; what the product offers besides, such as the page's own
lines, is its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain import Piece
from bench.weave.levels import greedy
from bench.weave.meter import Terms
from bench.weave.minihf import minihf

Expand = Callable[[Sequence[str], Sequence[int]], Sequence[Sequence[Piece]]]
Score = Callable[[Sequence[str]], Sequence[float]]


@dataclass(kw_only=True, slots=True)
class Sampler:
    """Samples and scores for one answer; stands where the synthetic bench has its `Meter`.

    A text that the model ended is not continued, and what is asked for after it counts.
    """

    sample: Expand
    judge: Score
    pieces: int = 0
    scored: int = 0
    ended: set[str] = field(default_factory=set)

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        """Samples pieces after texts; none after an ended one."""
        self.pieces += sum(counts)
        going = [at for at, text in enumerate(prefixes) if text not in self.ended]
        found: list[list[Piece]] = [[] for _ in prefixes]
        if not going:
            return found
        sampled = self.sample([prefixes[at] for at in going], [counts[at] for at in going])
        for at, pieces in zip(going, sampled, strict=True):
            found[at] = list(pieces)
            self.ended.update(prefixes[at] + piece.text for piece in pieces if piece.finished)
        return found

    def score(self, texts: Sequence[str]) -> list[float]:
        """Returns the log-odds of texts, as the product sees them."""
        self.scored += len(texts)
        return list(self.judge(texts)) if texts else []


def single(sampler: Sampler, terms: Terms) -> str:
    """Samples one answer, and looks no further."""
    [text] = answers(sampler, 1, terms.longest) or [""]
    return text


def best_of_n(sampler: Sampler, terms: Terms) -> str:
    """Samples as many whole answers as the budget allows, all at once, and takes the best.

    What answers that ended early leave of the budget begins new ones.
    """
    found: dict[str, None] = {}
    left, length = terms.budget, terms.longest
    while left >= length or not found:
        before, lanes = sampler.pieces, max(1, left // length)
        sampled = answers(sampler, lanes, terms.longest)
        if not sampled:
            break
        found |= dict.fromkeys(sampled)
        spent = sampler.pieces - before
        left, length = left - spent, -(-spent // lanes)
    scores = sampler.score(list(found))
    return max(zip(scores, found, strict=True), default=(0.0, ""))[1]


def answers(sampler: Sampler, lanes: int, longest: int) -> list[str]:
    """Samples so many answers side by side, each to its end or to the most pieces it may have."""
    found: list[str] = []
    going = [""] * lanes
    for _ in range(longest):
        drawn = sampler.expand(going, [1] * len(going))
        grown = []
        for text, pieces in zip(going, drawn, strict=True):
            more = text + "".join(piece.text for piece in pieces)
            (grown if pieces and more not in sampler.ended else found).append(more)
        going = grown
        if not going:
            break
    return [text for text in [*found, *going] if text]


SINGLE = "single sample"
Way = Callable[[Sampler, Terms], str]
"""A way to an answer: returns its text."""

WAYS: Mapping[str, Way] = {
    "best-of-n": best_of_n,
    "greedy": greedy,  # type: ignore[dict-item]
    "minihf": minihf,  # type: ignore[dict-item]
}
"""Those that search, each within its budget of pieces."""
