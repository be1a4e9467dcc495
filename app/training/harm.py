"""What an adapter must leave as it was: content, sources, general text, and good manners.

A held-out lesson is answered once, by the adapter that did not see it; general questions and
texts are put to every adapter that is to be judged, and the worst one counts.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from app.domain import Finding
from app.training.exact import at_most, non_inferiority, upper
from app.training.measured import AnswerMeasure, Measured, Said, TextMeasure
from app.training.rules import Rules
from app.training.saying import chance, share


def harm(measured: Sequence[Measured], rules: Rules) -> list[Finding]:
    """Returns what is found of all that an adapter may spoil."""
    lessons = [answer for one in measured for answer in one.answers if not answer.probe]
    probes = [[answer for answer in one.answers if answer.probe] for one in measured]
    probes = [found for found in probes if found] or [[]]
    groups = [group for group in (lessons, *probes) if group]
    texts = [one for one in measured if one.texts] or [Measured()]
    taught = _taught(lessons)
    return [
        _worst(_content([*lessons, *found], rules) for found in probes),
        _here(lessons, rules),
        _worst(_sources(found, rules) for found in probes),
        _worst(_perplexity(found, rules) for found in texts),
        _worst(_length(group, taught, rules) for group in groups or [[]]),
        *_manners(groups or [[]], rules),
        _logits([one.change for one in measured], rules),
    ]


def _content(answers: Sequence[AnswerMeasure], rules: Rules) -> Finding:
    """Asks whether answers still quote what they quoted, by a one-sided exact binomial test.

    Only answers count that quoted something before, so that their share can only fall: what is
    tested is that the true share of the lost is below the margin.
    """
    lost, total = _lost(answers, rules)
    if not total:
        return _unknown("content", _below(rules), "No answer quoted anything before.")
    return Finding(
        name="content",
        value=lost / total,
        wanted=_below(rules),
        passed=at_most(lost, total, rules.content_margin) < rules.level,
        about=f"{lost} of {total} answers no longer quote what they quoted; in truth it may be "
        f"{share(upper(lost, total, rules.level))}, and "
        f"{share(rules.content_margin)} is too much.",
    )


def _here(lessons: Sequence[AnswerMeasure], rules: Rules) -> Finding:
    """Asks the same of held-out questions alone, which are too few for a test: their share itself
    must be within the margin, so that what is lost here cannot hide among general questions."""
    lost, total = _lost(lessons, rules)
    wanted = f"at most {share(rules.content_margin)} lost"
    if not total:
        said = "No answer to this repository's held-out questions quoted anything before."
        return _unknown("content here", wanted, said)
    return Finding(
        name="content here",
        value=lost / total,
        wanted=wanted,
        passed=lost <= rules.content_margin * total,
        about=f"{lost} of {total} answers to this repository's held-out questions no longer quote "
        f"what they quoted; so few say that in truth it may be "
        f"{share(upper(lost, total, rules.level))}.",
    )


def _lost(answers: Sequence[AnswerMeasure], rules: Rules) -> tuple[int, int]:
    """Counts answers that lost what they quoted, among those that quoted something.

    One that quotes the right thing instead has lost nothing.
    """
    kept = [
        max(answer.kept, answer.apt or 0.0) >= rules.kept
        for answer in answers
        if answer.kept is not None
    ]
    return kept.count(False), len(kept)


def _sources(probes: Sequence[AnswerMeasure], rules: Rules) -> Finding:
    """Asks whether right sources are lost, by an exact test of non-inferiority of paired shares."""
    wanted = f"less than {share(rules.source_margin)} lost, p < {rules.level:g}"
    known = [one for one in probes if one.right is not None and one.base_right is not None]
    if not known:
        return _unknown("sources", wanted, "No general question was asked.")
    gained = sum(bool(one.right) and not one.base_right for one in known)
    lost = sum(bool(one.base_right) and not one.right for one in known)
    p = non_inferiority(gained, lost, len(known), rules.source_margin)
    before = sum(bool(one.base_right) for one in known)
    return Finding(
        name="sources",
        value=(lost - gained) / len(known),
        wanted=wanted,
        passed=p < rules.level,
        about=f"Of {len(known)} general questions {before} cite the right source without the "
        f"adapter and {before + gained - lost} with it; if {share(rules.source_margin)} were lost "
        f"in truth, that would come up with p = {chance(p)}.",
    )


def _perplexity(measured: Measured, rules: Rules) -> Finding:
    """Asks how much less likely general text has become, per token.

    Of a model that only repeats sentences that is the right sentence of general pages. What
    became of prose, which it never says, is told beside that and has no limit.
    """
    wanted = f"at most {rules.perplexity:g} times what it was"
    ratio = _ratio(measured.texts)
    if not math.isfinite(ratio):
        return _unknown("perplexity", wanted, "The perplexity of general text is no number.")
    about = f"The perplexity of general text is {ratio:.3g} times what it was."
    if measured.prose:
        about = (
            f"The perplexity of what the model is to repeat of general pages is {ratio:.3g} times "
            f"what it was; of prose, which it never says, {_ratio(measured.prose):.3g} times."
        )
    return Finding(
        name="perplexity",
        value=ratio,
        wanted=wanted,
        passed=ratio <= rules.perplexity,
        about=about,
    )


def _ratio(texts: Sequence[TextMeasure]) -> float:
    """Returns how many times what it was the perplexity of texts is; nan where it is no number."""
    tokens = sum(text.tokens for text in texts)
    told = sum(text.base - text.led for text in texts) / tokens if tokens else math.nan
    return math.exp(min(told, _LARGEST)) if math.isfinite(told) else math.nan


def _taught(lessons: Sequence[AnswerMeasure]) -> float:
    """Returns how many times as long as before answers are to be; 1 where nobody wrote any."""
    known = [(one.wanted, one.base.tokens) for one in lessons if one.wanted is not None]
    before = sum(tokens for _, tokens in known)
    return sum(wanted for wanted, _ in known) / before if before else 1.0


def _length(answers: Sequence[AnswerMeasure], taught: float, rules: Rules) -> Finding:
    """Asks how long answers are; a length that people taught is as good as the one before."""
    least, most = rules.shortest * min(1.0, taught), rules.longest * max(1.0, taught)
    wanted = f"{least:.2g} to {most:.2g} times what it was"
    before = sum(one.base.tokens for one in answers)
    if not before:
        return _unknown("length", wanted, "There are no answers to compare the length of.")
    ratio = sum(one.led.tokens for one in answers) / before
    return Finding(
        name="length",
        value=ratio,
        wanted=wanted,
        passed=least <= ratio <= most,
        about=f"Answers are {ratio:.2g} times as long as they were.",
    )


def _manners(groups: Sequence[Sequence[AnswerMeasure]], rules: Rules) -> list[Finding]:
    asked: Sequence[tuple[str, str, Callable[[Said], bool]]] = (
        ("repetition", "repeat themselves", lambda said: said.repeated >= rules.repeats),
        ("openings", "open with the same words twice", lambda said: said.doubled),
        ("endings", "do not come to an end", lambda said: not said.finished),
    )
    return [
        _worst(_spoilt(name, words, spoilt, answers, rules) for answers in groups)
        for name, words, spoilt in asked
    ]


def _spoilt(
    name: str,
    words: str,
    spoilt: Callable[[Said], bool],
    answers: Sequence[AnswerMeasure],
    rules: Rules,
) -> Finding:
    """Counts answers with a fault beside those that had it before; a single one is an accident."""
    wanted = f"at most {share(rules.spoilt)} more than before, or a single one"
    if not answers:
        return _unknown(name, wanted, "There are no answers to look at.")
    before = sum(spoilt(one.base) for one in answers)
    after = sum(spoilt(one.led) for one in answers)
    return Finding(
        name=name,
        value=(after - before) / len(answers),
        wanted=wanted,
        passed=after - before <= max(1.0, rules.spoilt * len(answers)),
        about=f"{after} of {len(answers)} answers {words}, and {before} did before.",
    )


def _logits(changes: Sequence[float | None], rules: Rules) -> Finding:
    """Asks whether every adapter changes anything at all."""
    wanted = f"at least {share(rules.change)}"
    known = [change for change in changes if change is not None and math.isfinite(change)]
    if not known or len(known) < len(changes):
        return _unknown("logits", wanted, "How much the logits change is no number.")
    return Finding(
        name="logits",
        value=min(known),
        wanted=wanted,
        passed=min(known) >= rules.change,
        about=f"The largest change of a logit is {share(min(known))} of the largest logit; below "
        f"{share(rules.change)} an adapter does nothing.",
    )


def _worst(findings: Iterable[Finding]) -> Finding:
    """Returns what does not pass, else what is nearest to that; larger values are worse."""
    return min(
        findings, key=lambda one: (one.passed, -math.inf if one.value is None else -one.value)
    )


def _unknown(name: str, wanted: str, about: str) -> Finding:
    return Finding(name=name, value=None, wanted=wanted, passed=False, about=about)


def _below(rules: Rules) -> str:
    return f"less than {share(rules.content_margin)} lost, p < {rules.level:g}"


_LARGEST = 700.0
"""The exponent from which a ratio is too large for a number."""
