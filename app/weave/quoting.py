"""Drafts without a model: the best sentences of the sources, quoted."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from app.domain import WholeText
from app.layouts.templates import tokens
from app.ports.models import Generator
from app.weave.anew import anew
from app.weave.candidates import SEPARATOR
from app.weave.climbing import climb
from app.weave.drafting import Attempt, ComposerConfig, Draft, Said, Task
from app.weave.evaluator import BANNED, Evaluator, Verdict
from app.weave.limit import Again, invented, until_liked
from app.weave.prompts import lay_out
from app.weave.recall import counting_most
from app.weave.record import SAID_BEFORE, WORDLESS, Look, Trail
from app.weave.search import SearchConfig
from app.weave.whole import quoted


class Quoting:
    """Drafts with a generator whose pieces are sentences of the sources."""

    adapter = ""

    def __init__(self, generator: Generator, config: ComposerConfig) -> None:
        self._generator = generator
        self._config = config

    @property
    def name(self) -> str:
        return self._generator.name

    def draft(self, task: Task) -> Draft:
        """Searches for the best few sentences."""
        found = task.found
        prompt = lay_out(
            task.question,
            found.sources,
            facts=task.facts,
            examples=counting_most(found.recalled),
            dictionary=task.dictionary,
            budget=self._config.prompt_tokens,
            memory_tokens=self._config.memory_tokens,
        )
        evaluator = evaluator_of(task)
        session = self._generator.session(prompt)
        search = SearchConfig(
            budget=self._config.sentences * (len(found.offered) + 1),
            seed=self._config.seed,
            max_pieces=self._config.sentences,
        )

        def attempt(again: Again) -> Attempt:
            result = climb(
                prompt,
                expand=session.expand,
                score=partial(evaluator.score, banned=again.banned),
                config=search,
            )
            # Where all that is left is out of question, that is the best of nothing.
            said = result.text if result.score > BANNED else ""
            texts = [sentence for sentence in said.split(SEPARATOR) if sentence]
            thought = partial(look, evaluator, again.banned)
            return Attempt(
                said=in_order([evaluator.verdict(text) for text in texts]),
                units=frozenset(texts),
                score=result.score if texts else 0.0,
                pieces=result.pieces,
                evaluations=result.evaluations,
                invented=invented("\n\n".join(texts), task.grounding),
                trail=Trail(
                    root=result.root,
                    chosen=result.text,
                    look=thought,
                    say=partial(_say, evaluator, task),
                    whole=True,
                ),
            )

        draft = until_liked(attempt, phrases=task.phrases, config=self._config, start=anew(task))
        return replace(draft, tokens=tokens(prompt.text))


def look(evaluator: Evaluator, banned: frozenset[str], text: str) -> Look:
    """Returns what was thought of a draft that quotes."""
    said = [sentence for sentence in text.split(SEPARATOR) if sentence]
    if not said:
        return Look(ruled_out=WORDLESS)
    if not banned.isdisjoint(said):
        return Look(ruled_out=SAID_BEFORE)
    return Look(parts=evaluator.parts(text))


def _say(evaluator: Evaluator, task: Task, text: str) -> WholeText | None:
    said = [evaluator.verdict(sentence) for sentence in text.split(SEPARATOR) if sentence]
    return quoted(in_order(said), task.grounding, task.ungrounded)


def evaluator_of(task: Task) -> Evaluator:
    """Makes what scores drafts that quote."""
    return Evaluator(
        task.found.offered,
        task.found.scores,
        recalled=task.found.recalled,
        phrases=task.phrases,
        grounding=task.grounding,
    )


def in_order(chosen: Sequence[Verdict]) -> list[Said]:
    """Orders sentences by source, the best sentence's first, and inside a source by line."""
    first: dict[int, int] = {}
    for place, verdict in enumerate(chosen):
        first.setdefault(verdict.candidate.source, place)
    ordered = sorted(chosen, key=lambda v: (first[v.candidate.source], v.candidate.unit.start_line))
    return [Said(text=one.candidate.text, passage=one.candidate.passage) for one in ordered]
