"""Lessons as tokens: to the token what answering reads and writes, each row with its weight.

`plain` is the prompt with the chosen answer and nothing else, which answering asks for. The other
forms are those of Chain of Hindsight (Liu, Sferrazza, Abbeel 2023, arXiv 2302.02676): after the
same prompt, answers stand behind marks that say what they are worth. `p` is a good one, `n` a bad
one, `pn` a good and then a bad one, `np` the other way round. Prompt and marks are read and not
learned: their labels are -100. So nothing ever teaches to write a mark.

```
ids     prompt  mark of good   chosen   mark of bad   rejected   end
labels  -100    -100           chosen   -100          rejected   end
```
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from app.domain import Lesson
from app.layouts import OPENINGS, Layout
from app.layouts.chat import Chat
from app.layouts.templates import template
from app.layouts.wording import Model, Tokenizer, Wording
from app.training.recipe import Form, Recipe

MASKED = -100
"""The label of a token that is not learned."""
Ids = tuple[int, ...]


class Reading:
    """What a model's tokenizer makes of lessons."""

    def __init__(self, tokenizer: Tokenizer, model: Model, layout: Layout) -> None:
        self._wording = Wording(tokenizer, model)
        self._chat = Chat(self._wording)
        self._opening = OPENINGS[layout]
        self._end = self._chat.end()

    def prompt(self, text: str) -> Ids:
        """Returns the tokens that an answer to a prompt follows."""
        return self._chat.prompt(text, self._opening)

    def after(self, text: str) -> Ids:
        """Returns the tokens of a text that follows another."""
        return self._wording.after(text)

    def answer(self, text: str) -> Ids:
        """Returns the tokens of a whole answer, its end included."""
        return (*self.after(text), *self._end)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A text to imitate: `ids`, and `labels` that are the same or `MASKED`."""

    form: Form
    ids: Ids
    labels: Ids
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two answers to a prompt, their ends included.

    `apart` is false for texts that are nearly the same: the chosen one is imitated, and not
    preferred to the other.
    """

    prompt: Ids
    chosen: Ids
    rejected: Ids
    weight: float
    apart: bool


def rows(lessons: Sequence[Lesson], reading: Reading, recipe: Recipe, most: int) -> list[Row]:
    """Lays lessons out to be imitated, form by form within each lesson.

    Args:
        lessons: what is learned from, in the order that the rows get.
        reading: the model's tokenizer.
        recipe: which forms.
        most: tokens that a row may have; longer ones are left out.

    Returns:
        Rows whose weights are 1 on average, so that trust moves the rows and not the rate.
    """
    made = [
        row
        for lesson in lessons
        for row in (_row(lesson, form, reading) for form in recipe.sft.forms)
        if row is not None and len(row.ids) <= most
    ]
    mean = _mean([row.weight for row in made])
    return [replace(row, weight=row.weight / mean) for row in made]


def pairs(lessons: Sequence[Lesson], reading: Reading, recipe: Recipe, most: int) -> list[Pair]:
    """Lays pairs out to be preferred; as `rows`, where a pair is as long as its longer text."""
    made = []
    for lesson in lessons:
        if lesson.is_pair:
            pair = _pair(lesson, reading, recipe.dpo.alike)
            if len(pair.prompt) + max(len(pair.chosen), len(pair.rejected)) <= most:
                made.append(pair)
    mean = _mean([pair.weight for pair in made])
    return [replace(pair, weight=pair.weight / mean) for pair in made]


def fitting(lessons: Sequence[Lesson], reading: Reading, most: int) -> list[Lesson]:
    """Returns the lessons whose prompt with its longer answer has at most `most` tokens."""
    return [
        one
        for one in lessons
        if len(reading.prompt(one.prompt))
        + max(len(reading.answer(text)) for text in (one.chosen, one.rejected))
        <= most
    ]


def likeness(one: str, other: str) -> float:
    """Returns how alike two texts are to a reader, in [0, 1]: case and white space do not count."""
    return fuzz.ratio(_plain(one), _plain(other)) / 100


def _pair(lesson: Lesson, reading: Reading, alike: float) -> Pair:
    return Pair(
        prompt=reading.prompt(lesson.prompt),
        chosen=reading.answer(lesson.chosen),
        rejected=reading.answer(lesson.rejected),
        weight=lesson.weight,
        apart=likeness(lesson.chosen, lesson.rejected) < alike,
    )


def _row(lesson: Lesson, form: Form, reading: Reading) -> Row | None:
    """Lays one form of a lesson out; None where the lesson lacks an answer that it needs."""
    good, bad = (template("coh/good"), lesson.chosen), (template("coh/bad"), lesson.rejected)
    said = {
        "plain": (("", lesson.chosen),),
        "p": (good,),
        "n": (bad,),
        "pn": (good, bad),
        "np": (bad, good),
    }[form]
    if not all(answer for _, answer in said):
        return None
    ids = list(reading.prompt(lesson.prompt))
    labels = [MASKED] * len(ids)
    for at, (mark, answer) in enumerate(said):
        before = reading.after(f"\n{mark}" if at else mark) if mark else ()
        last = at == len(said) - 1
        told = reading.answer(answer) if last else reading.after(answer)
        ids += [*before, *told]
        labels += [*[MASKED] * len(before), *told]
    return Row(form=form, ids=tuple(ids), labels=tuple(labels), weight=lesson.weight)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _mean(weights: Sequence[float]) -> float:
    return sum(weights) / len(weights) if weights else 1.0
