"""Phrases: the runs of one to four words that votes and edits give credit to."""

from collections.abc import Sequence

from app.domain import Change
from app.domain.negation import negates, negation
from app.feedback.sentences import sentences
from app.text.words import STOP_WORDS, phrase_tokens

LONGEST = 4

LEAST_SHARES = 16
"""A vote is divided by at least this number, so that none alone can move a phrase."""


def phrases(text: str) -> list[str]:
    """Returns the distinct phrases of a Markdown text, in order of appearance.

    A phrase is a run of 1 to `LONGEST` tokens inside one sentence (in code, one line) that
    neither begins nor ends with a stop word; "the" in the middle of one may stand. What is
    negated is a phrase with its negation alone: "not recommended" is one, and "recommended" is
    none there.
    """
    found: dict[str, None] = {}
    for sentence in token_runs(text):
        for start, first in enumerate(sentence):
            if negation(sentence, start) is not None:
                continue
            if first in STOP_WORDS and not negates(first):
                continue
            for end in range(start + 1, min(start + LONGEST, len(sentence)) + 1):
                if sentence[end - 1] not in STOP_WORDS:
                    found.setdefault(" ".join(sentence[start:end]))
    return list(found)


def vote_shares(answer: str, background: Sequence[str]) -> dict[str, float]:
    """Divides the unit of mass of a vote over an answer's phrases.

    Every phrase gets the same share, but the shares of phrases with a word from the
    background go to nobody: those words were given, not chosen, and are no merit or fault of
    this answer. So the shares sum to 1 at most.

    Args:
        answer: the Markdown text that was voted on.
        background: the question and the texts that the answer quotes.
    """
    given = {token for text in background for run in token_runs(text) for token in run}
    given -= STOP_WORDS
    everything = phrases(answer)
    share = 1.0 / max(len(everything), LEAST_SHARES)
    own = {phrase for sentence in token_runs(answer) for phrase in _free_runs(sentence, given)}
    return {phrase: share for phrase in everything if phrase in own}


def edit_shares(found: Sequence[Change]) -> dict[str, float]:
    """Divides an edit's units of mass over what it changed: signed, at most 1 a side.

    Each change that holds a phrase gets the same share, against what it removed and for what
    it added. A span of up to `LONGEST` tokens is one phrase, whatever else it stands in;
    a longer one divides its share over its phrases. A phrase on both sides has what is left.
    """
    spans = [(span_phrases(change.removed), span_phrases(change.added)) for change in found]
    sides = [(removed, added) for removed, added in spans if removed or added]
    shares: dict[str, float] = {}
    for removed, added in sides:
        for sign, side in ((-1.0, removed), (1.0, added)):
            for phrase in side:
                shares[phrase] = shares.get(phrase, 0.0) + sign / len(sides) / len(side)
    return {phrase: share for phrase, share in shares.items() if abs(share) > 1e-12}


def span_phrases(span: str) -> list[str]:
    """Returns what a changed span is credited as; nothing where it is stop words alone."""
    runs = token_runs(span)
    tokens = [token for run in runs for token in run]
    if all(token in STOP_WORDS for token in tokens):
        return []
    if len(runs) == 1 and len(tokens) <= LONGEST:
        return [" ".join(tokens)]
    return phrases(span)


def _free_runs(sentence: Sequence[str], given: set[str]) -> list[str]:
    return [
        " ".join(sentence[start:end])
        for start in range(len(sentence))
        for end in range(start + 1, min(start + LONGEST, len(sentence)) + 1)
        if given.isdisjoint(sentence[start:end])
    ]


def token_runs(text: str) -> list[list[str]]:
    """Returns the tokens of each sentence of a Markdown text, of each line in code."""
    runs = []
    for sentence in sentences(text):
        if sentence.code:
            lines = sentence.text.split("\n")[1:-1]
            runs += [tokens for line in lines if (tokens := phrase_tokens(line))]
        elif tokens := phrase_tokens(sentence.text):
            runs.append(tokens)
    return runs
