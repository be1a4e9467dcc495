"""Drafts by a model that writes: free text about passages, citing them by number.

What it writes is not trusted. A draft is scored by what the model itself says of it when it
is asked, by the dictionary's phrases and by the names in it that exist nowhere; and only what
`wording` leaves of it is said, if that still cites a source.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace

from app.domain import Passage, Piece, Prompt, Usage
from app.errors import TooLong
from app.layouts.templates import template, tokens
from app.ports import Model, ModelSession
from app.weave.drafting import Attempt, ComposerConfig, Draft, ModelUse, Said, Task, until_liked
from app.weave.evaluator import BANNED
from app.weave.judge import Judge
from app.weave.prompts import fitting, lay_out
from app.weave.quoting import evaluator_of
from app.weave.search import SearchConfig, weave
from app.weave.wording import declines, groundless, sentences_of, word

SOURCES = 12
QUESTIONS = ("addresses", "supported")
PER_NAT = 0.01
"""What a nat of log-probability a token is worth: it decides between near equals alone."""
LEAST_LOGPROB = -10.0


class Writing:
    """Drafts with a model of the passages layout."""

    def __init__(self, model: Model, use: ModelUse, config: ComposerConfig) -> None:
        self._model = model
        self._use = use
        self._config = config

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def adapter(self) -> str:
        return self._use.adapter

    def draft(self, task: Task) -> Draft:
        """Searches for the best text, with as many of the passages as the model can read."""
        listed = passages(task)
        if not listed:
            return Draft()
        # Loads the model, which is needed now in any case.
        budget = fitting(self._config.prompt_tokens, self._model.context())
        spent = Usage()
        while True:
            prompt = self._prompt(task, listed, budget)
            if not prompt.shown:
                return Draft(left_out=len(listed), usage=spent)
            with closing(
                self._model.session(prompt, adapter=self._use.adapter, seed=self._config.seed)
            ) as session:
                # A model may not say how much it reads, and texts have more tokens than estimated.
                with suppress(TooLong):
                    draft = self._searched(session, task, prompt)
                    return replace(draft, usage=spent + session.usage)
                spent += session.usage
            budget //= 2

    def _prompt(self, task: Task, listed: Sequence[Passage], budget: int) -> Prompt:
        return lay_out(
            task.question,
            listed,
            facts=task.facts,
            examples=[one.memory for one in task.found.recalled],
            dictionary=task.dictionary,
            budget=budget,
        )

    def _searched(self, session: ModelSession, task: Task, prompt: Prompt) -> Draft:
        """Searches in one session.

        Raises:
            TooLong: the model cannot read the prompt with its drafts.
        """
        search = TextSearch(session, task, prompt, config=self._search(session.whole))
        draft = until_liked(
            search.attempt,
            phrases=task.phrases,
            min_score=self._config.min_score,
            max_restarts=self._config.max_restarts,
        )
        return replace(
            draft,
            declined=search.declined,
            whole=session.whole,
            left_out=len(prompt.sources) - prompt.shown,
            tokens=tokens(prompt.text),
        )

    def _search(self, whole: bool) -> SearchConfig:
        if whole:
            return SearchConfig(budget=self._use.answers, seed=self._config.seed, max_pieces=1)
        return SearchConfig(budget=self._use.pieces, seed=self._config.seed)


def passages(task: Task) -> list[Passage]:
    """Returns the passages with the best sentences, best first, corrections among them."""
    best: dict[int, float] = {}
    for verdict in evaluator_of(task).verdicts.values():
        source = verdict.candidate.source
        best[source] = max(best.get(source, verdict.odds), verdict.odds)
    order = sorted(best, key=lambda source: (-best[source], source))
    return [task.found.sources[source] for source in order[:SOURCES]]


class TextSearch:
    """Searches for drafts of one prompt, in one session of a model; for one thread."""

    def __init__(
        self, session: ModelSession, task: Task, prompt: Prompt, *, config: SearchConfig
    ) -> None:
        self._session = session
        self._task = task
        self._sources = prompt.sources[: prompt.shown]
        self._config = config
        self._judge = Judge({template(f"judge/{name}"): 1.0 for name in QUESTIONS})
        self._banned: frozenset[str] = frozenset()
        self._logprobs = {"": 0.0}
        self._finished: set[str] = set()
        self._declined: float | None = None

    @property
    def declined(self) -> float:
        """The share of the first samples that say that the sources have no answer."""
        return self._declined or 0.0

    def attempt(self, banned: frozenset[str]) -> Attempt:
        """Searches for the best draft without certain sentences.

        Raises:
            TransientError: the model may work later.
        """
        self._banned = banned
        result = weave("", expand=self._expand, score=self._score, config=self._config)
        spent = Attempt(pieces=result.pieces, evaluations=result.evaluations)
        if result.score <= BANNED or declines(result.text) or 2 * self.declined > 1:
            return spent
        worded = word(
            result.text,
            finished=result.text in self._finished,
            sources=self._sources,
            grounding=self._task.grounding,
        )
        if not worded.cited:
            return spent
        return replace(
            spent,
            said=tuple(Said(text=one.text, passage=one.passage) for one in worded.cited),
            text=worded.text,
            units=frozenset(worded.units),
            score=result.score,
        )

    def _expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[Sequence[Piece]]:
        if self._session.whole and any(prefixes):
            return [()] * len(prefixes)
        sampled = self._session.expand(prefixes, counts)
        for prefix, pieces in zip(prefixes, sampled, strict=True):
            for piece in pieces:
                text = prefix + piece.text
                self._logprobs.setdefault(text, self._logprobs[prefix] + piece.logprob)
                if piece.finished:
                    self._finished.add(text)
            if not prefix and self._declined is None:
                said = [declines(piece.text) for piece in pieces]
                self._declined = sum(said) / len(said) if said else 0.0
        return list(sampled)

    def _score(self, texts: Sequence[str]) -> list[float]:
        """Scores drafts; those without words, or with a banned sentence, are out of question."""
        found = [BANNED] * len(texts)
        sound = [at for at, text in enumerate(texts) if self._sound(text)]
        judged = self._judge.score(self._session, [texts[at] for at in sound])
        for at, said in zip(sound, judged, strict=True):
            text = texts[at]
            # The last word of a text that goes on may be half a name.
            whole = text if text in self._finished else text.rpartition(" ")[0]
            per_token = max(LEAST_LOGPROB, self._logprobs[text] / tokens(text))
            found[at] = (
                said
                + self._task.phrases.score(text)
                + groundless(whole, self._task.grounding)
                + PER_NAT * per_token
            )
        return found

    def _sound(self, text: str) -> bool:
        sentences = sentences_of(text, finished=text in self._finished)
        if not text.strip() or any(one.text in self._banned for one in sentences):
            return False
        if text in self._finished and not declines(text):
            # A whole answer that cites nothing could not be said.
            most = len(self._sources)
            return any(0 < number <= most for one in sentences for number in one.cites)
        return True
