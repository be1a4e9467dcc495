"""How a sentence fits a question, as numbers. What they are worth is in `coefficients.json`."""

import itertools
import math
import re
from collections.abc import Set
from typing import NamedTuple

from app.domain import SourceKind
from app.text.units import Form
from app.weave.candidates import Candidate
from app.weave.question import Asked

KIN = 0.5
_IMPERATIVE = re.compile(
    r"^(?:to |use |run |set |call |pass |add |install |see |make sure|you can|in order|if you "
    r"|consider|create |override|subclass|include|omit|import )",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\bbecause\b|\bsince\b|\bso that\b|\bdue to\b|\bas this\b|\bin order to\b|\bnecessary\b", re.I
)
_DEFAULT = re.compile(r"\bdefaults?\b|\bby default\b|\bif (?:not|omitted|none)\b|\bomit", re.I)
_EFFECT = re.compile(
    r"\braises?\b|\breturns?\b|\bwill be\b|\bexception\b|\berror\b|\bfails?\b", re.I
)
_PLACE = re.compile(
    r"[\w.-]+/[\w./-]+|\b[\w-]+\.(?:py|toml|ya?ml|md|json|cfg|ini|txt)\b|\bdirectory\b|\bfolder\b",
    re.I,
)
_NUMBER = re.compile(
    r"\b\d+(?:\.\d+)?\b|\bmaximum\b|\bminimum\b|\bat most\b|\bup to\b|\bunlimited\b"
)
_ERROR = re.compile(
    r"\b\w+(?:Error|Exception|Warning)\b|\braise[sd]?\b|\berror\b|\binvalid\b|\bfail", re.I
)
_ABILITY = re.compile(
    r"\bcan\b|\bcannot\b|\bmay\b|\bmust\b|\bshould\b|\bonly\b|\bsupport|\ballow|\bpossible\b|\bnot\b",
    re.I,
)
_CUES = {
    "how": _IMPERATIVE,
    "why": _REASON,
    "default": _DEFAULT,
    "effect": _EFFECT,
    "where": _PLACE,
    "number": _NUMBER,
    "error": _ERROR,
    "can": _ABILITY,
}
_ADVICE = re.compile(
    r"\b(?:can|should|must|may|if|when|whether|use|using|note|recommended|default|defaults|only"
    r"|instead|allows?|enables?|ensures?|automatically|not)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:is|are|will|can|cannot|must|may|should|does|do|returns?|raises?|uses?|sets?|makes?"
    r"|allows?|lets?|gives?|takes?|means|defaults?|if|when|to)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?::\w+ (?:[\w.|\[\]]+ )?)?[`*]*[-\w.]+[`*]*(?: ?\([^)]*\))?\s*:")
_INTERNAL = re.compile(r"(?:^|\.)_(?!_)")
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|testing|examples?|benchmarks?|changelog|changes|history)\b", re.I
)


class Features(NamedTuple):
    """How one sentence fits; shares are of the question's weight, in [0, 1].

    `amount` and `amount_near` are the same in absolute terms, of the sentence and of all that
    stands around it: much of a long question says more than much of a short one. `states`
    tells sentences of behaviour from headings, `label` those that begin with what they are of.
    """

    exact: float
    kin: float
    near: float
    head: float
    place: float
    neighbours: float
    passage: float
    names: float
    names_near: float
    pairs: float
    focus: float
    density: float
    retrieval: float
    rank: float
    cue: float
    advice: float
    item: float
    code: float
    signature: float
    comment: float
    string: float
    short: float
    long: float
    opening: float
    prose: float
    internal: float
    aside: float
    states: float
    label: float
    amount: float
    amount_near: float
    hits: float


def coverage(asked: Asked, words: Set[str], kin: float = KIN) -> float:
    """Returns the share of the question's weight that words cover; kin count less."""
    there = asked.vocabulary & words
    if not there:
        return 0.0
    return sum(
        concept.weight
        * (
            1.0
            if concept.word in there
            else kin * max(concept.related.get(word, 0.0) for word in there)
        )
        for concept in asked.concepts
    )


def features(asked: Asked, candidate: Candidate, retrieval: float) -> Features:
    """Measures a sentence.

    Args:
        asked: the question.
        candidate: the sentence.
        retrieval: the search score of its passage as a share of the best passage's.
    """
    words = candidate.words
    unit = candidate.unit
    exact = coverage(asked, words, 0.0)
    with_kin = coverage(asked, words)
    lead = coverage(asked, words | candidate.near)
    head = coverage(asked, words | candidate.near | candidate.head)
    place = coverage(asked, words | candidate.context)
    around = candidate.context | candidate.before | candidate.after
    near = coverage(asked, words | around)
    sequence = candidate.sequence
    length = len(sequence)
    whole = coverage(asked, candidate.passage_words)
    there = asked.vocabulary & words
    matched = sum(concept.word in there for concept in asked.concepts)
    related = sum(
        concept.word not in there and not concept.related.keys().isdisjoint(there)
        for concept in asked.concepts
    )
    found = sum(pair in asked.pairs for pair in itertools.pairwise(sequence))
    names = len(asked.names)
    return Features(
        exact=exact,
        kin=with_kin - exact,
        near=lead - with_kin,
        head=head - lead,
        place=place - head,
        neighbours=near - place,
        passage=whole - near,
        names=len(asked.names & words) / names if names else 0.0,
        names_near=len(asked.names & around) / names if names else 0.0,
        pairs=min(found, 3) / 3,
        focus=matched / math.sqrt(length + 4),
        density=with_kin / math.sqrt(length + 4),
        retrieval=retrieval,
        rank=1 / (1 + candidate.source),
        cue=_cue(asked, unit.text),
        advice=float(bool(_ADVICE.search(unit.text))),
        item=float(unit.form in (Form.ITEM, Form.ROW)),
        code=float(unit.form is Form.CODE),
        signature=float(unit.form is Form.SIGNATURE),
        comment=float(unit.form is Form.COMMENT),
        string=float(unit.form is Form.STRING),
        short=max(0.0, 1 - length / 6),
        long=max(0.0, math.log(length / 25)) if length else 0.0,
        opening=float(candidate.place <= 1),
        prose=float(candidate.passage.kind is SourceKind.PROSE),
        internal=float(bool(_INTERNAL.search(candidate.passage.title))),
        aside=float(bool(_ASIDE.search(candidate.passage.path))),
        states=float(bool(_STATES.search(unit.text))),
        label=float(bool(_LABEL.search(unit.text))),
        amount=with_kin * asked.rarity / 10,
        amount_near=whole * asked.rarity / 10,
        hits=(matched + related) / 6,
    )


def _cue(asked: Asked, text: str) -> float:
    """Returns the share of the question's kinds whose cue the sentence has."""
    kinds = [kind for kind in asked.kinds if kind in _CUES]
    if not kinds:
        return 0.0
    return sum(bool(_CUES[kind].search(text)) for kind in kinds) / len(kinds)
