"""Composes an answer: finds sources, recalls what was learned, searches for the best draft."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from app.layouts.templates import tokens
from app.ports import Corpus, Generator
from app.weave.candidates import SEPARATOR, Candidate, candidates
from app.weave.confidence import Signs, confidence, signs
from app.weave.evaluator import Evaluator, Verdict
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore, total
from app.weave.prompts import lay_out
from app.weave.question import Asked, take_apart
from app.weave.recall import Recalled, normal, recall
from app.weave.relevance import sentence_scores
from app.weave.reply import compose
from app.weave.search import SearchConfig, weave

VAGUE = 2
"""Questions of fewer content words that point at something are read together with the title
of their thread."""
_POINTING = re.compile(r"\b(?:this|that|these|those|it|here)\b", re.IGNORECASE)
UNLIKE = -50.0
"""The score of a correction's other sentences where the questions are not alike."""


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
    min_confidence: float = 0.34
    retrieved: int = 80
    listed: int = 5
    prompt_tokens: int = 6000


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a question found: sources, corrections last, and each sentence's fit."""

    asked: Asked
    recalled: Sequence[Recalled]
    sources: Sequence[Passage]
    offered: Sequence[Candidate]
    scores: Sequence[float]
    signs: Signs


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The search's outcome before it is decided whether to say it."""

    chosen: Sequence[Verdict]
    score: float
    refused: bool
    restarts: int
    pieces: int
    evaluations: int


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
        found = self._find(question, corpus, memories)
        prompt = lay_out(
            question,
            found.sources,
            facts=corpus.facts,
            examples=[one.memory for one in found.recalled],
            dictionary=dictionary,
            budget=self._config.prompt_tokens,
        )
        phrases = PhraseScore(dictionary)
        draft = self._draft(prompt, found, phrases, Grounding(corpus.paths, _texts(found)))
        sure = _sureness(found, draft.chosen)
        abstained = not draft.chosen or draft.refused or sure < self._config.min_confidence
        sources = self._sources(found, draft.chosen)
        chosen = () if abstained else _in_order(draft.chosen)
        quotes = tuple(
            Quote(text=verdict.candidate.text, source=sources.index(verdict.candidate.passage))
            for verdict in chosen
        )
        return Answer(
            text=compose(quotes),
            quotes=quotes,
            sources=tuple(sources),
            confidence=sure,
            score=draft.score,
            abstained=abstained,
            nearest=_nearest(sources) if abstained else (),
            phrases=tuple(phrases.uses("\n\n".join(quote.text for quote in quotes))),
            memories=_used(found.recalled, chosen),
            facts=(*corpus.facts.statements, *corpus.facts.languages),
            restarts=draft.restarts,
            pieces=draft.pieces,
            evaluations=draft.evaluations,
            tokens=tokens(prompt.text),
            model=self._generator.name,
        )

    def signs(self, question: Question, *, corpus: Corpus) -> Signs:
        """Measures how well a corpus fits a question, as confidence sees it."""
        return self._find(question, corpus, ()).signs

    def _find(self, question: Question, corpus: Corpus, memories: Sequence[Memory]) -> Found:
        asked = take_apart(question, corpus.rarity)
        pointing = bool(_POINTING.search(question.text)) or not asked.concepts
        if pointing and len(asked.concepts) < VAGUE and question.title:
            # "How do I fix this?" is about what the thread is about.
            whole = replace(question, text=f"{question.text}\n\n{question.title}")
            asked = take_apart(whole, corpus.rarity)
        hits = corpus.search(asked.text, self._config.retrieved)
        own = [hit.passage for hit in hits]
        shares = _shares(hits)
        offered = candidates(own)
        scores = sentence_scores(asked, offered, shares)
        fits = signs(
            asked,
            scores,
            offered,
            retrieved=hits[0].score if hits else 0.0,
            ceiling=corpus.rarity("\0"),
        )
        standing = _standing(offered, scores) if memories else {}
        recalled = recall(asked, memories, corpus.rarity, standing)
        taught = [one for one in recalled if one.memory.kind is MemoryKind.CORRECTION]
        if taught:
            # After the repository's own sentences, which keep their places and scores.
            sources = [*own, *(one.passage for one in taught)]
            every = candidates(sources)
            new = every[len(offered) :]
            fitted = sentence_scores(asked, new, [*shares, *(1.0 for _ in taught)])
            scores = [*scores, *map(partial(_taught, taught), new, fitted)]
            own, offered = sources, every
        return Found(
            asked=asked,
            recalled=recalled,
            sources=own,
            offered=offered,
            scores=scores,
            signs=fits,
        )

    def _draft(
        self, prompt: Prompt, found: Found, phrases: PhraseScore, grounding: Grounding
    ) -> Draft:
        """Searches for the best draft, anew without its sentences while it is disliked."""
        evaluator = Evaluator(
            found.offered,
            found.scores,
            recalled=found.recalled,
            phrases=phrases,
            grounding=grounding,
        )
        session = self._generator.session(prompt)
        config = SearchConfig(
            budget=self._config.sentences * (len(found.offered) + 1),
            seed=self._config.seed,
            max_pieces=self._config.sentences,
        )
        banned: frozenset[str] = frozenset()
        pieces = evaluations = restarts = 0
        while True:
            result = weave(
                prompt,
                expand=session.expand,
                score=partial(evaluator.score, banned=banned),
                config=config,
            )
            pieces += result.pieces
            evaluations += result.evaluations
            said = [sentence for sentence in result.text.split(SEPARATOR) if sentence]
            liked = total(phrases.uses("\n\n".join(said)))
            refused = bool(said) and liked < self._config.min_score
            if not refused or restarts == self._config.max_restarts:
                break
            restarts += 1
            banned = banned.union(said)
        return Draft(
            chosen=[evaluator.verdict(sentence) for sentence in said],
            score=result.score if said else 0.0,
            refused=refused,
            restarts=restarts,
            pieces=pieces,
            evaluations=evaluations,
        )

    def _sources(self, found: Found, chosen: Sequence[Verdict]) -> list[Passage]:
        """Lists the quoted passages, then those of the next best sentences."""
        quoted = [verdict.candidate.passage for verdict in _in_order(chosen)]
        order = sorted(range(len(found.offered)), key=lambda at: -found.scores[at])
        others = [
            found.offered[at].passage for at in order if found.offered[at].passage.memory_id is None
        ]
        every = list(dict.fromkeys([*quoted, *others]))
        return every[: max(self._config.listed, len(set(quoted)))]


def _standing(offered: Sequence[Candidate], scores: Sequence[float]) -> dict[str, float]:
    """Returns what the repository's own sentences, in normal form, score."""
    found: dict[str, float] = {}
    for candidate, score in zip(offered, scores, strict=True):
        said = normal(candidate.text)
        found[said] = max(found.get(said, score), score)
    return found


def _taught(taught: Sequence[Recalled], candidate: Candidate, fitted: float) -> float:
    """Scores a sentence of a correction: as it fits where the questions are alike, and at
    least as the sentence whose place it takes."""
    one = next(one for one in taught if one.memory.id == candidate.passage.memory_id)
    inherited = one.inherited.get(normal(candidate.text), UNLIKE)
    return max(inherited, fitted) if one.similarity else inherited


def _texts(found: Found) -> list[str]:
    return [source.text for source in found.sources]


def _shares(hits: Sequence[Hit]) -> list[float]:
    return [hit.score / hits[0].score if hits[0].score else 0.0 for hit in hits]


def _sureness(found: Found, chosen: Sequence[Verdict]) -> float:
    """Returns the confidence, raised where what is said was taught for such a question."""
    quoted = {verdict.candidate.passage.memory_id for verdict in chosen}
    taught = max((one.strength for one in found.recalled if one.memory.id in quoted), default=0.0)
    return max(confidence(found.signs), min(0.99, taught))


def _in_order(chosen: Sequence[Verdict]) -> list[Verdict]:
    """Orders sentences by source, the best sentence's first, and inside a source by line."""
    first: dict[int, int] = {}
    for place, verdict in enumerate(chosen):
        first.setdefault(verdict.candidate.source, place)
    return sorted(chosen, key=lambda v: (first[v.candidate.source], v.candidate.unit.start_line))


def _nearest(sources: Sequence[Passage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source.path for source in sources if source.path))[:3]


def _used(recalled: Sequence[Recalled], chosen: Sequence[Verdict]) -> tuple[int, ...]:
    """Returns the ids of the corrections that are quoted and of the examples that bear on it."""
    quoted = {verdict.candidate.passage.memory_id for verdict in chosen}
    return tuple(
        one.memory.id
        for one in recalled
        if one.memory.id in quoted or one.memory.kind is not MemoryKind.CORRECTION
    )
