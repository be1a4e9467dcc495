"""Measures an adapter on lessons that it did not see, and on general questions and texts.

Each prompt is answered twice by the likeliest tokens, with the adapter and with it switched off;
each text of a pair, and each general text, is scored twice. Prompts and answers become tokens as
they do in training and answering. Without randomness: the same model gives the same values, but
for rounding. What is kept are numbers, never a text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from peft import PeftModel
from transformers import PreTrainedTokenizerBase

from app.domain import Lesson
from app.layouts import Layout
from app.layouts.wording import Wording
from app.training import quoted
from app.training.measured import AnswerMeasure, Measured, PairMeasure, Said, TextMeasure
from app.training.probes import Probe, lay_out, probes, texts
from app.training.rows import Reading
from app.training.voice import Ids, Voice

__all__ = ["MeasureConfig", "Measured", "measure"]

_LIMITS = {Layout.NUMBERED: 160, Layout.PASSAGES: 512}
"""Tokens of some five repeated sentences, and of the longest replies that people read."""
_CHANGED = 32
"""Prompts after which the change of logits is looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureConfig:
    """How much is measured.

    `questions`: how many general questions are asked, None for all; with 0 general texts are
    left out too, as for the folds of a run that measures the adapter it keeps by itself.
    `limit`: tokens of an answer at most, None for those of the layout; what lies behind them is
    not looked at.
    """

    layout: Layout
    questions: int | None = None
    limit: int | None = None


def measure(
    model: PeftModel,
    tokenizer: PreTrainedTokenizerBase,
    lessons: Sequence[Lesson],
    config: MeasureConfig,
) -> Measured:
    """Measures the active adapter of a model.

    Args:
        model: with one adapter on; it is as it was when this returns.
        tokenizer: the model's.
        lessons: held out, pairs or not; of those with the same prompt the first is answered.
        config: how much.
    """
    trained = model.training
    model.train(False)
    try:
        return _Measuring(model, tokenizer, config).of(lessons)
    finally:
        model.train(trained)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """A prompt that is answered, of a general question or a lesson."""

    prompt: str
    probe: Probe | None = None
    lesson: Lesson | None = None


class _Measuring:
    def __init__(
        self, model: PeftModel, tokenizer: PreTrainedTokenizerBase, config: MeasureConfig
    ) -> None:
        self._model = model
        self._wording = Wording(tokenizer, model)
        self._reading = Reading(tokenizer, model, config.layout)
        self._voice = Voice(model, self._wording.ends)
        self._config = config
        self._limit = config.limit or _LIMITS[config.layout]

    def of(self, lessons: Sequence[Lesson]) -> Measured:
        layout, questions = self._config.layout, self._config.questions
        first = {one.prompt: one for one in reversed(lessons)}
        asked = [_Asked(prompt=prompt, lesson=one) for prompt, one in first.items()]
        general = probes()[:questions]
        asked += [_Asked(prompt=lay_out(probe, layout), probe=probe) for probe in general]
        prompts = [self._reading.prompt(one.prompt) for one in asked]
        # A model of the numbered layout only ever repeats sentences whose number is given.
        says = [self._repeated(probe) for probe in general] if layout is Layout.NUMBERED else []
        prose = self._prose() if general else []
        return Measured(
            pairs=self._pairs([one for one in lessons if one.is_pair]),
            answers=self._answers(asked, prompts),
            texts=self._texts(says or prose),
            prose=self._texts(prose if says else []),
            change=self._voice.change(prompts[:_CHANGED]),
        )

    def _pairs(self, lessons: Sequence[Lesson]) -> tuple[PairMeasure, ...]:
        told = [
            (self._reading.prompt(one.prompt), self._reading.answer(text))
            for one in lessons
            for text in (one.chosen, one.rejected)
        ]
        base, led = self._twice(told)
        return tuple(
            PairMeasure(
                reply_id=one.reply_id,
                thread=one.thread,
                weight=one.weight,
                chosen=led[2 * at],
                rejected=led[2 * at + 1],
                base_chosen=base[2 * at],
                base_rejected=base[2 * at + 1],
            )
            for at, one in enumerate(lessons)
        )

    def _texts(self, told: Sequence[tuple[Ids, Ids]]) -> tuple[TextMeasure, ...]:
        return tuple(
            TextMeasure(tokens=len(after), base=base, led=led)
            for (_, after), base, led in zip(told, *self._twice(told), strict=True)
        )

    def _prose(self) -> list[tuple[Ids, Ids]]:
        ids = [self._wording.whole(text) for text in texts()]
        # The first token has nothing that it could follow from.
        return [(one[:1], one[1:]) for one in ids]

    def _repeated(self, probe: Probe) -> tuple[Ids, Ids]:
        """Returns a page up to the number of the right sentence, and that sentence."""
        number = f"[{probe.gold}]"
        sentence = probe.answer(Layout.NUMBERED).removeprefix(number)
        page = lay_out(probe, Layout.NUMBERED)
        return self._reading.prompt(page + number), self._reading.answer(sentence)

    def _twice(self, told: Sequence[tuple[Ids, Ids]]) -> tuple[list[float], list[float]]:
        """Scores texts without and with the adapter."""
        with self._model.disable_adapter():
            base = self._voice.logprobs(told)
        return base, self._voice.logprobs(told)

    def _answers(
        self, asked: Sequence[_Asked], prompts: Sequence[Ids]
    ) -> tuple[AnswerMeasure, ...]:
        with self._model.disable_adapter():
            base = self._voice.answers(prompts, self._limit)
        led = self._voice.answers(prompts, self._limit)
        return tuple(
            self._compared(one, prompt, before, after)
            for one, prompt, before, after in zip(asked, prompts, base, led, strict=True)
        )

    def _compared(
        self, asked: _Asked, prompt: Ids, base: tuple[list[int], bool], led: tuple[list[int], bool]
    ) -> AnswerMeasure:
        said = [self._wording.said(prompt, ids) for ids, _ in (base, led)]
        before, after = (self._quotes(text, asked.prompt) for text in said)
        lesson, probe = asked.lesson, asked.probe
        right = probe.answer(self._config.layout) if probe else lesson.chosen if lesson else ""
        cites = [quoted.cited(text) == probe.gold if probe else None for text in said]
        return AnswerMeasure(
            probe=probe.name if probe else "",
            reply_id=lesson.reply_id if lesson else 0,
            thread=lesson.thread if lesson else 0,
            base=_shape(said[0], *base),
            led=_shape(said[1], *led),
            kept=quoted.kept(before, after),
            apt=quoted.kept(self._quotes(right, asked.prompt), after),
            base_right=cites[0],
            right=cites[1],
            wanted=len(self._reading.after(right)) if lesson and right else None,
        )

    def _quotes(self, text: str, prompt: str) -> frozenset[str]:
        return quoted.quotes(text, prompt, self._config.layout)


def _shape(text: str, ids: Sequence[int], ended: bool) -> Said:
    return Said(
        tokens=len(ids),
        finished=ended,
        repeated=quoted.repeated(text),
        doubled=quoted.doubled(text),
    )
