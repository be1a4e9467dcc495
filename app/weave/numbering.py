"""Drafts by a model that reads numbered sentences and repeats those that answer.

The fitted ranking chooses the sentences that the model sees, and they all stay candidates:
each can be said whether the model said it or not, and what the model says counts only where
it is one of them to the letter. Its share is how probable it finds each of them, whether it
finds that a draft quotes the sources, what leads an answer in, and how often it declines.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from app.domain import Prompt, WholeText
from app.layouts import numbered
from app.layouts.templates import template, tokens
from app.ports.models import Model
from app.weave.candidates import LONGEST, SEPARATOR
from app.weave.drafting import Attempt, ComposerConfig, Draft, ModelUse, Task
from app.weave.evaluator import Evaluator, Verdict
from app.weave.gist import gist
from app.weave.judge import Judge
from app.weave.limit import Again, invented, until_liked
from app.weave.lines import Lines
from app.weave.page_search import PageSearch
from app.weave.principles import Principle
from app.weave.prompts import strongest
from app.weave.quoting import evaluator_of
from app.weave.relevance import coefficients
from app.weave.search import SearchConfig
from app.weave.whole import quoted

SOURCES = 8
HINTS = 4
CHARACTERS_PER_TOKEN = 3
"""What a small vocabulary makes of a token, at least."""
REST = 600
"""Characters of a page beside its sentences: the question, cut, and hints."""
MOST = 1000
"""Characters of all sentences at most, so that pages are about as long as the training's."""


class Numbering:
    """Drafts with a model of the numbered layout; `searching` makes its search over a page."""

    searching = PageSearch

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
        """Searches for the best few of the best-ranked sentences."""
        evaluator = evaluator_of(task)
        chosen = best(evaluator, room(self._config))
        if not chosen:
            return Draft()
        prompt = page(task, chosen)
        with closing(
            self._model.session(prompt, adapter=self._use.adapter, seed=self._config.seed)
        ) as session:
            search = self.searching(
                session,
                lines=Lines(chosen),
                evaluator=evaluator,
                judge=self._judge(),
                phrases=task.phrases,
                config=SearchConfig(
                    budget=self._use.pieces,
                    seed=self._config.seed,
                    max_pieces=self._config.sentences,
                ),
            )

            def say(draft: str) -> WholeText | None:
                return quoted(search.quote(draft), task.grounding, task.ungrounded)

            def attempt(again: Again) -> Attempt:
                # A page has no place for reasons: what is banned is all that it can heed.
                found = search.attempt(again.banned)
                return replace(
                    found,
                    invented=invented(found.words, task.grounding),
                    trail=found.trail and replace(found.trail, say=say, whole=True),
                )

            draft = until_liked(attempt, phrases=task.phrases, config=self._config)
            return replace(
                draft,
                declined=search.declined,
                whole=session.whole,
                tokens=tokens(prompt.text),
                usage=session.usage,
            )

    def _judge(self) -> Judge:
        """Returns what asks the questions that the model was taught, with fitted weights: of any
        other it knows nothing, so that no constitution is put to it."""
        weights = coefficients("model")
        asked = {
            name: template(f"judge/{name}")
            for name in (("quotes", "addresses") if self._use.addresses else ("quotes",))
        }
        return Judge(
            {
                numbered.check(question): Principle(
                    name=name, question=question, weight=weights[name]
                )
                for name, question in asked.items()
            },
            strength=sum(weights[name] for name in asked),
        )


def room(config: ComposerConfig) -> int:
    """Returns how many characters the sentences of a page may have together."""
    return max(LONGEST, min(MOST, config.prompt_tokens * CHARACTERS_PER_TOKEN - REST))


def best(evaluator: Evaluator, room: int) -> list[Verdict]:
    """Returns the best sentences that a page has room for, in the order of the documents.

    Args:
        evaluator: what scores the sentences found.
        room: characters that the sentences may have together.
    """
    verdicts = list(evaluator.verdicts.items())
    scores = evaluator.score([text + SEPARATOR for text, _ in verdicts])
    found: dict[str, Verdict] = {}
    for at in sorted(range(len(verdicts)), key=lambda at: -scores[at]):
        said = numbered.flat(verdicts[at][0])
        if said not in found and len(said) <= room:
            found[said] = verdicts[at][1]
            room -= len(said)
        if len(found) == SOURCES:
            break
    # Not by rank: where a sentence stands says nothing to a model that saw any order.
    return sorted(found.values(), key=_place)


def _place(verdict: Verdict) -> tuple[str, int, int]:
    candidate = verdict.candidate
    return candidate.passage.path, candidate.unit.start_line, candidate.place


def page(task: Task, chosen: Sequence[Verdict]) -> Prompt:
    """Lays out the page that the model answers from; its first source is `chosen[0]`."""
    hints = strongest(task.dictionary, HINTS)
    return Prompt(
        text=numbered.page(
            [verdict.candidate.text for verdict in chosen],
            gist(task.found.asked.text),
            keep=[hint.phrase for hint in hints if hint.z > 0],
            avoid=[hint.phrase for hint in hints if hint.z < 0],
        ),
        shown=len(chosen),
        question=task.question,
        sources=tuple(dict.fromkeys(verdict.candidate.passage for verdict in chosen)),
        hints=tuple(hints),
    )
