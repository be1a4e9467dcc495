"""What the page of one ask's attempts says: each with its reasons, and its search as a list.

A search tree is shown as lines. A line follows a text from piece to piece by what was chosen, or
else what scored best; beside each piece stand the others that were tried there, each the
beginning of a line of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain import Ask, AskTree, Branch, Course, Fault, Outcome, Reason, Reply, Tried
from app.flows.picking import Choice
from app.web.links import tried_path

DEEPEST = 8
"""Lines inside lines that are shown; deeper ones are counted."""
EXCERPT = 240
"""Characters of a piece that stand in its line; all of a longer one stands below."""

OUTCOMES = {
    Outcome.ANSWERED: "answered",
    Outcome.REFUSED: "no answer was good enough",
    Outcome.UNKNOWN: "not found in the text",
}
COURSES = {
    Course.FIRST: "",
    Course.TOLD: "Its prompt said what was wrong before.",
    Course.BANNED: "Its prompt has no place for reasons: it did without what was to blame.",
}
PARTS = {
    "sentences": "fit of its sentences",
    "phrases": "phrases people kept or struck out",
    "grounding": "what exists nowhere",
    "lead": "words that lead in",
}
"""The parts of scores in words, where their own name does not say enough."""
FAULTS = {
    Fault.PHRASE: "people struck out",
    Fault.NAME: "nothing has the name",
    Fault.PRINCIPLE: "by the model's own word not as asked:",
    Fault.UNHELPFUL: "said before, and of no help:",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A score as a bar that grows from the middle of a picture 100 wide, to the right above 0."""

    x: float
    width: float
    side: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A piece in its line. `lines` are the others that were tried in its place, `deeper` how
    many texts of those are not shown; `parts` and `opinions` are rows of a table."""

    branch: Branch
    excerpt: str
    bar: Bar | None
    why: str
    parts: Sequence[tuple[str, float]]
    opinions: Sequence[tuple[str, float]]
    lines: Sequence[Sequence["Step"]] = ()
    deeper: int = 0
    last: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An attempt as it is shown; `line` begins with what was chosen."""

    number: int
    tried: Tried
    course: str
    reasons: Sequence[tuple[str, Reason]]
    line: Sequence[Step]
    texts: int


def page(ask: Ask, tree: AskTree | None, reply: Reply | None, choice: Choice) -> dict[str, Any]:
    """Returns what the page says.

    Args:
        ask: the ask.
        tree: what was tried; None where only what was picked of it is kept.
        reply: what was posted, if that is known.
        choice: what may be picked.
    """
    tried = () if tree is None else tree.tried
    question = reply.question if reply else ""
    return {
        "ask": ask,
        "tree": tree,
        "place": tried_path(ask.repository_id, ask.comment_id, ask.command_key),
        "question": question if tree is None else tree.question,
        "reply": reply,
        "outcome": "" if tree is None else OUTCOMES[tree.outcome],
        "choice": choice,
        "attempts": [_shown(number, one) for number, one in enumerate(tried, 1)],
    }


def _shown(number: int, tried: Tried) -> Shown:
    return Shown(
        number=number,
        tried=tried,
        course=COURSES[tried.course],
        reasons=[(FAULTS[one.fault], one) for one in tried.reasons],
        line=_Lines(tried).all(),
        texts=len(tried.branches) + tried.left_out,
    )


@dataclass(kw_only=True, slots=True)
class _Kin:
    """What hangs on each text of a tree, by its place; -1 is the beginning."""

    children: Mapping[int, list[int]] = field(default_factory=dict)
    best: Sequence[float] = ()
    below: Sequence[int] = ()


class _Lines:
    """Makes lines of one attempt's tree."""

    def __init__(self, tried: Tried) -> None:
        self._tried = tried
        self._kin = _kin(tried.branches)
        scores = [abs(one.score) for one in tried.branches if one.score is not None]
        self._most = max(scores, default=0.0) or 1.0
        chosen = [one.score for one in tried.branches if one.chosen and one.score is not None]
        self._reached = chosen[-1] if chosen else None

    def all(self) -> list[Step]:
        """Returns the line of what was chosen."""
        return self._line(self._kin.children[-1], 0)

    def _line(self, choices: Sequence[int], depth: int) -> list[Step]:
        steps: list[Step] = []
        while choices:
            first, *others = self._ordered(choices)
            steps.append(self._step(first, others, depth))
            choices = self._kin.children[first]
        return steps

    def _ordered(self, places: Sequence[int]) -> list[int]:
        """Orders texts: what was chosen first, then by the best that came of each."""
        branches = self._tried.branches
        return sorted(places, key=lambda at: (not branches[at].chosen, -self._kin.best[at], at))

    def _step(self, at: int, others: Sequence[int], depth: int) -> Step:
        branch = self._tried.branches[at]
        deep = depth >= DEEPEST
        lines = [
            [self._step(one, (), depth + 1), *self._line(self._kin.children[one], depth + 1)]
            for one in ([] if deep else others)
        ]
        text = " ".join(branch.text.replace("\x1e", " ").split())
        return Step(
            branch=branch,
            excerpt=text if len(text) <= EXCERPT else text[:EXCERPT].rstrip() + " …",
            bar=None if branch.score is None else _bar(branch.score, self._most),
            why=self._why(at),
            parts=[(PARTS.get(name, name), value) for name, value in branch.parts.items()],
            opinions=list(zip(self._tried.principles, branch.opinions, strict=False)),
            lines=lines,
            deeper=sum(self._kin.below[one] for one in others) if deep else 0,
            last=branch.chosen and not self._goes_on(at),
        )

    def _goes_on(self, at: int) -> bool:
        branches = self._tried.branches
        return any(branches[child].chosen for child in self._kin.children[at])

    def _why(self, at: int) -> str:
        """Says why a text was not chosen; nothing of one that was."""
        branch, best = self._tried.branches[at], self._kin.best[at]
        if branch.ruled_out or branch.chosen:
            return branch.ruled_out
        if best == float("-inf") or not self._tried.text:
            return "Nothing of it could be said."
        if self._reached is None:
            return ""  # What was chosen had no room among what is kept.
        behind = self._reached - best
        if behind > 0:
            reached = f"{best:+.2f}".replace("-", "\N{MINUS SIGN}")
            return f"The best that came of it scores {reached}, {behind:.2f} less than the chosen."
        if not branch.finished and not self._kin.children[at]:
            return "It scores no less, but was not ended when the search was over."
        return "It scores no less; the search trusted its score less."


def _kin(branches: Sequence[Branch]) -> _Kin:
    children: dict[int, list[int]] = {at: [] for at in range(-1, len(branches))}
    for at, branch in enumerate(branches):
        children[branch.parent].append(at)
    best = [float("-inf") if one.score is None else one.score for one in branches]
    below = [1] * len(branches)
    # Each stands after the one that it continues.
    for at in range(len(branches) - 1, -1, -1):
        parent = branches[at].parent
        if parent >= 0:
            best[parent] = max(best[parent], best[at])
            below[parent] += below[at]
    return _Kin(children=children, best=best, below=below)


def _bar(score: float, most: float) -> Bar:
    width = round(50 * abs(score) / most, 1)
    if score < 0:
        return Bar(x=50 - width, width=width, side="below")
    return Bar(x=50, width=width, side="above")
