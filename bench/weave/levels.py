"""The baselines that go level by level: best-of-n, greedy, open greedy and beam.

All are told the length of the longest answer, so that they can share their budget well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.weave.meter import Meter, Terms

WIDTH = 4
"""Texts that the beam keeps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text seen, with its log-odds and its length in pieces."""

    text: str
    score: float
    depth: int
    finished: bool


START = Text(text="", score=float("-inf"), depth=0, finished=False)


def best(texts: Iterable[Text]) -> Text:
    """Returns the text with the highest log-odds, the first of equal ones; the start of none."""
    return max(texts, key=lambda text: text.score, default=START)


def children(meter: Meter, parents: Sequence[Text], counts: Sequence[int]) -> list[list[Text]]:
    """Continues texts in one call and scores what comes; copies are scored once."""
    drawn = meter.expand([parent.text for parent in parents], counts)
    families = [
        {parent.text + piece.text: piece.finished for piece in pieces}
        for parent, pieces in zip(parents, drawn, strict=True)
    ]
    texts = [text for family in families for text in family]
    scores = iter(meter.score(texts))
    return [
        [
            Text(text=text, score=next(scores), depth=parent.depth + 1, finished=finished)
            for text, finished in family.items()
        ]
        for parent, family in zip(parents, families, strict=True)
    ]


def best_of_n(meter: Meter, terms: Terms) -> str:
    """Samples as many whole answers as the budget allows and takes the best.

    What answers that ended early leave of the budget begins new ones. Where nothing was
    sampled, the answer is empty.
    """
    left = terms.budget
    ended: dict[str, None] = {}
    while left >= terms.longest or not ended:
        lanes = [""] * max(1, left // terms.longest)
        while lanes and left:
            lanes = lanes[:left]
            drawn = meter.expand(lanes, [1] * len(lanes))
            left -= len(lanes)
            grown = [
                (lane + piece.text, piece.finished)
                for lane, pieces in zip(lanes, drawn, strict=True)
                for piece in pieces
            ]
            ended.update({text: None for text, finished in grown if finished})
            lanes = [text for text, finished in grown if not finished]
        if not left:
            ended = ended or dict.fromkeys(lanes)
            break
    scores = meter.score(list(ended))
    return max(zip(scores, ended, strict=True), default=(0.0, ""))[1]


def greedy(meter: Meter, terms: Terms) -> str:
    """Goes on with the best of a level's pieces until that one ends the answer."""
    leader, left = START, terms.budget
    while left and not leader.finished:
        count = _share(left, terms.longest - leader.depth)
        left -= count
        leader = best(children(meter, [leader], [count])[0])
    return leader.text


def open_greedy(meter: Meter, terms: Terms) -> str:
    """Goes on with the best open piece of a level; the best of the ended answers wins.

    Where a level leaves nothing open, the best text that was left open before is next.
    """
    leader, left = START, terms.budget
    ended: list[Text] = []
    waiting: list[Text] = []
    while left:
        count = _share(left, terms.longest - leader.depth)
        left -= count
        seen = children(meter, [leader], [count])[0]
        ended += [text for text in seen if text.finished]
        fresh = [text for text in seen if not text.finished]
        waiting += fresh
        if not waiting:
            break
        leader = best(fresh or waiting)
        waiting.remove(leader)
    return best(ended or [*waiting, leader]).text


def beam(meter: Meter, terms: Terms) -> str:
    """Keeps the 4 best open texts of each level; the best of the ended answers wins.

    A level's share of the budget goes to its texts in equal parts, the better ones first.
    """
    kept, left = [START], terms.budget
    ended: list[Text] = []
    while left and kept:
        share = _share(left, terms.longest - kept[0].depth)
        each, more = divmod(share, len(kept))
        counts = [each + (place < more) for place in range(len(kept))]
        grown = [text for family in children(meter, kept, counts) for text in family]
        left -= share
        ended += [text for text in grown if text.finished]
        fresh = sorted((t for t in grown if not t.finished), key=lambda t: -t.score)
        if not fresh and not ended:
            break
        kept = fresh[:WIDTH]
    return best(ended or kept).text


def _share(left: int, levels: int) -> int:
    return -(-left // max(levels, 1))
