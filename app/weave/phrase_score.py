"""What the dictionary of liked and disliked phrases says of a text."""

from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick

from app.domain import Dictionary, PhraseUse
from app.domain.negation import negates, negation
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
    beside it, nor one that is negated where it stands.
    """

    def __init__(self, dictionary: Dictionary) -> None:
        self._weights = [
            (phrase, weight.z)
            for phrase, weight in sorted(dictionary.weights.items())
            if abs(weight.z) >= LEAST_Z and phrase
        ]
        patterns = [f" {phrase} " for phrase, _ in self._weights]
        self._matcher = AhoCorasick(patterns) if patterns else None
        self._uses: dict[int, PhraseUse] = {}

    def uses(self, text: str) -> list[PhraseUse]:
        """Returns the phrases of the dictionary in a Markdown text, strongest first."""
        if self._matcher is None:
            return []
        found: set[int] = set()
        for sentence in sentences(text):
            tokens = phrase_tokens(sentence)
            said = f" {' '.join(tokens)} "
            negated = _negated(said) if any(map(negates, tokens)) else ()
            matches = self._matcher.find_matches_as_indexes(said, overlapping=True)
            # From left to right, the longest first: what ends before another did is inside it.
            matches.sort(key=lambda match: (match[1], -match[2]))
            ends = {True: -1, False: -1}
            for index, start, end in matches:
                liked = self._weights[index][1] > 0
                if end > ends[liked] and start not in negated:
                    ends[liked] = end
                    found.add(index)
        used = [self._use(index) for index in found]
        used.sort(key=lambda use: (-abs(use.effect), use.phrase))
        return used

    def _use(self, index: int) -> PhraseUse:
        if index not in self._uses:
            phrase, z = self._weights[index]
            effect = max(-MOST_Z, min(MOST_Z, z)) * PER_Z
            self._uses[index] = PhraseUse(phrase=phrase, weight=z, effect=effect)
        return self._uses[index]

    def score(self, text: str) -> float:
        """Returns a text's phrase score in log-odds, bounded to ±`BOUND`; 0 where none is known."""
        return total(self.uses(text))


def _negated(said: str) -> set[int]:
    """Returns where the words that a negation turns around begin, each with the space before."""
    found = set()
    at = 0
    words = said.split()
    for place, word in enumerate(words):
        if negation(words, place) is not None:
            found.add(at)
        at += 1 + len(word)
    return found


def total(uses: Sequence[PhraseUse]) -> float:
    """Returns the bounded sum of phrases' effects."""
    return max(-BOUND, min(BOUND, sum(use.effect for use in uses)))
