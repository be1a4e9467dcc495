"""Lessons of the passages layout: a prompt of passages, and texts that cite them.

People's texts come without the marks of sources, which they need not care for, and a model
has to write them. They are put back: where a sentence stood in the posted answer, the marks
that it had there; where a source says it to the letter, that source's; where it is a version
of a sentence that was struck out, that one's. What was cited and is not found today is among
the sources once more.

A sentence with names, numbers or mostly words that no source has says something new. Such
sentences stand among the sources as the correction that they would be in answers, for a text
that goes beyond its sources teaches to invent.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from app.domain import Passage, Prompt, Reply, SourceKind
from app.layouts.remarks import without_remarks
from app.text.clean import clean
from app.text.safe import GAP
from app.text.words import names, search_words
from app.weave.blocks import Sentence, read
from app.weave.drafting import ComposerConfig, Task
from app.weave.lesson_parts import NoLesson, Opinion, Sides, place_of
from app.weave.prompts import lay_out as lay_out_prompt
from app.weave.recall import REVISED, normal
from app.weave.writing import SOURCES, passages

_NEW = 0.5
"""The share of a sentence's words that no source has, from which on it says something new."""
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """A sentence of a text, in its place, and the passages that it cites."""

    sentence: Sentence
    code: bool
    cites: tuple[Passage, ...]


def lay_out(reply: Reply, held: Opinion, task: Task, config: ComposerConfig) -> Sides | NoLesson:
    """Lays a lesson out in today's prompt, both texts as people left them, with marks."""
    today = _prompt(task, passages(task), config)
    shown = today.sources[: today.shown]
    posted = _posted(reply)
    texts = [clean(text).replace(GAP, "") for text in (held.chosen, held.rejected)]
    if not posted:
        # A row of a file has lost its marks: what a source of today says to the letter cites it.
        struck = _said(texts[1], posted, shown)
        posted = {normal(one.sentence.text): one.cites for one in struck if one.cites}
    said = [_today(_said(text, posted, [*shown, *reply.sources]), shown) for text in texts]
    extra = list(dict.fromkeys(_elsewhere(said, shown)))
    if new := _new(said[0], task, [*shown, *extra, *reply.sources]):
        correction = _correction(reply, held, new)
        said[0] = [
            replace(one, cites=(correction,)) if one.sentence.text in new else one
            for one in said[0]
        ]
        extra.append(correction)
    prompt = _prompt(task, _among(reply, passages(task), extra, today.shown), config)
    numbers = {passage: at for at, passage in enumerate(prompt.sources[: prompt.shown], 1)}
    written = [_marked(text, each, numbers) for text, each in zip(texts, said, strict=True)]
    if any(text and text == marked for text, marked in zip(texts, written, strict=True)):
        return NoLesson("nothing that can be found today is cited in a text of it")
    return Sides(prompt=prompt.text, chosen=written[0], rejected=written[1])


def _prompt(task: Task, sources: Sequence[Passage], config: ComposerConfig) -> Prompt:
    return lay_out_prompt(
        task.question,
        sources,
        facts=task.facts,
        examples=(),
        dictionary=task.dictionary,
        budget=config.prompt_tokens,
    )


def _posted(reply: Reply) -> dict[str, tuple[Passage, ...]]:
    """Returns the sentences of the posted answer, in normal form, with what they cite."""
    found: dict[str, tuple[Passage, ...]] = {}
    for block in read(without_remarks(clean(reply.answer)).replace(GAP, ""), finished=True):
        for one in block.sentences:
            cited = [reply.sources[at - 1] for at in one.cites if 0 < at <= len(reply.sources)]
            if cited:
                found[normal(one.text)] = tuple(cited)
    return found


def _said(
    text: str, posted: Mapping[str, tuple[Passage, ...]], sources: Sequence[Passage]
) -> list[_Said]:
    return [
        _Said(sentence=one, code=block.code, cites=_cites(normal(one.text), posted, sources))
        for block in read(text, finished=True)
        for one in block.sentences
    ]


def _cites(
    said: str, posted: Mapping[str, tuple[Passage, ...]], sources: Sequence[Passage]
) -> tuple[Passage, ...]:
    if not said:
        return ()
    if said in posted:
        return posted[said]
    for passage in sources:
        if f" {said} " in f" {normal(passage.text)} ":
            return (passage,)
    version = process.extractOne(said, posted.keys(), scorer=fuzz.ratio, score_cutoff=REVISED)
    return posted[version[0]] if version else ()


def _today(said: Sequence[_Said], shown: Sequence[Passage]) -> list[_Said]:
    """Lets sentences cite what stands today where the passages that they cite stood."""

    def now(passage: Passage) -> Passage:
        return next((one for one in shown if _same_place(one, passage)), passage)

    return [replace(one, cites=tuple(dict.fromkeys(map(now, one.cites)))) for one in said]


def _same_place(one: Passage, other: Passage) -> bool:
    if not one.path or not other.path:
        return one == other
    return one.path == other.path and (
        one.start_line <= other.end_line and other.start_line <= one.end_line
    )


def _elsewhere(said: Sequence[Sequence[_Said]], shown: Sequence[Passage]) -> list[Passage]:
    """Returns what is cited and not shown today."""
    return [
        passage for text in said for one in text for passage in one.cites if passage not in shown
    ]


def _new(said: Sequence[_Said], task: Task, sources: Sequence[Passage]) -> list[str]:
    """Returns the sentences with names, numbers or mostly words that no source has."""
    whole = "\n".join([task.question.text, *(source.text for source in sources)])
    known = frozenset([*search_words(whole), *names(whole), *_NUMBER.findall(whole)])
    found = []
    for one in said:
        text = one.sentence.text
        words = frozenset(search_words(text))
        certain = {*names(text), *_NUMBER.findall(text)}
        if not certain <= known or len(words - known) > _NEW * len(words):
            found.append(text)
    return found


def _correction(reply: Reply, held: Opinion, new: Sequence[str]) -> Passage:
    """Returns new sentences as the correction that is remembered of them."""
    return Passage(
        path="",
        start_line=1,
        end_line=len(new),
        title=reply.question,
        text="\n".join(new),
        kind=SourceKind.CORRECTION,
        url=reply.url,
        author=held.people[0] if held.people else "",
    )


def _among(
    reply: Reply, today: Sequence[Passage], extra: Sequence[Passage], shown: int
) -> list[Passage]:
    """Puts passages among those that are shown today, each where a hash says."""
    found = list(today)[: max(0, SOURCES - len(extra))]
    for passage in extra:
        places = min(len(found), max(0, shown - len(extra))) + 1
        found.insert(place_of(reply, passage.text, places), passage)
    return found


def _marked(text: str, said: Sequence[_Said], numbers: Mapping[Passage, int]) -> str:
    """Puts marks behind the sentences of a text, which stays as it is otherwise."""
    found, at = "", 0
    for one in said:
        shown = sorted({numbers[passage] for passage in one.cites if passage in numbers})
        # Lines of a paragraph were joined when it was read.
        sought = r"\s+".join(map(re.escape, one.sentence.text.split()))
        match = re.compile(sought).search(text, at) if shown and sought else None
        if match is None:
            continue
        marks = " ".join(f"[{number}]" for number in shown)
        found += text[at : match.end()] + ("\n\n" if one.code else " ") + marks
        at = match.end()
    return found + text[at:]
