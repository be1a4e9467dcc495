"""Scores drafts: relevance, memories, the dictionary and grounding, as one log-odds."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from app.domain import Passage
from app.text.units import Unit
from app.weave.candidates import SEPARATOR, Candidate, candidates
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore
from app.weave.recall import Recalled, effect, normal
from app.weave.relevance import draft_score

BANNED = -50.0
UNSOURCED = -5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One sentence's parts of the score, all in log-odds."""

    candidate: Candidate
    relevance: float
    memory: float
    phrases: float

    @property
    def total(self) -> float:
        return self.relevance + self.memory + self.phrases


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
)
"""The verdict on text without a word in it."""


class Evaluator:
    """Scores drafts for one question over one set of sources, given each sentence's log-odds.

    The effect of memories and phrases is part of each sentence's own score, so that a liked
    word does not carry a sentence that answers nothing; disliked phrases and names that do
    not exist count against the whole draft besides.
    """

    def __init__(
        self,
        offered: Sequence[Candidate],
        odds: Sequence[float],
        *,
        recalled: Sequence[Recalled],
        phrases: PhraseScore,
        grounding: Grounding,
    ) -> None:
        self._recalled = recalled
        self._phrases = phrases
        self._grounding = grounding
        self._verdicts = self._judge(offered, odds)
        self._draft_parts: dict[str, float] = {}

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdict on each sentence, by its text."""
        return self._verdicts

    def verdict(self, text: str) -> Verdict:
        """Returns the verdict on a sentence, judging one that no source has on its own."""
        if text not in self._verdicts:
            alone = Passage(path="", start_line=1, end_line=1, title="", text=text)
            judged = self._judge(candidates([alone])[:1], [UNSOURCED])
            self._verdicts[text] = next(iter(judged.values()), NOTHING)
        return self._verdicts[text]

    def score(self, texts: Sequence[str], banned: Set[str] = frozenset()) -> list[float]:
        """Returns the log-odds of each draft; one with a banned sentence is out of question."""
        return [self._score(text, banned) for text in texts]

    def _score(self, text: str, banned: Set[str]) -> float:
        said = [sentence for sentence in text.split(SEPARATOR) if sentence]
        if not said or not banned.isdisjoint(said):
            return BANNED
        verdicts = [self.verdict(sentence) for sentence in said]
        return draft_score(
            [verdict.total for verdict in verdicts],
            [verdict.candidate.words for verdict in verdicts],
        ) + sum(self._part(sentence) for sentence in said)

    def _part(self, sentence: str) -> float:
        if sentence not in self._draft_parts:
            disliked = min(0.0, self._phrases.score(sentence))
            self._draft_parts[sentence] = disliked + self._grounding.score(sentence)
        return self._draft_parts[sentence]

    def _judge(self, offered: Sequence[Candidate], odds: Sequence[float]) -> dict[str, Verdict]:
        return {
            candidate.text: Verdict(
                candidate=candidate,
                relevance=chance,
                memory=(
                    effect(normal(candidate.text), self._recalled, candidate.passage.memory_id)
                    if self._recalled
                    else 0.0
                ),
                phrases=self._phrases.score(candidate.text),
            )
            for candidate, chance in zip(offered, odds, strict=True)
        }
