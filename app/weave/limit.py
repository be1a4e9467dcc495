"""Drafts under the limit: what counts against one, and new attempts that know of it.

A draft stands as high as its phrase score, less what a model's doubts cost. Under the limit it
is not said. The next attempt is told why, in its prompt where the model takes a free one, and
in any case has to do without the sentences that are to blame.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.domain import Course, Fault, Opinion, PhraseUse, Reason, Tried
from app.weave.drafting import Attempt, ComposerConfig, Draft
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore, total
from app.weave.record import Trail
from app.weave.whole import drafts

DOUBT = 2.0
"""Nats by which a principle may lean to no before that counts: models lean a little either way."""
REASONS = 8
"""Reasons of one kind that are told and kept, the worst first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """What an attempt goes by: why those before were not good enough, the last one's reasons
    first, and the sentences to do without. At first there is nothing."""

    reasons: Sequence[Reason] = ()
    banned: frozenset[str] = frozenset()


def until_liked(
    attempt: Callable[[Again], Attempt],
    *,
    phrases: PhraseScore,
    config: ComposerConfig,
    told: bool = False,
    start: Again | None = None,
) -> Draft:
    """Attempts a draft, anew with the reasons while it is under the limit.

    An attempt that came to nothing is made anew only where a reason can be named.

    Args:
        attempt: makes one.
        phrases: the dictionary's phrases.
        config: the limit, how often at most, and how much is kept of what was tried.
        told: whether an attempt puts the reasons into its prompt; else they are bans alone.
        start: what the first attempt goes by, where an answer was tried before.
    """
    made: list[tuple[Attempt, Tried]] = []
    again, course = start or Again(), Course.FIRST
    while True:
        found = attempt(again)
        tried = replace(
            _judged(found, phrases, config.min_score), course=course, banned=sorted(again.banned)
        )
        made.append((found, tried))
        under = not tried.accepted and bool(found.said or tried.reasons)
        if not under or len(made) > config.max_restarts:
            break
        again = Again(
            reasons=list(dict.fromkeys([*tried.reasons, *again.reasons])),
            banned=again.banned | _blamed(found.units, phrases),
        )
        course = Course.TOLD if told and again.reasons else Course.BANNED
    whole, more = drafts(
        [one for one, _ in made], most=config.tree_nodes, characters=config.tree_characters
    )
    return Draft(
        last=found,
        refused=under or (not found.said and len(made) > 1),
        restarts=len(made) - 1,
        pieces=sum(one.pieces for one, _ in made),
        evaluations=sum(one.evaluations for one, _ in made),
        declined=made[0][0].declined,
        tried=[_with_tree(one, found.trail, config, len(made)) for found, one in made],
        drafts=whole,
        more=more,
    )


def doubt(opinions: Sequence[Opinion]) -> float:
    """Returns what a model's doubts cost, at most 0: those of its worst opinion beyond `DOUBT`."""
    return min([0.0, *(one.score + DOUBT for one in opinions)])


def invented(text: str, grounding: Grounding) -> dict[str, float]:
    """Returns what a draft names that exists nowhere, with the log-odds that each costs it."""
    return {claim.text: grounding.lost(claim) for claim in grounding.ungrounded(text)}


def reasons_of(found: Attempt, uses: Sequence[PhraseUse]) -> list[Reason]:
    """Returns what counts against an attempt, the worst of each kind first.

    Args:
        found: the attempt.
        uses: the dictionary's phrases in it, liked ones too.
    """
    struck = sorted((one for one in uses if one.effect < 0), key=lambda one: one.effect)
    doubted = sorted((one for one in found.opinions if one.score < 0), key=lambda one: one.score)
    phrases = [Reason(fault=Fault.PHRASE, what=one.phrase, odds=one.effect) for one in struck]
    names = [
        Reason(fault=Fault.NAME, what=name, odds=cost)
        for name, cost in sorted(found.invented.items(), key=lambda one: one[1])
    ]
    principles = [
        Reason(fault=Fault.PRINCIPLE, what=one.asks or one.principle, odds=one.score)
        for one in doubted
    ]
    return [*phrases[:REASONS], *names[:REASONS], *principles[:REASONS]]


def _judged(found: Attempt, phrases: PhraseScore, least: float) -> Tried:
    uses = phrases.uses(found.words)
    standing = total(uses) + found.doubt if found.said else 0.0
    return Tried(
        text=found.words,
        score=found.score,
        standing=standing,
        accepted=bool(found.said) and standing >= least,
        reasons=reasons_of(found, uses),
        pieces=found.pieces,
    )


def _blamed(units: frozenset[str], phrases: PhraseScore) -> frozenset[str]:
    """Returns the sentences that have a phrase which people struck out; else all of them."""
    return frozenset(unit for unit in units if phrases.score(unit) < 0) or units


def _with_tree(tried: Tried, trail: Trail | None, config: ComposerConfig, attempts: int) -> Tried:
    """Adds what the search looked at; each of several attempts has an equal share of room."""
    if trail is None:
        return tried
    branches, left_out = trail.branches(
        nodes=config.tree_nodes // attempts, characters=config.tree_characters // attempts
    )
    return replace(tried, principles=trail.principles, branches=branches, left_out=left_out)
