"""The search over texts that a model writes, and what is thought of each of them.

A draft is scored by what the model itself says of it when it is asked, by the dictionary's
phrases, by the names in it that exist nowhere and, a little, by how probable the model finds it.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import partial

from app.domain import Opinion, Piece, Prompt, WholeText
from app.layouts.templates import tokens
from app.ports.models import Evaluator, ModelSession
from app.weave.drafting import Attempt, Said, Task
from app.weave.evaluator import BANNED
from app.weave.judge import Judge
from app.weave.limit import doubt, invented
from app.weave.marking import Marker
from app.weave.record import SAID_BEFORE, WORDLESS, Look, Trail
from app.weave.search import SearchConfig, WeaveResult, weave
from app.weave.whole import written
from app.weave.wording import Worded, declines, sentences_of, word

PER_NAT = 0.01
"""What a nat of log-probability a token is worth: it decides between near equals alone."""
LEAST_LOGPROB = -10.0


class Scores:
    """What is thought of the texts of one ask, whatever attempt they come up in.

    A text is looked at once: a second look costs neither the model nor this process anything.
    """

    def __init__(self, session: Evaluator, task: Task, judge: Judge) -> None:
        self._session = session
        self._task = task
        self._judge = judge
        self._parts: dict[str, Mapping[str, float]] = {}

    def of(self, texts: Sequence[str], *, finished: Set[str]) -> list[Mapping[str, float]]:
        """Returns the parts of each text's score, by name, in log-odds.

        Args:
            texts: drafts that may be said.
            finished: those that the writer ended; the last word of others may be half a name.

        Raises:
            TransientError: the model may work later.
        """
        fresh = [text for text in dict.fromkeys(texts) if text not in self._parts]
        judged = self._judge.score(self._session, fresh)
        for text, said in zip(fresh, judged, strict=True):
            whole = text if text in finished else text.rpartition(" ")[0]
            self._parts[text] = {
                "principles": said,
                "phrases": self._task.phrases.score(text),
                "grounding": self._task.grounding.score(whole),
            }
        return [self._parts[text] for text in texts]

    def known(self, text: str) -> Mapping[str, float]:
        """Returns the parts of a text's score; nothing of one that was never looked at."""
        return self._parts.get(text, {})

    def opinions(self, text: str) -> Sequence[Opinion]:
        """Returns what the model said of a text by each principle; nothing if it was not asked."""
        return self._judge.opinions(text)


class TextSearch:
    """Searches for drafts of one ask, an attempt after another; for one thread."""

    def __init__(self, task: Task, scores: Scores, config: SearchConfig) -> None:
        self._task = task
        self._scores = scores
        self._config = config

    def run(self, session: ModelSession, prompt: Prompt, banned: Set[str]) -> Attempt:
        """Searches for the best draft in a session without certain sentences.

        Raises:
            TransientError: the model may work later.
        """
        run = Run(session, self._scores, banned, prompt.shown)
        result = self.search(run, session)
        principles = [one.principle for one in self._scores.opinions(result.text)]
        spent = Attempt(
            pieces=result.pieces,
            evaluations=result.evaluations,
            declined=run.declined,
            trail=Trail(
                root=result.root,
                chosen=result.text,
                look=run.look,
                principles=principles,
                say=partial(self._say, run, prompt),
            ),
        )
        if result.score <= BANNED or declines(result.text) or 2 * run.declined > 1:
            return spent
        found = replace(spent, invented=invented(result.text, self._task.grounding))
        worded = self._word(run, prompt, result.text)
        if not worded.cited:
            return found
        opinions = self._scores.opinions(result.text)
        return replace(
            found,
            said=_said(worded),
            text=worded.text,
            units=frozenset(worded.units),
            score=result.score,
            opinions=opinions,
            doubt=doubt(opinions),
        )

    def _word(self, run: "Run", prompt: Prompt, text: str) -> Worded:
        return word(
            text,
            finished=text in run.finished,
            sources=prompt.sources[: prompt.shown],
            marker=Marker(self._task.grounding, self._task.ungrounded),
        )

    def _say(self, run: "Run", prompt: Prompt, text: str) -> WholeText | None:
        worded = self._word(run, prompt, text)
        return None if declines(text) else written(worded.text, _said(worded))

    def search(self, run: "Run", session: ModelSession) -> WeaveResult:
        """Searches for the text with the best score; a bench searches in other ways."""
        del session
        return weave("", expand=run.expand, score=run.score, config=self._config)


def _said(worded: Worded) -> tuple[Said, ...]:
    return tuple(Said(text=one.text, passage=one.passage) for one in worded.cited)


class Run:
    """One search: the texts that came up in it, and which of them are out of question."""

    def __init__(
        self, session: ModelSession, scores: Scores, banned: Set[str], sources: int
    ) -> None:
        self._session = session
        self._scores = scores
        self._banned = banned
        self._sources = sources
        self._logprobs = {"": 0.0}
        self._ruled_out: dict[str, str] = {}
        self._declined: float | None = None
        self.finished: set[str] = set()

    @property
    def declined(self) -> float:
        """The share of the first samples that say that the sources have no answer."""
        return self._declined or 0.0

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[Sequence[Piece]]:
        """Samples pieces; of a model that samples only whole answers, at the beginning alone."""
        if self._session.whole and any(prefixes):
            return [()] * len(prefixes)
        sampled = self._session.expand(prefixes, counts)
        for prefix, pieces in zip(prefixes, sampled, strict=True):
            for piece in pieces:
                text = prefix + piece.text
                self._logprobs.setdefault(text, self._logprobs[prefix] + piece.logprob)
                if piece.finished:
                    self.finished.add(text)
            if not prefix and self._declined is None:
                said = [declines(piece.text) for piece in pieces]
                self._declined = sum(said) / len(said) if said else 0.0
        return list(sampled)

    def score(self, texts: Sequence[str]) -> list[float]:
        """Scores drafts; those without words, or with a banned sentence, are out of question."""
        self._ruled_out |= {text: why for text in texts if (why := self._fault(text))}
        sound = [text for text in texts if text not in self._ruled_out]
        parts = dict(zip(sound, self._scores.of(sound, finished=self.finished), strict=True))
        return [
            sum(parts[text].values()) + self._fluency(text) if text in parts else BANNED
            for text in texts
        ]

    def look(self, text: str) -> Look:
        """Returns what was thought of a text that came up."""
        if text in self._ruled_out:
            return Look(ruled_out=self._ruled_out[text])
        parts = self._scores.known(text)
        if not parts:
            return Look()
        return Look(
            parts={**parts, "log-probability": self._fluency(text)},
            opinions=[one.score for one in self._scores.opinions(text)],
        )

    def _fluency(self, text: str) -> float:
        return PER_NAT * max(LEAST_LOGPROB, self._logprobs[text] / tokens(text))

    def _fault(self, text: str) -> str:
        """Returns why a text cannot be said; empty where it can."""
        if not text.strip():
            return WORDLESS
        sentences = sentences_of(text, finished=text in self.finished)
        if any(one.text in self._banned for one in sentences):
            return SAID_BEFORE
        if text in self.finished and not declines(text):
            cites = {number for one in sentences for number in one.cites}
            # A whole answer that cites nothing could not be said.
            if not any(0 < number <= self._sources for number in cites):
                return "It cites none of the sources."
        return ""
