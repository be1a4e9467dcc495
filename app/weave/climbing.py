"""Greedy choice among pieces that are listed, not sampled. No I/O.

Where all continuations of a text are known and cost nothing (the sentences of a page), there is
nothing to sample: level by level, the best open text is continued by every piece there is,
ended texts are set aside, and in the end the best of them wins. What samples uses `search`.
"""

import random
from collections.abc import Sequence

from app.domain import Piece
from app.weave.sampling import Expand, Score
from app.weave.search import SearchConfig, WeaveResult
from app.weave.tree import Node

_LEVELS = 8


def climb(prompt: object, *, expand: Expand, score: Score, config: SearchConfig) -> WeaveResult:
    """Chooses the continuation with the highest score; arguments and result are `weave`'s.

    Args:
        prompt: opaque; kept by the caller for the record.
        expand: for each continuation so far ("" at the root), that many sampled pieces; may
            give fewer, and none where nothing can follow.
        score: the log-odds of each continuation.
        config: the limits.

    Returns:
        The best finished text; where none was finished, the best open one. Its text is empty
        and its score minus infinity where the back end gave no piece at all.

    Raises:
        ValueError: the budget is below 1, or a back end or scorer answers in the wrong shape.
    """
    del prompt
    if config.budget < 1 or (config.max_pieces is not None and config.max_pieces < 1):
        raise ValueError("a search needs a budget and length of at least one piece")
    return _Search(expand, score, config).run()


class _Search:
    def __init__(self, expand: Expand, score: Score, config: SearchConfig) -> None:
        self._expand = expand
        self._score = score
        self._config = config
        self._random = random.Random(config.seed)
        self._root = Node(text="")
        self._pieces = 0
        self._known: dict[str, float] = {}
        self._open: list[tuple[float, float, Node]] = []
        self._done: list[tuple[float, float, Node]] = []
        self._seen: list[tuple[float, float, Node]] = []

    def run(self) -> WeaveResult:
        leader: Node | None = self._root
        while leader is not None and self._pieces < self._config.budget:
            children = self._grow(leader)
            leader = self._next(children)
        best = max(self._done or self._seen, key=lambda entry: entry[:2], default=None)
        node = best[2] if best else self._root
        return WeaveResult(
            text=node.text,
            score=node.score if best else float("-inf"),
            pieces=self._pieces,
            evaluations=len(self._known),
            root=self._root,
        )

    def _grow(self, leader: Node) -> list[Node]:
        """Continues a text by one level's share of the budget, in one batch."""
        left = self._config.budget - self._pieces
        levels = (self._config.max_pieces or max(_LEVELS, leader.depth + 2)) - leader.depth
        count = -(-left // max(levels, 1))
        batches = self._expand([leader.text], [count])
        if len(batches) != 1:
            raise ValueError(f"asked to continue one text, got {len(batches)} lists of pieces")
        pieces = list(batches[0])[:count]
        self._pieces += len(pieces)
        seen: dict[tuple[str, bool], Piece] = {}
        for piece in pieces:
            seen.setdefault((piece.text, piece.finished), piece)
        children = [
            Node(text=leader.text + piece.text, piece=piece, depth=leader.depth + 1, parent=leader)
            for piece in seen.values()
        ]
        self._measure(children)
        leader.children.extend(children)
        return children

    def _measure(self, nodes: Sequence[Node]) -> None:
        fresh = list(dict.fromkeys(n.text for n in nodes if n.text not in self._known))
        scores = self._score(fresh) if fresh else []
        if len(scores) != len(fresh):
            raise ValueError(f"asked to score {len(fresh)} texts, got {len(scores)} scores")
        self._known.update(zip(fresh, scores, strict=True))
        for node in nodes:
            node.score = self._known[node.text]
            longest = self._config.max_pieces
            ends = node.finished or (longest is not None and node.depth >= longest)
            entry = (node.score, self._random.random(), node)
            self._seen.append(entry)
            (self._done if ends else self._open).append(entry)

    def _next(self, children: Sequence[Node]) -> Node | None:
        """Returns the best open child; where none is open, the best text left open before."""
        new = {id(child) for child in children}
        own = [entry for entry in self._open if id(entry[2]) in new]
        best = max(own or self._open, key=lambda entry: entry[:2], default=None)
        if best is None:
            return None
        self._open = [entry for entry in self._open if entry[2] is not best[2]]
        return best[2]
