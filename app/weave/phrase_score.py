"""What the dictionary of liked and disliked phrases says of a text."""

from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick

from app.domain import Dictionary, PhraseUse
from app.text.sentences import sentences
from app.text.words import phrase_tokens

LEAST_Z = 2.0
MOST_Z = 6.0
PER_Z = 0.4
BOUND = 5.0


class PhraseScore:
    """Finds a dictionary's phrases in texts, all at once; phrases never span sentences.

    Only phrases with |z| of at least `LEAST_Z` count; each is worth `PER_Z` of its z, in
    log-odds, once a text. A phrase inside a longer one of the same direction is not counted
    beside it.
    """

    def __init__(self, dictionary: Dictionary) -> None:
        self._weights = [
            (phrase, weight.z)
            for phrase, weight in sorted(dictionary.weights.items())
            if abs(weight.z) >= LEAST_Z and phrase
        ]
        patterns = [f" {phrase} " for phrase, _ in self._weights]
        self._matcher = AhoCorasick(patterns) if patterns else None

    def uses(self, text: str) -> list[PhraseUse]:
        """Returns the phrases of the dictionary in a Markdown text, strongest first."""
        if self._matcher is None:
            return []
        found: set[int] = set()
        for sentence in sentences(text):
            said = f" {' '.join(phrase_tokens(sentence))} "
            matches = self._matcher.find_matches_as_indexes(said, overlapping=True)
            for index, start, end in matches:
                if not any(
                    low <= start and end <= high and (low, high) != (start, end)
                    for other, low, high in matches
                    if (self._weights[other][1] > 0) == (self._weights[index][1] > 0)
                ):
                    found.add(index)
        used = [
            PhraseUse(phrase=phrase, weight=z, effect=max(-MOST_Z, min(MOST_Z, z)) * PER_Z)
            for phrase, z in (self._weights[index] for index in found)
        ]
        return sorted(used, key=lambda use: (-abs(use.effect), use.phrase))

    def score(self, text: str) -> float:
        """Returns a text's phrase score in log-odds, bounded to ±`BOUND`; 0 where none is known."""
        return total(self.uses(text))


def total(uses: Sequence[PhraseUse]) -> float:
    """Returns the bounded sum of phrases' effects."""
    return max(-BOUND, min(BOUND, sum(use.effect for use in uses)))
