"""Whole texts of searches: those that could be posted as they are, for a person to pick among.

The best few of a search mostly differ in their last sentence alone. So most of those that are
taken are the best of other beginnings, and only the rest are the next best.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain import Quote, WholeText
from app.layouts.remarks import without_remarks
from app.text.layout import without_citations
from app.weave.claims import Ungrounded
from app.weave.drafting import Attempt, Said
from app.weave.evaluator import BANNED
from app.weave.grounding import Grounding
from app.weave.marking import grounded
from app.weave.record import Trail
from app.weave.reply import compose
from app.weave.tree import Node

DRAFTS = 8
"""Whole texts of one ask that are kept at most."""
BEGINNINGS = 5
"""Those of them at most that are taken as the best of another beginning."""


def quoted(said: Sequence[Said], grounding: Grounding, ungrounded: Ungrounded) -> WholeText | None:
    """Returns quoted sentences as a whole text; None where nothing of them could be said.

    Args:
        said: the sentences, in the order in which they are posted.
        grounding: knows what exists.
        ungrounded: what becomes of what does not.
    """
    left = grounded(said, grounding, ungrounded)
    places = {one.passage: at for at, one in enumerate(dict.fromkeys(one for one, _ in left))}
    quotes = [Quote(text=text, source=places[one.passage], lead=one.lead) for one, text in left]
    return written(compose(quotes), [one for one, _ in left])


def written(text: str, said: Sequence[Said]) -> WholeText | None:
    """Returns a text, as it would be posted, as a whole text; None where it has no words.

    Args:
        text: Markdown, with the marks of its sources.
        said: its sentences with the passages that carry them.
    """
    words = without_remarks(without_citations(text))
    if not words:
        return None
    corrections = (one.passage for one in said if one.passage.memory_id is not None)
    taught = tuple(dict.fromkeys(one.url for one in corrections))
    return WholeText(text=words, score=0.0, taught=taught)


def drafts(
    attempts: Sequence[Attempt], *, most: int, characters: int
) -> tuple[list[WholeText], int]:
    """Returns the whole texts of some attempts that are kept, and how many others there were.

    What the attempts came to is taken first, that of the last one before all. Texts that say the
    same, whatever their spaces, are one.

    Args:
        attempts: of one ask, in their order.
        most: whole texts that are kept at most, and never more than `DRAFTS`.
        characters: of all of them together at most.

    Returns:
        The texts, the best score first; of the others it is not looked whether any say the same.
    """
    every = [(trail, node) for one in attempts if (trail := one.trail) for node in _sound(trail)]
    own = [one.trail.chosen for one in reversed(attempts) if one.said and one.trail]
    left = {node.text for _, node in every}
    found: dict[str, WholeText] = {}
    for trail, node in _ordered(every, own):
        if len(found) >= min(most, DRAFTS):
            break
        whole = trail.say(node.text)
        if whole is not None and len(whole.text) > characters:
            break
        left.discard(node.text)
        said = "" if whole is None else " ".join(whole.text.split())
        if whole is not None and said not in found:
            characters -= len(whole.text)
            found[said] = replace(whole, score=round(node.score, 4))
    return sorted(found.values(), key=lambda one: -one.score), len(left)


def _sound(trail: Trail) -> Iterator[Node]:
    """Yields the texts of a search that could be said, as far as their scores tell."""
    ahead = [trail.root]
    while ahead:
        node = ahead.pop()
        ahead += reversed(node.children)
        whole = trail.whole or node.finished or node.text == trail.chosen
        if whole and node.text and math.isfinite(node.score) and node.score > BANNED:
            yield node


def _ordered(
    every: Sequence[tuple[Trail, Node]], own: Sequence[str]
) -> Iterator[tuple[Trail, Node]]:
    """Yields texts in the order in which they are taken, some a second time."""
    for text in own:
        yield from (one for one in every if one[1].text == text)
    best = sorted(every, key=lambda one: -one[1].score)
    begun = {_beginning(node) for _, node in every if node.text in own}
    others = 0
    for trail, node in best:
        beginning = _beginning(node)
        if beginning not in begun and others < BEGINNINGS:
            begun.add(beginning)
            others += 1
            yield trail, node
    yield from best


def _beginning(node: Node) -> str:
    """Returns the first piece of a text."""
    while node.parent is not None and node.parent.text:
        node = node.parent
    return node.text
