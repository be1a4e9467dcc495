"""The lines that a model of the numbered layout may say, and what its drafts come to."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.layouts import numbered
from app.weave.evaluator import Verdict

_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
_LEAD = re.compile(rf"{_WORD}(?: {_WORD}){{0,3}}:")
_LONGEST_LEAD = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A draft understood: the sentences that it repeats, as they stand in the sources, and
    what leads it in."""

    texts: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What the samples of a model are like, whichever sentences they repeat.

    `lead` is what most readable ones begin with, `declined` the share of all that say that
    the sources have no answer, `readable` the share of the others that repeat sentences.
    """

    lead: str = ""
    declined: float = 0.0
    readable: float = 0.0


class Lines:
    """The sentences of one page, by number and by text."""

    def __init__(self, chosen: Sequence[Verdict]) -> None:
        self.texts = tuple(verdict.candidate.text for verdict in chosen)
        self._numbers = {numbered.flat(text): at for at, text in enumerate(self.texts, 1)}

    def line(self, text: str, lead: str = "") -> str:
        """Returns the line that says a sentence."""
        said = numbered.flat(text)
        return str(numbered.Line(lead=lead, number=self._numbers[said], text=said))

    def read(self, draft: str) -> Reading | None:
        """Understands a draft; None where a line of it is no sentence of the page, to the
        letter, or is one a second time, or is led in by more than a few plain words.

        A line with the number of another sentence is the sentence that it repeats.
        """
        found = numbered.read(draft)
        if found is None or not all(plain_lead(line.lead) for line in found):
            return None
        numbers = [self._numbers.get(numbered.flat(line.text)) for line in found]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers) or len(set(known)) < len(known):
            return None
        # A reply is led in once: what stands before later lines goes.
        return Reading(texts=tuple(self.texts[at - 1] for at in known), lead=found[0].lead)

    def hear(self, samples: Sequence[str]) -> Heard:
        """Looks at the first samples of an answer."""
        unknown = numbered.unknown().strip()
        answers = [text for text in samples if text.strip() != unknown]
        readings = [reading for text in answers if (reading := self.read(text)) is not None]
        leads = Counter(reading.lead for reading in readings)
        lead, votes = leads.most_common(1)[0] if leads else ("", 0)
        return Heard(
            lead=lead if 2 * votes > len(readings) else "",
            declined=1 - len(answers) / len(samples) if samples else 0.0,
            readable=len(readings) / len(answers) if answers else 0.0,
        )


def plain_lead(lead: str) -> bool:
    """Tells whether a lead is nothing, or one to four plain words and a colon."""
    return not lead or (len(lead) <= _LONGEST_LEAD and _LEAD.fullmatch(lead) is not None)
