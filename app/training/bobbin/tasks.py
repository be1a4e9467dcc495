"""Pages for training: sources of a document with questions, answers and checks about them."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from app.layouts import numbered
from app.layouts.templates import template
from app.text.terms import FAINT
from app.text.thesaurus import related
from app.training.bobbin.pages import Check, Document, Link, Page, Turn
from app.training.bobbin.paraphrase import Bit, relative
from app.training.bobbin.questions import Asked, ask
from app.training.bobbin.reading import read, stems_of

ROOM = 1700
"""Characters of a page with its answers, roughly."""
_SOURCES_ROOM = 850
_LEAST_WORDS = 3
_SHORTEST, _LONGEST = 24, 260
_RELATED = 0.7
_LEADS = (
    "Short answer:", "In short:", "Answer:", "Note:", "TL;DR:", "Briefly:", "Summary:",
    "Shortly:", "In brief:", "Quick answer:", "From the docs:", "Docs say:", "As documented:",
)  # fmt: skip
_ADDED = (
    "in most cases", "by default", "on all platforms", "for now", "as of this version",
    "in every release", "at any time", "in the usual setup", "where that is possible",
    "for each request", "on the first call", "without further settings", "in a single step",
    "for all users", "when it is started", "in the same process", "on the server side",
)  # fmt: skip


@lru_cache(maxsize=50_000)
def usable(sentence: str) -> bool:
    """Tells whether one can ask about a sentence: of middling length, with enough to say."""
    if not _SHORTEST <= len(sentence) <= _LONGEST or sentence != numbered.flat(sentence):
        return False
    return sum(word.weight > FAINT for word in read(sentence).words) >= _LEAST_WORDS


def page(rng: random.Random, document: Document, *, others: Sequence[Document] = ()) -> Page:
    """Makes a page about sentences of a document, with some of other documents.

    The same state of `rng` and the same documents give the same page.

    Raises:
        ValueError: the documents have no two sentences one can ask about.
    """
    count = rng.choice((3, 4, 4, 5, 5, 6, 6, 7, 8))
    sentences = _gathered(rng, document, others, count)
    return _Builder(rng, sentences, _outside(rng, document, others, sentences)).page()


def synthetic(rng: random.Random, document: Document, sources: int) -> Page:
    """Makes a page of so many sources and one question that exactly one of them answers.

    Raises:
        ValueError: the document has too few sentences one can ask about.
    """
    sentences = _gathered(rng, document, (), sources)
    if len(sentences) < sources:
        raise ValueError(f"{document.name} has {len(sentences)} usable sentences, not {sources}")
    builder = _Builder(rng, sentences, [])
    for at in rng.sample(range(sources), sources):
        if turn := builder.one(at):
            return Page(sources=tuple(sentences), turns=(turn,))
    raise ValueError(f"no sentence of {document.name} can be asked for alone")


def _gathered(
    rng: random.Random, document: Document, others: Sequence[Document], count: int
) -> list[str]:
    """Returns sentences: a run of the document and some from anywhere, shuffled half the time."""
    whole = list(document.sentences)
    start = rng.randrange(max(1, len(whole) - count))
    near = whole[start : start + 2 * count]
    rest = whole[:start] + whole[start + 2 * count :]
    rng.shuffle(rest)
    foreign = [s for other in others for s in _some(rng, other, 4)]
    rng.shuffle(foreign)
    away = sum(rng.random() < 0.2 for _ in range(count)) if foreign else 0
    spread = rng.sample(near, len(near)) if rng.random() < 0.4 else near
    pool = [*spread, *rest[: 3 * count]]
    chosen: list[str] = []
    room = _SOURCES_ROOM
    for wanted, candidates in ((count - away, pool), (count, foreign), (count, pool)):
        for sentence in candidates:
            if len(chosen) >= wanted:
                break
            flat = numbered.flat(sentence)
            fits = len(flat) <= room or (len(chosen) < 3 and len(flat) < 2 * room)
            if fits and usable(flat) and _is_new(flat, chosen):
                chosen.append(flat)
                room -= len(flat)
    if len(chosen) < 2:
        raise ValueError(f"{document.name} has no two sentences one can ask about")
    if rng.random() < 0.5 or away:
        rng.shuffle(chosen)
    return chosen


def _is_new(sentence: str, chosen: Sequence[str]) -> bool:
    """Tells whether a sentence says something else than those before, by its stems."""
    own = read(sentence).stems
    return all(
        len(own & (known := read(other).stems)) < 0.8 * min(len(own), len(known))
        for other in chosen
    )


def _some(rng: random.Random, document: Document, count: int) -> list[str]:
    start = rng.randrange(max(1, len(document.sentences) - count))
    return list(document.sentences[start : start + count])


def _outside(
    rng: random.Random, document: Document, others: Sequence[Document], inside: Sequence[str]
) -> list[str]:
    """Returns a few sentences that are not among the sources."""
    pool = [s for source in (document, *others) for s in _some(rng, source, 8)]
    rng.shuffle(pool)
    found: list[str] = []
    for sentence in pool:
        flat = numbered.flat(sentence)
        if usable(flat) and _is_new(flat, inside):
            found.append(flat)
        if len(found) == 4:
            break
    return found


@lru_cache(maxsize=50_000)
def _reach(text: str) -> tuple[tuple[frozenset[str], frozenset[str], float], ...]:
    """Returns for each word of a text its stems, the related ones, and its weight."""
    found = []
    for word in text.split():
        stems, weight = stems_of(word)
        if weight:
            near = frozenset(kin for each in stems for kin in related(each))
            found.append((frozenset(stems), near, weight))
    return tuple(found)


def _phrase(rng: random.Random, sentence: str) -> str:
    words = [word.strip("`.,:;()") for word in sentence.split()]
    start = rng.randrange(len(words))
    return " ".join(words[start : start + rng.randint(1, 4)]).strip()


@dataclass
class _Builder:
    """Makes turns over sources, keeping an eye on which of them answers what."""

    rng: random.Random
    sources: list[str]
    outside: list[str]
    keep: list[str] = field(default_factory=list)
    avoid: list[str] = field(default_factory=list)
    twins: tuple[int, int] | None = None
    changed: frozenset[int] = frozenset()

    def page(self) -> Page:
        rng = self.rng
        self._hints()
        turns: list[Turn | Check] = []
        left = ROOM - sum(len(source) + 5 for source in self.sources)
        free = list(range(len(self.sources)))
        rng.shuffle(free)
        if self.twins:
            free.sort(key=lambda at: at in (self.twins or ()))
        wanted = rng.randint(3, 5)
        for _ in range(3 * wanted):
            if len(turns) >= wanted or left < 120:
                break
            turn = self._turn(free)
            if turn is None:
                continue
            cost = _cost(turn, self.sources)
            if turns and cost > left:
                continue
            turns.append(turn)
            left -= cost
        if not turns:
            raise ValueError("no source can be asked for alone")
        return Page(
            sources=tuple(self.sources),
            keep=tuple(self.keep),
            avoid=tuple(self.avoid),
            turns=tuple(turns),
        )

    def _turn(self, free: list[int]) -> Turn | Check | None:
        rng = self.rng
        draw = rng.random()
        if draw < 0.08 and self.outside:
            return self._unanswerable()
        if draw < 0.18 and len(self.sources) > 2:
            return self._led(self._two())
        if draw < 0.30:
            return self._check()
        at = free.pop() if free else rng.randrange(len(self.sources))
        return self._led(self.one(at))

    def _led(self, turn: Turn | None) -> Turn | None:
        if turn is None or self.rng.random() >= 0.12:
            return turn
        return replace(turn, lead=self._lead())

    def _lead(self) -> str:
        rng = self.rng
        if rng.random() < 0.6:
            return rng.choice(_LEADS)
        words = [w for w in rng.choice(self.sources + self.outside).split() if w.isalpha()]
        two = " ".join(rng.choice(words) for _ in range(2)) if words else "That is"
        return f"{two[0].upper()}{two[1:]}:"

    def one(self, at: int, *, bare: bool = False) -> Turn | None:
        """Returns a question that one source answers better than the others, or nothing."""
        rng = self.rng
        distance = rng.betavariate(2.0, 1.4)
        for attempt in range(5):
            asked = ask(
                rng,
                self.sources[at],
                distance=distance * (1 - 0.2 * attempt),
                far=self._far(),
                bare=bare,
            )
            if asked is not None and self._decides(asked, at):
                return Turn(question=asked.text, gold=(at,), links=_links(asked, at))
        return None

    def _far(self) -> list[str]:
        rng = self.rng
        pool = [*self.outside, *self.sources]
        nouns = [run for run in read(rng.choice(pool)).nouns if run]
        said = [" ".join(word.said for word in run) for run in nouns]
        return [words for words in said if "{" not in words]

    def _scores(self, asked: Asked) -> list[float]:
        """Returns what each source shares with a question, rarer words counting more."""
        stems = [read(source).stems for source in self.sources]
        scores = [0.0] * len(stems)
        for exact, near, weight in _reach(asked.text):
            hits = [1.0 if exact & known else _RELATED if near & known else 0.0 for known in stems]
            total = sum(hits)
            rarity = math.log(1 + (len(stems) + 1) / (total + 0.5)) * weight
            for at, hit in enumerate(hits):
                scores[at] += hit * rarity
        return scores

    def _decides(self, asked: Asked, at: int) -> bool:
        if not any(bit.start >= 0 and bit.weight > FAINT for bit in asked.bits):
            return False
        if self.twins and at in self.twins:
            touched = {bit.start for bit in asked.bits if bit.start >= 0}
            if at != self.twins[0] or touched & self.changed:
                return False
        scores = self._scores(asked)
        # A word said otherwise counts for its sentence, whether the thesaurus has it or not.
        said = sum(
            1
            for bit in asked.bits
            if bit.start >= 0 and bit.weight > FAINT and not self._found(bit, at)
        )
        own = scores[at] + _RELATED * said
        rival = self.twins[1] if self.twins and at == self.twins[0] else -1
        best = max((s for k, s in enumerate(scores) if k not in (at, rival)), default=0.0)
        return own > 0.6 and own > 1.12 * best + 0.2

    def _found(self, bit: Bit, at: int) -> bool:
        known = read(self.sources[at]).stems
        return any((exact | near) & known for exact, near, _ in _reach(bit.text))

    def _two(self) -> Turn | None:
        rng = self.rng
        pool = [at for at in range(len(self.sources)) if not (self.twins and at in self.twins)]
        if len(pool) < 2:
            return None
        first, second = rng.sample(pool, 2)
        one, other = self.one(first, bare=True), self.one(second, bare=True)
        if one is None or other is None:
            return None
        if one.question.endswith("?"):
            between = rng.choice((" ", " And ", " Also, "))
        else:
            between = rng.choice((" and ", ", and ", "; ", ". "))
        shift = len(one.question) + len(between)
        moved = tuple(
            replace(link, start=link.start + shift, end=link.end + shift) for link in other.links
        )
        return Turn(
            question=one.question + between + other.question,
            gold=(first, second),
            links=one.links + moved,
        )

    def _unanswerable(self) -> Turn | None:
        asked = ask(self.rng, self.rng.choice(self.outside), distance=self.rng.random() * 0.6)
        if asked is None:
            return None
        full = sum(math.log(1 + (len(self.sources) + 1) / 1.5) * w for *_, w in _reach(asked.text))
        if full < 2.5 or max(self._scores(asked)) > 0.3 * full:
            return None
        return Turn(question=asked.text, gold=())

    def _check(self) -> Check | None:
        rng = self.rng
        at = rng.randrange(len(self.sources))
        turn = self.one(at)
        if turn is None:
            return None
        yes = rng.random() < 0.5
        if rng.random() < 0.5:
            name, number, text = "judge/addresses", at, self.sources[at]
            if not yes:
                number = rng.choice([k for k in range(len(self.sources)) if k != at])
                if self.twins and {at, number} <= set(self.twins):
                    return None
                text = self.sources[number]
        else:
            name, number = "judge/quotes", at
            text = self.sources[at] if yes else self._corrupted(at)
        lead = self._lead() if rng.random() < 0.12 else ""
        answer = str(numbered.Line(lead=lead, number=number + 1, text=text))
        return Check(asked=turn.question, answer=answer, question=template(name), yes=yes)

    def _corrupted(self, at: int) -> str:
        """Returns a source's sentence with something wrong in it."""
        rng = self.rng
        text = self.sources[at]
        words = text.split(" ")
        elsewhere = [s for k, s in enumerate(self.sources) if k != at] + self.outside
        ways = ("word", "word", "other", "halves", "drop", "number")
        for _ in range(8):
            way = rng.choice(ways)
            spot = rng.randrange(len(words))
            made = text
            if way == "word":
                source = rng.choice(elsewhere).split(" ")
                word = relative(rng, words[spot]) if rng.random() < 0.4 else rng.choice(source)
                made = " ".join([*words[:spot], word, *words[spot + 1 :]])
            elif way == "other":
                made = rng.choice(self.outside) if self.outside else text
            elif way == "halves":
                tail = rng.choice(elsewhere).split(" ")
                half = len(words) // 2
                made = " ".join([*words[:half], *tail[len(tail) // 2 :]])
            elif way == "drop":
                made = " ".join([*words[:spot], *words[spot + 1 + rng.randrange(3) :]])
            elif digits := [k for k, letter in enumerate(text) if letter.isdigit()]:
                spot = rng.choice(digits)
                made = text[:spot] + str((int(text[spot], 36) + 3) % 10) + text[spot + 1 :]
            if made and made not in self.sources:
                return made
        return f"{text} {rng.choice(_ADDED)}"

    def _hints(self) -> None:
        """Adds phrases to keep and to avoid to some pages; in some they decide between twins."""
        rng = self.rng
        if rng.random() >= 0.18:
            return
        pool = [*self.sources, *self.outside]
        for phrases in (self.keep, self.avoid):
            if rng.random() < 0.6:
                phrases += [
                    found
                    for _ in range(rng.randint(1, 3))
                    if (found := _phrase(rng, rng.choice(pool))) and ";" not in found
                ]
        if rng.random() < 0.55 and len(self.sources) < 8:
            self._twin()

    def _twin(self) -> None:
        """Adds a near twin of a source, and a hint that decides between the two."""
        rng = self.rng
        at = rng.randrange(len(self.sources))
        text = self.sources[at]
        if len(text) > 160:
            return
        spots = [
            (word.start, word.end, said)
            for word in read(text).words
            if word.kind == "word" and word.weight > FAINT
            if (said := relative(rng, word.low)) != word.low
        ]
        if spots and rng.random() < 0.6:
            start, end, there = rng.choice(spots)
            here, other = text[start:end], text[:start] + there + text[end:]
            mine, theirs = {start}, {start}
        else:
            here, there = "", rng.choice(_ADDED)
            bare = text.rstrip(".:")
            other = f"{bare} {there}{text[len(bare) :]}"
            mine, theirs = set(), {w.start for w in read(other).words if w.start >= len(bare)}
        if len(other) > _LONGEST or other in self.sources:
            return
        place = rng.randint(0, len(self.sources))
        self.sources.insert(place, other)
        own = at + (place <= at)
        if rng.random() < 0.5:
            gold, lost, good, bad, changed = own, place, here, there, mine
        else:
            gold, lost, good, bad, changed = place, own, there, here, theirs
        self.twins, self.changed = (gold, lost), frozenset(changed)
        for phrases in (self.keep, self.avoid):
            phrases[:] = [p for p in phrases if (p in text) == (p in other)]
        if good and (not bad or rng.random() < 0.5):
            self.keep.insert(rng.randint(0, len(self.keep)), good)
        else:
            self.avoid.insert(rng.randint(0, len(self.avoid)), bad)


def _links(asked: Asked, at: int) -> tuple[Link, ...]:
    return tuple(
        Link(
            start=span.start,
            end=span.end,
            source=at,
            source_start=span.source_start,
            source_end=span.source_end,
        )
        for span in asked.spans
    )


def _cost(turn: Turn | Check, sources: Sequence[str]) -> int:
    """Returns about how many characters a turn takes with its answer."""
    if isinstance(turn, Check):
        return len(turn.asked) + len(turn.answer) + len(turn.question) + 35
    said = sum(len(sources[at]) + 5 for at in turn.gold) or len(numbered.unknown())
    return len(turn.question) + said + len(turn.lead) + 20
