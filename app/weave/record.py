"""What a search looked at, as values that are kept: the best of its tree, within bounds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain import Branch, WholeText
from app.weave.tree import Node

WORDLESS = "It has no words."
SAID_BEFORE = "It has a sentence that was not good enough before."
LONGEST = 2000
"""Characters of one text that are kept; pieces are far shorter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What was thought of one text: the parts of its score by name, what each principle says,
    and in words why it was out of question, if it was."""

    parts: Mapping[str, float] = field(default_factory=dict)
    opinions: Sequence[float] = ()
    ruled_out: str = ""


def unsaid(text: str) -> WholeText | None:
    """Says nothing of any text."""
    del text
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Trail:
    """A search that came to its end: its tree, the text that it chose, and what it thought.

    `principles` names what the opinions of `look` are about. `say` makes a whole text of one of
    the tree, None where it could not be said; `whole` tells that those could be said, too, that
    nobody ended.
    """

    root: Node
    chosen: str
    look: Callable[[str], Look]
    principles: Sequence[str] = ()
    say: Callable[[str], WholeText | None] = unsaid
    whole: bool = False

    def branches(self, *, nodes: int, characters: int) -> tuple[list[Branch], int]:
        """Returns the texts that are kept, each after the one that it continues, and how many
        are left out.

        The chosen text comes first, piece by piece, then the others by their score, each with
        what leads to it. None was chosen where even the best was out of question.

        Args:
            nodes: texts that are kept at most.
            characters: of all of them together at most.
        """
        every, parents = _listed(self.root)
        said = not self.look(self.chosen).ruled_out
        path = _path(every, parents, self.chosen) if said else set[int]()
        added = [_added(every, parents, at) for at in range(len(every))]
        kept = set[int]()
        for at in sorted(range(len(every)), key=lambda at: (at not in path, -_known(every[at]))):
            if len(kept) == nodes:
                break
            chain = _unkept(at, parents, kept, nodes)
            cost = sum(len(added[one]) for one in chain)
            if len(kept) + len(chain) <= nodes and cost <= characters:
                kept.update(chain)
                characters -= cost
        places = {at: place for place, at in enumerate(sorted(kept))}
        found = [
            self._branch(every[at], added[at], places.get(parents[at], -1), at in path)
            for at in sorted(kept)
        ]
        return found, len(every) - len(kept)

    def _branch(self, node: Node, added: str, parent: int, chosen: bool) -> Branch:
        look = self.look(node.text)
        sound = not look.ruled_out and math.isfinite(node.score)
        return Branch(
            parent=parent,
            text=added,
            score=round(node.score, 4) if sound else None,
            logprob=round(node.piece.logprob, 4) if node.piece else 0.0,
            finished=node.finished,
            chosen=chosen,
            parts={name: round(value, 4) for name, value in look.parts.items()},
            opinions=[round(value, 4) for value in look.opinions],
            ruled_out=look.ruled_out,
        )


def _listed(root: Node) -> tuple[list[Node], list[int]]:
    """Returns all texts below a root, each after its parent, and the places of their parents."""
    every: list[Node] = []
    parents: list[int] = []
    ahead = [(child, -1) for child in reversed(root.children)]
    while ahead:
        node, parent = ahead.pop()
        ahead += [(child, len(every)) for child in reversed(node.children)]
        every.append(node)
        parents.append(parent)
    return every, parents


def _path(every: Sequence[Node], parents: Sequence[int], chosen: str) -> set[int]:
    """Returns the places of the texts that lead to the chosen one, itself among them."""
    ends = [at for at, node in enumerate(every) if node.text == chosen]
    at = max(ends, key=lambda at: (every[at].finished, -at), default=-1)
    path = set[int]()
    while at >= 0:
        path.add(at)
        at = parents[at]
    return path


def _added(every: Sequence[Node], parents: Sequence[int], at: int) -> str:
    """Returns what a text adds to the one that it continues."""
    before = every[parents[at]].text if parents[at] >= 0 else ""
    return every[at].text.removeprefix(before)[:LONGEST]


def _unkept(at: int, parents: Sequence[int], kept: set[int], most: int) -> list[int]:
    """Returns a place with those that lead to it and are not kept, one too many at most."""
    chain: list[int] = []
    while at >= 0 and at not in kept and len(chain) <= most:
        chain.append(at)
        at = parents[at]
    return chain


def _known(node: Node) -> float:
    return node.score if math.isfinite(node.score) else -math.inf
