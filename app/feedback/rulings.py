"""Rulings on the dictionary: what maintainers decided stands above what evidence says.

They are applied to phrases that were weighed, and so hold whenever these are weighed anew: a
pinned phrase weighs `RULED_Z` and a forbidden one `-RULED_Z`, whatever people say of them, and a
deleted one is not in the dictionary.

A roll-back sets times aside: what was read in them of what people say of phrases does not count,
and they are no time for decay either. So the phrases weigh what they weighed at the version that
was gone back to, as far as what was read before still stands, and lose weight from the roll-back
on. Versions and these times are of the bot's own clock; what was said before a version was saved,
and read after it, is not in that version.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain import PhraseMass, PhraseWeight, RollBack, Ruling, RulingKind, RulingWhat
from app.errors import UserError
from app.feedback.phrases import LONGEST, token_runs
from app.text.clean import clean
from app.text.words import STOP_WORDS

RULED_Z = 6.0
"""The z-score of ruled phrases: the most that counts of any (`app.weave.phrase_score.MOST_Z`)."""
MOST_CHARACTERS = 200
"""Characters of a phrase that can be ruled on."""

_JOINERS = "\u200c\u200d"
"""What scripts join and part letters with, and emoji."""
_HTML = re.compile(r"<[A-Za-z/!?]")
_CODE = re.compile(r"`[^`]*`")
_SIGN = {RulingWhat.PINNED: 1.0, RulingWhat.FORBIDDEN: -1.0}

Times = Sequence[tuple[datetime, datetime]]
"""Times in which what is read does not count, oldest first: each after its first, up to its second
moment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """What phrases are weighed without: all that was first read in `times`, or is of `replies`."""

    times: Times = ()
    replies: frozenset[int] = frozenset()

    def holds(self, reply_id: int, known_at: datetime) -> bool:
        """Tells whether what is known of a reply since a moment does not count."""
        return reply_id in self.replies or any(
            since < known_at <= until for since, until in self.times
        )


NOTHING = Aside()


def ruled(weights: Iterable[PhraseWeight], rulings: Iterable[Ruling]) -> list[PhraseWeight]:
    """Applies rulings on phrases; the masses of evidence stay as they are, for people to see.

    Returns:
        The phrases, those with the largest |z| first, then by alphabet.
    """
    found = {weight.phrase: weight for weight in weights}
    for phrase, what in of_phrases(rulings).items():
        known = found.pop(phrase, PhraseWeight(phrase=phrase, z=0.0, liked=0.0, disliked=0.0))
        if what in _SIGN:
            found[phrase] = replace(known, z=_SIGN[what] * RULED_Z)
    return sorted(found.values(), key=lambda weight: (-abs(weight.z), weight.phrase))


def of_phrases(rulings: Iterable[Ruling]) -> Mapping[str, RulingWhat]:
    """Returns what was decided on phrases."""
    return {one.key: one.what for one in rulings if one.kind is RulingKind.PHRASE}


def aside(roll_backs: Sequence[RollBack], replies: frozenset[int] = frozenset()) -> Aside:
    """Returns what is set aside now: by the last roll-back, and of replies by vetoes."""
    return Aside(times=roll_backs[-1].aside if roll_backs else (), replies=replies)


def going_back(roll_backs: Sequence[RollBack], saved_at: datetime, now: datetime) -> Times:
    """Returns what is to be set aside so that the dictionary is what it was.

    Args:
        roll_backs: those made so far, oldest first.
        saved_at: when the version that is gone back to was saved; what was set aside then is set
            aside again, and nothing that was set aside later.
        now: the time of the roll-back.
    """
    then = [one for one in roll_backs if one.at <= saved_at]
    return (*aside(then).times, (saved_at, now))


def counting(masses: Iterable[PhraseMass], without: Aside) -> list[PhraseMass]:
    """Returns the masses that are not set aside, as young as if times set aside had never been.

    When it was read decides whether one counts, when it was said how old it is. Only whole days
    make evidence older, and so whole days are taken off its age: those of it that were set aside.
    """
    if without == NOTHING:
        return list(masses)
    found = []
    for mass in masses:
        if not without.holds(mass.reply_id, mass.known_at):
            lost = sum(
                _days(max(since, mass.at), until)
                for since, until in without.times
                if mass.at <= until
            )
            found.append(replace(mass, at=mass.at + timedelta(days=lost)) if lost else mass)
    return found


def _days(since: datetime, until: datetime) -> int:
    """Counts the midnights between two moments."""
    return (until.date() - since.date()).days


def phrase_of(text: str, known: Collection[str] = ()) -> str:
    """Reads a phrase that a person gives as the dictionary writes it, so that it can be found.

    Args:
        text: as written: any case and emphasis, code in backticks or, as phrases are shown, not.
        known: phrases that are there; one of these is taken as it is.

    Raises:
        UserError: it can be no phrase; says why and what to write.
    """
    said = " ".join(clean(text).split())
    if said in known:
        return said
    if said.lower() in known:
        return said.lower()
    if len(said) > MOST_CHARACTERS:
        raise UserError(
            f"This is too long for a phrase: {len(said)} characters, and {MOST_CHARACTERS} can be."
        )
    if any(unicodedata.category(mark) == "Cf" and mark not in _JOINERS for mark in said):
        raise UserError("The phrase has signs that cannot be seen: write it without them.")
    if _HTML.search(_CODE.sub("", said)):
        raise UserError("A phrase has no HTML: write it plain, or the tag's name in backticks.")
    runs = token_runs(said)
    if not runs or all(token in STOP_WORDS for run in runs for token in run):
        raise UserError("There is no phrase in this: give one to four words, not only common ones.")
    if len(runs) > 1:
        raise UserError("A phrase is part of one sentence: give the words of one.")
    if len(runs[0]) > LONGEST:
        raise UserError(
            f"A phrase has {LONGEST} words at most, and this has {len(runs[0])}: give the words "
            "that matter. Code between backticks is one word."
        )
    return " ".join(runs[0])
