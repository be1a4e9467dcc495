"""Drafts by a model that writes: free text about passages, citing them by number.

What it writes is not trusted. `text_search` scores drafts, and only what `wording` leaves of
one is said, if that still cites a source. Under the limit the model is given a prompt with the
reasons, and drafts anew.
"""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial

from app.domain import Passage, Prompt, Reason, Usage
from app.errors import TooLong
from app.layouts.templates import tokens
from app.ports.models import Model, ModelSession
from app.weave.anew import anew
from app.weave.calibration import of_model
from app.weave.constitution import STANDARD, standing
from app.weave.drafting import Attempt, ComposerConfig, Draft, ModelUse, Task
from app.weave.judge import Judge
from app.weave.limit import Again, until_liked
from app.weave.prompts import fitting, lay_out
from app.weave.quoting import evaluator_of
from app.weave.recall import counting_most
from app.weave.search import SearchConfig
from app.weave.text_search import Scores, TextSearch

SOURCES = 12


class Writing:
    """Drafts with a model of the passages layout; `searching` makes its search over texts."""

    searching = TextSearch

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
            lay = partial(self._prompt, task, listed, budget)
            prompt = lay()
            if not prompt.shown:
                return Draft(left_out=len(listed), usage=spent)
            with closing(
                self._model.session(prompt, adapter=self._use.adapter, seed=self._config.seed)
            ) as session:
                # A model may not say how much it reads, and texts have more tokens than estimated.
                with suppress(TooLong):
                    draft = self._searched(session, task, prompt, lay)
                    return replace(draft, usage=spent + session.usage)
                spent += session.usage
            budget //= 2

    def _prompt(
        self, task: Task, listed: Sequence[Passage], budget: int, reasons: Sequence[Reason] = ()
    ) -> Prompt:
        return lay_out(
            task.question,
            listed,
            facts=task.facts,
            examples=counting_most(task.found.recalled),
            dictionary=task.dictionary,
            budget=budget,
            memory_tokens=self._config.memory_tokens,
            reasons=reasons,
        )

    def _searched(
        self, session: ModelSession, task: Task, prompt: Prompt, lay: Callable[..., Prompt]
    ) -> Draft:
        """Attempts drafts, the first ones in a session, those with reasons in one of their own.

        Raises:
            TooLong: the model cannot read a prompt with its drafts.
        """
        # In the first session, so that a text is judged alike and once in all attempts.
        scores = Scores(session, task, self._judge(task))
        search = self.searching(task, scores, self._search(session.whole))

        def attempt(again: Again) -> Attempt:
            if not again.reasons:
                return search.run(session, prompt, again.banned)
            told = lay(again.reasons)
            with closing(session.again(told)) as renewed:
                return search.run(renewed, told, again.banned)

        draft = until_liked(
            attempt,
            phrases=task.phrases,
            config=self._config,
            told=True,
            start=anew(task),
        )
        return replace(
            draft,
            whole=session.whole,
            left_out=len(prompt.sources) - prompt.shown,
            tokens=tokens(prompt.text),
        )

    def _judge(self, task: Task) -> Judge:
        constitution = self._config.constitution or standing(STANDARD)
        return Judge(
            constitution.questions(task.question.text),
            calibrations=of_model(self.name, task.dictionary.calibrations),
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
