"""Lessons: what people made of a reply, laid out as a model will read and write it.

A lesson is worth what it has in common with answering, so it is the very page or prompt that
the question gets today, without memories and with an empty dictionary: these speak for
themselves in answers, and an adapter that was taught with them would only repeat them. Around
what people said of a reply stand many things that have nothing to do with it. A model learns
from whatever tells the two texts apart, so none of them may:

- Texts are read back to what a model would have to write. The sentences of a page are said to
  the letter, whatever people did to their layout, and both texts by the same rules, so that an
  edit that only put words before a sentence differs in these words alone. Where nothing is
  left that the layout can say, there is no lesson.
- Whatever either text says can be said from the page. A model that is taught sentences that
  stand nowhere learns to invent. So sentences that people wrote become sources, as remembered
  corrections do, in the place of the worst of today's: the page gets no longer than others.
- Where a source of people's stands says nothing. In answers corrections come first; a lesson
  puts them where a hash of the reply says, or "cite the first" would be all that is learned.
- No other source is nearly the same as one that is said, unless people told the two apart:
  which of two such twins is right cannot be read off the page.
- Rejected texts are as complete as chosen ones. Where a text would lose what a reply needs,
  such as all its citations, there is no lesson, for the loss would be what it teaches.
- One reply gives one lesson, whatever number of people spoke: what they say together is its
  weight. Where they say opposite things it gives none.

What stays is that a sentence that a person wrote reads unlike documentation, so that a model
can come to prefer it for that. On pages where such a sentence stands, that is mostly right: it
is there because somebody corrected an answer to this question. It is no reason to expect
anything of other pages; pairs with the same sentences on both sides are what shows a style.
"""

from collections.abc import Sequence

from app.domain import Dictionary, Lesson, PreferenceRow, Question, Reply, RowKind
from app.layouts import Layout
from app.ports.knowledge import Corpus
from app.weave import lesson_pages, lesson_texts
from app.weave.drafting import ComposerConfig, Task
from app.weave.found import find
from app.weave.grounding import Grounding
from app.weave.lesson_parts import NoLesson, Opinion, Sides
from app.weave.phrase_score import PhraseScore

__all__ = ["NoLesson", "against", "lesson", "opinion"]


def lesson(
    reply: Reply,
    rows: Sequence[PreferenceRow],
    *,
    corpus: Corpus,
    layout: Layout,
    question: Question | None = None,
    config: ComposerConfig | None = None,
) -> Lesson | NoLesson:
    """Lays out what people made of one reply, or says in words why nothing is learned of it.

    Args:
        reply: the reply, for its question, its text as posted and its sources.
        rows: its preference rows; those that repeat others as Chain of Hindsight are not read.
        corpus: the repository's text today.
        layout: how the model reads.
        question: the question with its thread, where that is known; else the reply's words.
        config: how answers are composed.
    """
    held = opinion(rows)
    if isinstance(held, NoLesson):
        return held
    if not reply.question.strip():
        return NoLesson("the question has no words")
    task = _task(question or Question(text=reply.question), corpus, config or ComposerConfig())
    lay_out = lesson_pages.lay_out if layout is Layout.NUMBERED else lesson_texts.lay_out
    sides = lay_out(reply, held, task, config or ComposerConfig())
    if isinstance(sides, NoLesson):
        return sides
    return _lesson(reply, held, sides)


def opinion(rows: Sequence[PreferenceRow]) -> Opinion | NoLesson:
    """Adds up what the rows of one reply say of its texts.

    A pair says most; votes that agree with it make it weigh more. Where there is none, the
    strongest vote counts, and those on the same side of the same text with it.
    """
    told = [row for row in rows if row.kind in (RowKind.PAIR, RowKind.UNPAIRED)]
    told = [row for row in told if row.chosen or row.rejected]
    if not told:
        return NoLesson("nobody who is trusted said anything of it")
    first = min(told, key=lambda row: (row.kind is not RowKind.PAIR, -row.weight, row.rejected))
    if any(against(row, first) for row in told):
        return NoLesson("people disagree about it")
    agreeing = [
        row
        for row in told
        if row.chosen in ("", first.chosen) and row.rejected in ("", first.rejected)
    ]
    return Opinion(
        chosen=first.chosen,
        rejected=first.rejected,
        weight=min(1.0, sum(row.weight for row in agreeing)),
        people=tuple(sorted({login for row in agreeing for login in row.people})),
        urls=tuple(dict.fromkeys(url for row in agreeing for url in row.urls)),
        created_at=max(row.created_at for row in agreeing),
    )


def against(row: PreferenceRow, other: PreferenceRow) -> bool:
    """Tells whether two rows say opposite things of one text."""
    return bool(
        (row.chosen and row.chosen == other.rejected)
        or (row.rejected and row.rejected == other.chosen)
    )


def _task(question: Question, corpus: Corpus, config: ComposerConfig) -> Task:
    found = find(question, corpus, (), retrieved=config.retrieved)
    nothing = Dictionary(repository_id=0)
    return Task(
        question=question,
        found=found,
        facts=corpus.facts,
        dictionary=nothing,
        phrases=PhraseScore(nothing),
        grounding=Grounding.of(corpus, found.sources),
    )


def _lesson(reply: Reply, held: Opinion, sides: Sides) -> Lesson | NoLesson:
    if sides.chosen == sides.rejected:
        return NoLesson("it was changed only in ways that the model cannot write")
    return Lesson(
        repository_id=reply.repository_id,
        reply_id=reply.id,
        thread=reply.number,
        question=reply.question,
        prompt=sides.prompt,
        chosen=sides.chosen,
        rejected=sides.rejected,
        wanted=held.chosen,
        weight=held.weight,
        people=held.people,
        urls=held.urls,
        created_at=held.created_at,
    )
