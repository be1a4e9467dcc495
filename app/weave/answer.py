"""Composes an answer: finds sources, recalls what was learned, searches for the best draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.domain import (
    Answer,
    Dictionary,
    Hit,
    Memory,
    MemoryKind,
    Passage,
    Prompt,
    Question,
    Quote,
)
from app.ports import Corpus, Generator
from app.weave.candidates import SEPARATOR, candidates
from app.weave.confidence import confidence, signs
from app.weave.evaluator import Evaluator, Verdict
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore, total
from app.weave.prompts import lay_out, tokens
from app.weave.question import Asked, take_apart
from app.weave.recall import Recalled, recall
from app.weave.reply import compose
from app.weave.search import SearchConfig, WeaveResult, weave


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposerConfig:
    """How answers are composed.

    `sentences` is the most that an answer quotes; below `min_confidence` it abstains, and
    also when `max_restarts` new drafts still have a phrase score under `min_score`.
    `retrieved` passages are looked at, `listed` named as sources, `prompt_tokens` laid out.
    """

    seed: int = 0
    sentences: int = 4
    min_score: float = 0.0
    max_restarts: int = 2
    min_confidence: float = 0.3
    retrieved: int = 24
    listed: int = 5
    prompt_tokens: int = 6000


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The search's outcome before it is decided whether to say it."""

    asked: Asked
    chosen: Sequence[Verdict]
    result: WeaveResult
    prompt: Prompt
    recalled: Sequence[Recalled]
    confidence: float
    restarts: int
    pieces: int
    evaluations: int
    refused: bool


class Composer:
    """Answers questions from a corpus with a generator; an `Answerer` port."""

    def __init__(self, generator: Generator, config: ComposerConfig | None = None) -> None:
        self._generator = generator
        self._config = config or ComposerConfig()

    def answer(
        self,
        question: Question,
        *,
        corpus: Corpus,
        memories: Sequence[Memory],
        dictionary: Dictionary,
    ) -> Answer:
        """Composes an answer; the same inputs give the same answer."""
        phrases = PhraseScore(dictionary)
        draft = self._draft(question, corpus, memories, dictionary, phrases)
        abstained = (
            not draft.chosen or draft.refused or draft.confidence < self._config.min_confidence
        )
        sources = self._sources(draft)
        chosen = () if abstained else _in_order(draft.chosen)
        quotes = tuple(
            Quote(text=verdict.candidate.text, source=sources.index(verdict.candidate.passage))
            for verdict in chosen
        )
        text = compose(quotes)
        return Answer(
            text=text,
            quotes=quotes,
            sources=tuple(sources),
            confidence=draft.confidence,
            score=draft.result.score if draft.chosen else 0.0,
            abstained=abstained,
            nearest=_nearest(sources) if abstained else (),
            phrases=tuple(phrases.uses(SEPARATOR.join(quote.text for quote in quotes))),
            memories=_used(draft.recalled, chosen),
            facts=(*corpus.facts.statements, *corpus.facts.languages),
            restarts=draft.restarts,
            pieces=draft.pieces,
            evaluations=draft.evaluations,
            tokens=tokens(draft.prompt.text),
            model=self._generator.name,
        )

    def _draft(
        self,
        question: Question,
        corpus: Corpus,
        memories: Sequence[Memory],
        dictionary: Dictionary,
        phrases: PhraseScore,
    ) -> Draft:
        asked = take_apart(question, corpus.rarity)
        recalled = recall(asked, memories, corpus.rarity)
        hits = corpus.search(question.text, self._config.retrieved)
        taught = [one for one in recalled if one.memory.kind is MemoryKind.CORRECTION]
        sources = [*(one.passage for one in taught), *(hit.passage for hit in hits)]
        retrieval = [*(one.similarity for one in taught), *_shares(hits)]
        prompt = lay_out(
            question,
            sources,
            facts=corpus.facts,
            examples=[one.memory for one in recalled],
            dictionary=dictionary,
            budget=self._config.prompt_tokens,
        )
        evaluator = Evaluator(
            asked,
            candidates(sources),
            retrieval,
            recalled=recalled,
            phrases=phrases,
            grounding=Grounding(corpus.paths, (source.text for source in sources)),
        )
        session = self._generator.session(prompt)
        banned: set[str] = set()
        pieces = evaluations = 0
        for attempt in range(self._config.max_restarts + 1):
            restarts = attempt
            result = weave(
                prompt,
                expand=session.expand,
                score=partial(evaluator.score, banned=frozenset(banned)),
                config=SearchConfig(
                    budget=self._config.sentences * (len(evaluator.verdicts) + 1),
                    seed=self._config.seed,
                    max_pieces=self._config.sentences,
                ),
            )
            pieces += result.pieces
            evaluations += result.evaluations
            said = [sentence for sentence in result.text.split(SEPARATOR) if sentence]
            uses = phrases.uses(result.text)
            refused = bool(said) and total(uses) < self._config.min_score
            if not refused:
                break
            banned.update(said)
        chosen = [evaluator.verdict(sentence) for sentence in said]
        return Draft(
            asked=asked,
            chosen=chosen,
            result=result,
            prompt=prompt,
            recalled=recalled,
            confidence=self._confidence(asked, chosen, evaluator, corpus, hits),
            restarts=restarts,
            pieces=pieces,
            evaluations=evaluations,
            refused=refused,
        )

    def _confidence(
        self,
        asked: Asked,
        chosen: Sequence[Verdict],
        evaluator: Evaluator,
        corpus: Corpus,
        hits: Sequence[Hit],
    ) -> float:
        ranked = sorted((v.relevance for v in evaluator.verdicts.values()), reverse=True)
        rarity = sum(concept.rarity for concept in asked.concepts)
        strength = hits[0].score / rarity if hits and rarity else 0.0
        ceiling = corpus.rarity("\0")
        found = confidence(
            signs(asked, chosen, ranked, strength, lambda word: corpus.rarity(word) < ceiling)
        )
        taught = max((v.memory for v in chosen), default=0.0)
        return max(found, min(0.99, taught / 4)) if taught > 0 else found

    def _sources(self, draft: Draft) -> list[Passage]:
        """Lists the quoted passages, then the best others up to the number to be listed."""
        quoted = [verdict.candidate.passage for verdict in _in_order(draft.chosen)]
        others = [p for p in draft.prompt.sources if p.memory_id is None]
        every = list(dict.fromkeys([*quoted, *others]))
        return every[: max(self._config.listed, len(set(quoted)))]


def _shares(hits: Sequence[Hit]) -> list[float]:
    return [hit.score / hits[0].score if hits[0].score else 0.0 for hit in hits]


def _in_order(chosen: Sequence[Verdict]) -> list[Verdict]:
    """Orders sentences by source, the best sentence's first, and inside a source by line."""
    first: dict[int, int] = {}
    for place, verdict in enumerate(chosen):
        first.setdefault(verdict.candidate.source, place)
    return sorted(chosen, key=lambda v: (first[v.candidate.source], v.candidate.unit.start_line))


def _nearest(sources: Sequence[Passage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source.path for source in sources if source.path))[:3]


def _used(recalled: Sequence[Recalled], chosen: Sequence[Verdict]) -> tuple[int, ...]:
    """Returns the ids of the memories that were quoted or moved the choice."""
    quoted = {verdict.candidate.passage.memory_id for verdict in chosen}
    return tuple(
        one.memory.id
        for one in recalled
        if one.memory.id in quoted or one.memory.kind is not MemoryKind.CORRECTION
    )
