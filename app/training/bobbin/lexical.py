"""Plain lexical overlap: the yardstick beside which the model's choice of sources is measured."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from app.text.words import search_words


class Overlap:
    """Scores sentences by the words of a question that they have, rare words counting more.

    A word's weight is log((N + 1) / (n + 0.5)), where n of the N given sentences have it.
    Words are stems without the common ones, names in code whole and by their parts.
    """

    def __init__(self, sentences: Iterable[str]) -> None:
        counted: Counter[str] = Counter()
        total = 0
        for sentence in sentences:
            counted.update(set(search_words(sentence)))
            total += 1
        self._counted = counted
        self._total = total

    def scores(self, question: str, sentences: Sequence[str]) -> list[float]:
        """Returns the summed weight of the words that each sentence shares with a question."""
        asked = set(search_words(question))
        return [sum(map(self._weight, asked & set(search_words(text)))) for text in sentences]

    def best(self, question: str, sentences: Sequence[str]) -> int:
        """Returns the index of the sentence that scores highest, the first of equals."""
        scores = self.scores(question, sentences)
        return scores.index(max(scores))

    def _weight(self, word: str) -> float:
        return math.log((self._total + 1) / (self._counted[word] + 0.5))
