"""A light reading of a sentence: its words, and the clauses that a question can be made from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from app.text import terms
from app.text.stem import stem
from app.text.terms import FAINT, PART
from app.text.words import STOP_WORDS, is_name, parts
from app.training.bobbin.verbs import base, is_third, verbs

_TOKEN = re.compile(
    r"(?::[\w:]{1,20}:)?(?P<fence>`{1,2})(?P<code>[^`]{1,120})(?P=fence)"
    r"|(?P<word>(?:--?(?=[a-zA-Z])|[@.$](?=\w))?\w+(?:(?:[./:'’+-]|::)\w+)*(?:\(\))?)"
    r"|(?P<mark>[^\w\s])"
)
_ROLE = re.compile(r"(?P<shown>[^<]*\S)\s*<[^>]*>")
_ERROR = re.compile(r"\w*(?:Error|Exception|Warning|Exit|Interrupt)$")
_SHORT_CODE = 32
_CUES = {
    "amount": re.compile(
        r"\d|(?:max|min)imum|number$|limit|size$|length$|seconds?$|often$|count$|duration", re.I
    ),
    "old": re.compile(r"deprecat|obsolete|legacy|removed$|superseded", re.I),
    "ban": re.compile(
        r"not$|cannot$|never$|no$|\w+n't$|unsupported|forbid|disallow|without$|neither$|unable",
        re.I,
    ),
    "duty": re.compile(
        r"must$|requires?$|required$|should$|needs?$|mandatory|necess|optional", re.I
    ),
    "better": re.compile(r"instead$|alternative|prefer|recommend|rather$|advis", re.I),
    "itself": re.compile(r"automatic|implicit", re.I),
    "several": re.compile(r"multiple$|several$|many$|all$|each$|every$|lists?$", re.I),
}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLAUSE = _set("if when whenever unless once while after before until because since")
_HELPING = _set(
    "is are was were has have had can could will would must should may might cannot does do"
)
_ENDS = _set("which that so where and or but as than whether for")
_DETERMINERS = frozenset({"the", "a", "an", "this", "its", "your", "of", "all"})
_BEFORE_VERBS = frozenset(
    {"to", "can", "will", "should", "must", "may", "not", "you", "we", "they", "it", "be"}
)
_MARKS = frozenset(",;:.()")
_LEADS = re.compile(
    r"(?:note(?: that)?|for example|in particular|alternatively|however|therefore|this means that"
    r"|in addition|additionally|in general|optionally|note also that|by default|finally|also)\b"
    r"[,:]?\s*",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    r"[`*]{0,2}(?P<name>[A-Za-z_][\w.]*)[`*]{0,2}(?: ?\([^)]{1,60}\))?\s?(?::|--|–)\s+(?=\S)"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A token of a sentence: where it is, what is said for it, and the stems it is found by.

    `content` tells words that say something from common words and marks; `weight` is how much.
    """

    start: int
    end: int
    said: str
    low: str
    kind: str
    stems: tuple[str, ...]
    weight: float

    @property
    def content(self) -> bool:
        """Tells whether the word says something."""
        return self.weight > 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The clauses of a sentence; an empty one is not there.

    `act` is what one does, from a base verb on; `condition` what follows an if or a when;
    `subject`, `verb` and `rest` are the main clause; `names` are names in code; `nouns` are
    short runs of words that say something; `cues` are words by the kind of question that they
    answer, such as a number for how many.
    """

    text: str
    words: tuple[Word, ...]
    act: tuple[Word, ...] = ()
    aim: tuple[Word, ...] = ()
    condition: tuple[Word, ...] = ()
    subject: tuple[Word, ...] = ()
    verb: tuple[Word, ...] = ()
    rest: tuple[Word, ...] = ()
    names: tuple[Word, ...] = ()
    errors: tuple[Word, ...] = ()
    nouns: tuple[tuple[Word, ...], ...] = ()
    parameter: tuple[Word, ...] = ()
    default: bool = False
    cues: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)
    stems: frozenset[str] = frozenset()


@cache
def _faint() -> frozenset[str]:
    text = (Path(terms.__file__).parent / "faint.txt").read_text("utf-8")
    return frozenset(stem(word) for word in text.split())


@lru_cache(maxsize=50_000)
def stems_of(said: str) -> tuple[tuple[str, ...], float]:
    """Returns the stems that a word is found by and its weight: 0 for common words."""
    low = said.lower().strip("`'\"*,:;!?.").removesuffix("()")
    if low in STOP_WORDS or not any(letter.isalnum() for letter in low):
        return (), 0.0
    found = [low] if is_name(said) else []
    pieces = [stem(part) for part in parts(said) if part not in STOP_WORDS and len(part) > 1]
    found += pieces or [low]
    if is_name(said):
        return tuple(dict.fromkeys(found)), 1.3
    faint = low.isdecimal() or all(piece in _faint() for piece in found)
    return tuple(dict.fromkeys(found)), (FAINT if faint else PART if len(low) < 5 else 1.0)


def _words(text: str) -> Iterator[Word]:
    for match in _TOKEN.finditer(text):
        if match["mark"] is not None:
            yield Word(match.start(), match.end(), match[0], match[0], "mark", (), 0.0)
            continue
        kind = "code" if match["code"] is not None else "word"
        start, end = match.span(kind)
        said = text[start:end]
        if shown := _ROLE.fullmatch(said):
            end = start + shown.end("shown")
            said = text[start:end]
        inner = said.lstrip("~.! ").rstrip()
        start += said.index(inner) if inner else 0
        end = start + len(inner)
        if kind == "code" and len(inner) > _SHORT_CODE and " " in inner:
            continue
        if inner:
            spoken, stems, weight = _kind(inner, match["code"] is not None)
            yield Word(start, end, inner, inner.lower(), spoken, stems, weight)


@lru_cache(maxsize=100_000)
def _kind(said: str, fenced: bool) -> tuple[str, tuple[str, ...], float]:
    """Returns a token's kind, stems and weight; what stands in backticks is code."""
    stems, weight = stems_of(said)
    if fenced and not weight and len(said) > 1:
        stems, weight = (said.lower(),), 1.0
    return "code" if fenced or is_name(said) else "word", stems, weight


def _upto(words: tuple[Word, ...], ends: frozenset[str]) -> tuple[Word, ...]:
    """Returns the words before the first mark or word that ends a clause."""
    for at, word in enumerate(words):
        if at and (word.low in ends or (word.kind == "mark" and word.low in _MARKS)):
            return words[:at]
    return words


def _conditions(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Returns the main clause and the condition."""
    if words and words[0].low in CLAUSE:
        for at, word in enumerate(words):
            if word.low == "," and at > 2:
                return words[at + 1 :], words[1:at]
        return words, ()
    for at, word in enumerate(words):
        if at > 2 and word.low in CLAUSE:
            clause = _upto(words[at + 1 :], frozenset())
            if any(_is_verbal(each.low) for each in clause):
                return words[:at], clause
    return words, ()


def _is_verbal(low: str) -> bool:
    return low in _HELPING or low.endswith(("ed", "ing")) or is_third(low)


def _act(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Returns what one does: from an imperative, or after `you can`, `by` or `for`."""
    first = words[0].low
    if words[0].kind == "word" and base(first) and (first in verbs() or is_third(first)):
        return _upto(words, CLAUSE | {"so", "which"})
    for at in range(1, len(words) - 1):
        before, low = words[at - 1].low, words[at].low
        if before in {"can", "should", "must", "may", "could"} and words[at - 2].low in {
            "you",
            "users",
            "we",
            "one",
        }:
            if low in verbs():
                return _upto(words[at:], CLAUSE | {"so", "which"})
        elif before in {"by", "for"} and low.endswith("ing") and base(low):
            return _upto(words[at:], CLAUSE | _ENDS)
    return ()


def _aim(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Returns what follows `to`: from a base verb on."""
    for at in range(1, len(words) - 1):
        if words[at - 1].low == "to" and words[at].kind == "word" and words[at].low in verbs():
            return _upto(words[at:], CLAUSE | _ENDS)
    return ()


def _clause(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], ...]:
    """Returns subject, verb and rest of a main clause, or nothing."""
    for at, word in enumerate(words[:14]):
        if at and word.kind == "word" and (word.low in _HELPING or is_third(word.low)):
            subject = words[:at]
            if any(each.content for each in subject):
                return (
                    subject,
                    (word,),
                    _upto(words[at + 1 :], frozenset({"which", "so", "if", "when"})),
                )
    return (), (), ()


def _cues(words: tuple[Word, ...]) -> dict[str, tuple[Word, ...]]:
    found: dict[str, tuple[Word, ...]] = {}
    for word in words:
        if word.kind == "word" and (kind := _cue(word.low)):
            found[kind] = (*found.get(kind, ()), word)
    return found


@lru_cache(maxsize=50_000)
def _cue(word: str) -> str:
    return next((kind for kind, pattern in _CUES.items() if pattern.match(word)), "")


def _nouns(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """Yields short runs of telling words, without verbs as far as their endings show them."""
    run: list[Word] = []
    for at, word in enumerate(words):
        before = words[at - 1].low if at else ""
        verbal = word.kind == "word" and (
            (not at and word.low in verbs())
            or (is_third(word.low) and before not in _DETERMINERS)
            or (before in _BEFORE_VERBS and base(word.low) != "")
        )
        if word.weight > FAINT and not verbal:
            run.append(word)
            continue
        yield from _trimmed(run)
        run = []
    yield from _trimmed(run)


def _trimmed(run: list[Word]) -> Iterator[tuple[Word, ...]]:
    while run and run[-1].low.endswith(("ed", "ing", "ly")):
        run = run[:-1]
    if any(len(word.said) > 2 for word in run):
        yield tuple(run[-3:])


@lru_cache(maxsize=30_000)
def read(text: str) -> Reading:
    """Reads a sentence; the same text is read once."""
    words = tuple(_words(text))
    parameter: tuple[Word, ...] = ()
    main = words
    if named := _PARAMETER.match(text):
        parameter = tuple(word for word in words if word.end <= named.end("name"))[:1]
        main = tuple(word for word in words if word.start >= named.end())
    start = main[0].start if main else 0
    if lead := _LEADS.match(text, start):
        main = tuple(word for word in main if word.start >= lead.end()) or main
    low = text.lower()
    if not main:
        return Reading(text, words)
    body, condition = _conditions(main)
    body = body or main
    subject, verb, rest = _clause(body)
    codes = [word for word in words if word.kind == "code" and " " not in word.said]
    return Reading(
        text,
        words,
        act=_act(body),
        aim=_aim(main),
        condition=condition,
        subject=subject,
        verb=verb,
        rest=rest,
        names=tuple(word for word in codes if word.content and len(word.said) < _SHORT_CODE),
        errors=tuple(word for word in words if _ERROR.match(word.said.rsplit(".")[-1])),
        nouns=tuple(_nouns(main)),
        parameter=parameter,
        default="default" in low,
        cues=_cues(main),
        stems=frozenset(each for word in words for each in word.stems),
    )
