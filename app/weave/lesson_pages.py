"""Lessons of the numbered layout: a page of sentences, and answers that repeat one of them.

Which sentences follow the first one is up to the ranking and not to the model, so a lesson is
of one sentence: the first one that people changed, else the first. A model that is taught whole
answers of several sentences learns to go on and on instead.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from app.domain import Passage, Reply
from app.layouts import numbered
from app.text.quotable import units
from app.text.safe import GAP, neutralise
from app.text.units import Form, Unit
from app.weave.candidates import LONGEST, SEPARATOR, Candidate, candidates, quoted
from app.weave.drafting import ComposerConfig, Task
from app.weave.evaluator import NOTHING, Evaluator, Verdict
from app.weave.lesson_parts import NoLesson, Opinion, Sides, place_of
from app.weave.lines import plain_lead
from app.weave.numbering import SOURCES, best, page, room
from app.weave.quoting import evaluator_of
from app.weave.recall import SAME, normal

_LED = re.compile(r"[*_]*(?P<lead>[^\s:*_][^:*_\n]*?)(?::[*_]+|[*_]*:)\s+(?P<rest>\S.*)", re.DOTALL)
_LEAST = 3
"""Words that are a sentence of their own behind a lead."""
_UNITS = 6
"""Sentences that one quotable piece of a source, such as a list item, has at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """What a text says: its sentences as they will stand on the page, and what leads it in."""

    said: tuple[Candidate, ...]
    lead: str = ""


def lay_out(reply: Reply, held: Opinion, task: Task, config: ComposerConfig) -> Sides | NoLesson:
    """Lays a lesson out on the page of today's answer, with all that the two texts say.

    A text is read from its front: as many of its sentences as are one of the sources, to the
    letter but for layout, are that source. The others are people's own. Words and a colon
    before the first sentence lead the answer in; before later ones they go, as in answers.
    """
    evaluator = evaluator_of(task)
    known = _known(task, reply.sources)
    texts = [_read(text, known) for text in (held.chosen, held.rejected)]
    for text, given in zip(texts, (held.chosen, held.rejected), strict=True):
        if given and not text.said:
            return NoLesson("a text of it has no sentence")
        if len(text.said) > config.sentences:
            return NoLesson("it says more sentences than an answer may")
    texts = _telling(*texts)
    said = list({_flat(one): one for text in texts for one in text.said}.values())
    listed = _listed(reply, said, evaluator, room(config))
    if listed is None:
        return NoLesson("what it says does not fit on one page")
    numbers = {_flat(one.candidate): at for at, one in enumerate(listed, 1)}
    return Sides(
        prompt=page(task, listed).text,
        chosen=_written(texts[0], numbers),
        rejected=_written(texts[1], numbers),
    )


def _telling(chosen: _Text, rejected: _Text) -> list[_Text]:
    """Returns the first sentence of each text that tells them apart.

    One that was put in stands alone; what was struck out stands beside the first that was left.
    """
    if not chosen.said or not rejected.said:
        return [_only(chosen, 0), _only(rejected, 0)]
    pairs = zip(chosen.said, rejected.said, strict=False)
    differ = (at for at, (one, other) in enumerate(pairs) if _flat(one) != _flat(other))
    at = 0 if chosen.lead != rejected.lead else next(differ, None)
    if at is None and len(chosen.said) == len(rejected.said):
        return [_only(chosen, 0), _only(rejected, 0)]
    if at is None:
        at = min(len(chosen.said), len(rejected.said))
    left = 0 if at == len(chosen.said) else at
    return [_only(chosen, left), _only(rejected, at)]


def _only(text: _Text, at: int) -> _Text:
    return _Text(said=text.said[at : at + 1], lead=text.lead if at == 0 else "")


def _flat(candidate: Candidate) -> str:
    return numbered.flat(candidate.text)


def _written(text: _Text, numbers: Mapping[str, int]) -> str:
    lines = []
    for at, one in enumerate(text.said):
        said = _flat(one)
        lead = text.lead if at == 0 else ""
        lines.append(str(numbered.Line(lead=lead, number=numbers[said], text=said)))
    return "\n".join(lines)


def _known(task: Task, cited: Sequence[Passage]) -> dict[str, Candidate]:
    """Returns the sentences of today's sources and of the reply's, by their normal form.

    A posted sentence was made safe to post, which changes names that could ping somebody.
    """
    found: dict[str, Candidate] = {}
    for one in [*task.found.offered, *candidates(cited)]:
        for text in (one.text, neutralise(one.text)):
            found.setdefault(normal(text.replace(GAP, "")), one)
    return found


def _read(text: str, known: Mapping[str, Candidate]) -> _Text:
    """Reads a text as sentences of sources and people's own, each once."""
    pieces = _pieces(text.replace(GAP, ""))
    found: dict[str, Candidate] = {}
    lead = ""
    at = 0
    while at < len(pieces):
        one, length, led = _next(pieces[at:], known)
        if one is not None:
            found.setdefault(_flat(one), one)
        if at == 0:
            lead = led
        at += length
    return _Text(said=tuple(found.values()), lead=lead)


def _pieces(text: str) -> list[str]:
    every = units(text, "")
    return [
        quoted(unit)
        for at, unit in enumerate(every)
        # A sentence that introduces code is said with the code.
        if not (
            at + 1 < len(every)
            and every[at + 1].form is Form.CODE
            and every[at + 1].lead == unit.text
        )
        and normal(unit.text)
    ]


def _next(
    pieces: Sequence[str], known: Mapping[str, Candidate]
) -> tuple[Candidate | None, int, str]:
    """Returns the next sentence, how many pieces it takes, and what leads it in.

    There is none where a lead stands alone at the end.
    """
    if found := _source(pieces, known):
        return *found, ""
    lead, rest = _led(pieces)
    before = len(pieces) - len(rest)
    if not lead:
        return _own(pieces[0]), 1, ""
    if not rest:
        return None, before, lead
    if found := _source(rest, known):
        return found[0], before + found[1], lead
    if before or len(normal(rest[0]).split()) >= _LEAST:
        return _own(rest[0]), before + 1, lead
    return _own(pieces[0]), 1, ""


def _led(pieces: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Splits a lead from the first piece, or off as a piece of its own."""
    alone = pieces[0].strip("*_ ")
    if alone.endswith(":") and plain_lead(alone):
        return alone, pieces[1:]
    match = _LED.fullmatch(pieces[0])
    if match is None or not plain_lead(f"{match['lead']}:"):
        return "", pieces
    return f"{match['lead']}:", [match["rest"], *pieces[1:]]


def _source(pieces: Sequence[str], known: Mapping[str, Candidate]) -> tuple[Candidate, int] | None:
    """Returns the source that most of the first pieces are together, and how many."""
    for length in range(min(_UNITS, len(pieces)), 0, -1):
        found = known.get(" ".join(map(normal, pieces[:length])))
        if found is not None:
            return found, length
    return None


def _own(text: str) -> Candidate:
    """Returns a sentence of people's; its passage has no path."""
    return replace(NOTHING.candidate, unit=Unit(text=text, start_line=1, end_line=1))


def _listed(
    reply: Reply, said: Sequence[Candidate], evaluator: Evaluator, room: int
) -> list[Verdict] | None:
    """Returns the page's sentences in order; None where not all that is said fits.

    They are those of today's answer. What is said and not among them takes the place of the
    worst of those that nobody says.
    """
    left = room - sum(len(_flat(one)) for one in said)
    if len(said) > SOURCES or left < 0 or any(len(one.text) > LONGEST for one in said):
        return None
    others = [verdict for verdict in best(evaluator, room) if not _like(verdict.candidate, said)]
    kept = _within(others, evaluator, count=SOURCES - len(said), room=left)
    theirs = [one for one in said if not one.passage.path]
    placed = [*kept, *(_verdict(one, evaluator) for one in said if one.passage.path)]
    listed = sorted(placed, key=_place)
    for one in theirs:
        listed.insert(place_of(reply, one.text, len(listed) + 1), _verdict(one, evaluator))
    return listed


def _like(candidate: Candidate, said: Iterable[Candidate]) -> bool:
    """Tells whether a sentence is, or is nearly, one that is said."""
    own = normal(candidate.text)
    return any(fuzz.ratio(own, normal(one.text)) >= SAME for one in said)


def _within(
    others: Sequence[Verdict], evaluator: Evaluator, *, count: int, room: int
) -> list[Verdict]:
    """Returns the best of some sentences that there is room for."""
    scores = evaluator.score([one.candidate.text + SEPARATOR for one in others])
    kept: list[Verdict] = []
    for at in sorted(range(len(others)), key=lambda at: -scores[at]):
        length = len(_flat(others[at].candidate))
        if len(kept) < count and length <= room:
            kept.append(others[at])
            room -= length
    return kept


def _verdict(candidate: Candidate, evaluator: Evaluator) -> Verdict:
    """Returns a sentence in the form that a page is made of; only its text and place count."""
    known = evaluator.verdicts.get(candidate.text)
    return known or replace(NOTHING, candidate=candidate)


def _place(verdict: Verdict) -> tuple[str, int, int]:
    candidate = verdict.candidate
    return candidate.passage.path, candidate.unit.start_line, candidate.place
