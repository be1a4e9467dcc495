"""Composes an answer: finds sources, recalls what was learned, drafts, decides what to say."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain import Answer, Dictionary, Memory, MemoryKind, Passage, Question, Quote
from app.layouts import Layout
from app.ports.knowledge import Corpus
from app.ports.models import Generator, Model
from app.text.clean import clean
from app.weave.confidence import Signs, confidence
from app.weave.drafting import Attempt, ComposerConfig, Draft, Drafter, ModelUse, Said, Task
from app.weave.found import Found, find
from app.weave.grounding import Grounding
from app.weave.marking import grounded
from app.weave.numbering import Numbering
from app.weave.phrase_score import PhraseScore
from app.weave.quoting import Quoting
from app.weave.recall import Recalled
from app.weave.relevance import coefficients, logit, probability
from app.weave.reply import compose
from app.weave.writing import Writing

__all__ = ["Composer", "ComposerConfig", "ModelUse"]


class Composer:
    """Answers questions from a corpus; an `Answerer` port, used by several threads at once.

    `Composer(generator, config)` quotes without a model; `Composer.of(model, use, config)`
    answers with one.
    """

    def __init__(self, generator: Generator, config: ComposerConfig | None = None) -> None:
        self._config = config or ComposerConfig()
        self._drafter: Drafter = Quoting(generator, self._config)
        self._costly = False

    @classmethod
    def of(cls, model: Model, use: ModelUse, config: ComposerConfig | None = None) -> "Composer":
        """Makes a composer that answers with a language model.

        Args:
            model: the model; whoever made it closes it.
            use: how it reads, with which adapter, and how much may be asked of it.
            config: as without a model; `prompt_tokens` bounds what the model reads.
        """
        config = config or ComposerConfig()
        drafts = Numbering if use.layout is Layout.NUMBERED else Writing
        return cls.drafting(drafts(model, use, config), config)

    @classmethod
    def drafting(cls, drafter: Drafter, config: ComposerConfig) -> "Composer":
        """Makes a composer that says what a drafter with a language model drafts."""
        made = cls.__new__(cls)
        made._config = config
        made._drafter = drafter
        made._costly = True
        return made

    def answer(
        self,
        question: Question,
        *,
        corpus: Corpus,
        memories: Sequence[Memory],
        dictionary: Dictionary,
    ) -> Answer:
        """Composes an answer; the same inputs give the same answer.

        Raises:
            TransientError: the model may work later.
            UserError: the model cannot be used at all.
        """
        question = _cleaned(question)
        found = find(
            question,
            corpus,
            memories,
            retrieved=self._config.retrieved,
            regards=dictionary.regards,
        )
        phrases = PhraseScore(dictionary)
        task = Task(
            question=question,
            found=found,
            facts=corpus.facts,
            dictionary=dictionary,
            phrases=phrases,
            grounding=Grounding.of(corpus, found.sources),
            ungrounded=self._config.ungrounded,
        )
        # A model is not asked where nothing that it could say would be sure enough.
        hopeless = self._costly and _most(found) < self._config.min_confidence
        draft = Draft() if hopeless else self._drafter.draft(task)
        last, shown = _settled(draft.last, task)
        sure = _sureness(found, draft)
        abstained = not last.said or draft.refused or sure < self._config.min_confidence
        sources = self._sources(found, last.said)
        said = () if abstained else last.said
        quotes = tuple(
            Quote(text=one.text, source=sources.index(one.passage), lead=one.lead) for one in said
        )
        marked = [replace(quote, text=text) for quote, text in zip(quotes, shown, strict=False)]
        return Answer(
            text="" if abstained else last.text or compose(marked),
            quotes=quotes,
            sources=tuple(sources),
            confidence=sure,
            score=last.score,
            abstained=abstained,
            nearest=_nearest(sources) if abstained else (),
            phrases=() if abstained else tuple(phrases.uses(last.words)),
            opinions=() if abstained else tuple(last.opinions),
            memories=_used(found.recalled, said),
            moved=[one for one in found.moved if (one.path, one.line) in _places(sources)],
            facts=(*corpus.facts.statements, *corpus.facts.languages),
            refused=draft.refused,
            tried=draft.tried,
            drafts=draft.drafts,
            more=draft.more,
            restarts=draft.restarts,
            pieces=draft.pieces,
            evaluations=draft.evaluations,
            whole=draft.whole,
            left_out=draft.left_out,
            tokens=draft.tokens,
            usage=draft.usage,
            model=self._drafter.name,
            adapter=self._drafter.adapter,
        )

    def signs(self, question: Question, *, corpus: Corpus) -> Signs:
        """Measures how well a corpus fits a question, as confidence sees it."""
        return find(_cleaned(question), corpus, (), retrieved=self._config.retrieved).signs

    def _sources(self, found: Found, said: Sequence[Said]) -> list[Passage]:
        """Lists the cited passages, then those of the next best sentences."""
        cited = [one.passage for one in said]
        order = sorted(range(len(found.offered)), key=lambda at: -found.scores[at])
        others = [
            found.offered[at].passage for at in order if found.offered[at].passage.memory_id is None
        ]
        every = list(dict.fromkeys([*cited, *others]))
        return every[: max(self._config.listed, len(set(cited)))]


def _cleaned(question: Question) -> Question:
    """Returns a question that search and models can read, whatever brought it here."""
    return replace(
        question,
        text=clean(question.text),
        title=clean(question.title),
        body=clean(question.body),
    )


def _settled(last: Attempt, task: Task) -> tuple[Attempt, list[str]]:
    """Returns quoted sentences as they are to be shown, without those to be dropped; of a text
    that was written that is done already."""
    if last.text:
        return last, [one.text for one in last.said]
    left = grounded(last.said, task.grounding, task.ungrounded)
    return replace(last, said=[one for one, _ in left]), [text for _, text in left]


def _sureness(found: Found, draft: Draft) -> float:
    """Returns the confidence, raised where what is said was taught for such a question."""
    cited = {one.passage.memory_id for one in draft.last.said}
    taught = max((one.strength for one in found.recalled if one.memory.id in cited), default=0.0)
    sure = confidence(found.signs)
    if draft.declined:
        sure = probability(logit(sure) + coefficients("model")["declined"] * draft.declined)
    return max(sure, min(0.99, taught))


def _most(found: Found) -> float:
    """Returns the highest confidence that any draft could have."""
    taught = [one for one in found.recalled if one.memory.kind is MemoryKind.CORRECTION]
    return max([confidence(found.signs), *(one.strength for one in taught)])


def _nearest(sources: Sequence[Passage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source.path for source in sources if source.path))[:3]


def _places(sources: Sequence[Passage]) -> set[tuple[str, int]]:
    return {(source.path, source.start_line) for source in sources}


def _used(recalled: Sequence[Recalled], said: Sequence[Said]) -> tuple[int, ...]:
    """Returns the ids of the corrections that are cited and of the examples that bear on it."""
    cited = {one.passage.memory_id for one in said}
    return tuple(
        one.memory.id
        for one in recalled
        if one.memory.id in cited or one.memory.kind is not MemoryKind.CORRECTION
    )
