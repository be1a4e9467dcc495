"""Scores drafts: relevance, memories, the dictionary and grounding, as one log-odds."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from app.domain import Passage
from app.text.units import Unit
from app.weave.candidates import SEPARATOR, Candidate, candidates
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore
from app.weave.recall import Recalled, effect, normal
from app.weave.relevance import draft_score, log_odds, logit, probability

BANNED = -50.0
UNSOURCED = -5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What is thought of one sentence: the parts of its score, and the log-odds they come to.

    `relevance`, `memory` and `phrases` add up to a score that compares it with the other
    sentences found; `odds` is that of its being the answer, given that one of them is.
    """

    candidate: Candidate
    relevance: float
    memory: float
    phrases: float
    odds: float


NOTHING = Verdict(
    candidate=Candidate(
        unit=Unit(text="", start_line=1, end_line=1),
        passage=Passage(path="", start_line=1, end_line=1, title="", text=""),
        source=0,
        place=0,
        words=frozenset(),
        sequence=(),
        near=frozenset(),
        head=frozenset(),
        place_words=frozenset(),
        passage_words=frozenset(),
        before=frozenset(),
        after=frozenset(),
    ),
    relevance=BANNED,
    memory=0.0,
    phrases=0.0,
    odds=BANNED,
)
"""The verdict on text without a word in it."""


class Evaluator:
    """Scores drafts for one question over one set of sources, given each sentence's score.

    The effect of memories and phrases is part of each sentence's own score, so that a liked
    word does not carry a sentence that answers nothing; disliked phrases and names that do
    not exist count against the whole draft besides.
    """

    def __init__(
        self,
        offered: Sequence[Candidate],
        scores: Sequence[float],
        *,
        recalled: Sequence[Recalled],
        phrases: PhraseScore,
        grounding: Grounding,
    ) -> None:
        self._recalled = recalled
        self._phrases = phrases
        self._grounding = grounding
        self._verdicts = self._judge(offered, scores)
        self._sourced = frozenset(self._verdicts)
        self._draft_parts: dict[str, tuple[float, float]] = {}

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdict on each sentence, by its text."""
        return self._verdicts

    def verdict(self, text: str) -> Verdict:
        """Returns the verdict on a sentence, judging one that no source has on its own."""
        if text not in self._verdicts:
            alone = Passage(path="", start_line=1, end_line=1, title="", text=text)
            offered = candidates([alone])[:1]
            judged = self._judge(offered, [0.0] * len(offered))
            self._verdicts[text] = next(
                (replace(verdict, odds=UNSOURCED) for verdict in judged.values()), NOTHING
            )
        return self._verdicts[text]

    def lean(self, opinions: Mapping[str, float]) -> None:
        """Pools the odds of some sentences with a second opinion of them.

        Their probabilities are multiplied with the opinions' and scaled so that together they
        keep the probability that they had: a log-linear pool.

        Args:
            opinions: weighted log-probabilities by sentence, comparable with each other.
        """
        if not opinions:
            return
        before = {text: probability(self._verdicts[text].odds) for text in opinions}
        highest = max(opinions.values())
        pooled = {text: before[text] * math.exp(opinions[text] - highest) for text in opinions}
        scale = sum(before.values()) / sum(pooled.values())
        for text, share in pooled.items():
            self._verdicts[text] = replace(self._verdicts[text], odds=logit(share * scale))

    def score(self, texts: Sequence[str], banned: Set[str] = frozenset()) -> list[float]:
        """Returns the log-odds of each draft; one with a banned sentence is out of question."""
        return [self._score(text, banned) for text in texts]

    def parts(self, text: str) -> dict[str, float]:
        """Returns what the log-odds of a draft with words are made of, by name."""
        said = _sentences(text)
        verdicts = [self.verdict(sentence) for sentence in said]
        found = [self._part(sentence) for sentence in said]
        return {
            "sentences": draft_score(
                [verdict.odds for verdict in verdicts],
                [verdict.candidate.words for verdict in verdicts],
            ),
            "phrases": sum(disliked for disliked, _ in found),
            "grounding": sum(missing for _, missing in found),
        }

    def _score(self, text: str, banned: Set[str]) -> float:
        said = _sentences(text)
        if not said or not banned.isdisjoint(said):
            return BANNED
        return sum(self.parts(text).values())

    def _part(self, sentence: str) -> tuple[float, float]:
        """Returns what disliked phrases and names that do not exist cost a draft."""
        if sentence not in self._draft_parts:
            disliked = min(0.0, self._phrases.score(sentence))
            # What a sentence of the sources names stands there; only paths go out of date.
            dated = "/" in sentence or sentence not in self._sourced
            missing = self._grounding.score(sentence) if dated else 0.0
            self._draft_parts[sentence] = disliked, missing
        return self._draft_parts[sentence]

    def _judge(self, offered: Sequence[Candidate], scores: Sequence[float]) -> dict[str, Verdict]:
        best = max(scores, default=0.0)
        memory = [
            self._remembered(candidate, score, best)
            for candidate, score in zip(offered, scores, strict=True)
        ]
        phrases = [self._phrases.score(candidate.text) for candidate in offered]
        odds = log_odds([sum(parts) for parts in zip(scores, memory, phrases, strict=True)])
        return {
            candidate.text: Verdict(
                candidate=candidate,
                relevance=scores[at],
                memory=memory[at],
                phrases=phrases[at],
                odds=odds[at],
            )
            for at, candidate in enumerate(offered)
        }

    def _remembered(self, candidate: Candidate, score: float, best: float) -> float:
        if not self._recalled:
            return 0.0
        said = normal(candidate.text)
        return effect(said, score, best, self._recalled, candidate.passage.memory_id)


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in text.split(SEPARATOR) if sentence]
