"""Words as people say them: relatives, forms, abbreviations, slips of the keyboard."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from app.text import thesaurus as _thesaurus
from app.text.stem import stem
from app.text.terms import FAINT
from app.text.words import STOP_WORDS, parts
from app.training.bobbin.verbs import base, is_third, verbs

_NEAR = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuioiosdfghjkkxcvbnnn", strict=False))
_VOWELS = frozenset("aeiou")
_IRREGULAR = {
    "get": ("got", "getting"), "give": ("given", "giving"), "make": ("made", "making"),
    "write": ("written", "writing"), "read": ("read", "reading"), "run": ("run", "running"),
    "send": ("sent", "sending"), "take": ("taken", "taking"), "keep": ("kept", "keeping"),
    "set": ("set", "setting"), "put": ("put", "putting"), "find": ("found", "finding"),
    "build": ("built", "building"), "hold": ("held", "holding"), "leave": ("left", "leaving"),
    "lose": ("lost", "losing"), "choose": ("chosen", "choosing"), "let": ("let", "letting"),
    "tell": ("told", "telling"), "show": ("shown", "showing"), "throw": ("thrown", "throwing"),
    "know": ("known", "knowing"), "begin": ("begun", "beginning"), "split": ("split", "splitting"),
    "shut": ("shut", "shutting"), "cut": ("cut", "cutting"), "hit": ("hit", "hitting"),
    "override": ("overridden", "overriding"), "overwrite": ("overwritten", "overwriting"),
    "bind": ("bound", "binding"), "draw": ("drawn", "drawing"), "catch": ("caught", "catching"),
    "break": ("broken", "breaking"), "feed": ("fed", "feeding"), "be": ("been", "being"),
    "do": ("done", "doing"), "go": ("gone", "going"), "have": ("had", "having"),
    "bring": ("brought", "bringing"), "freeze": ("frozen", "freezing"), "tie": ("tied", "tying"),
}  # fmt: skip
_NOT_NOUNS = (
    "ed", "ing", "ly", "al", "ic", "ive", "able", "ible", "ous", "ful", "ent", "ant", "less",
    "ss", "us", "ary", "ory", "er", "th", "ch", "sh", "x", "z", "y",
)  # fmt: skip
_SPELT = (
    ("ization", "isation"), ("izing", "ising"), ("ized", "ised"), ("izes", "ises"),
    ("ize", "ise"), ("olor", "olour"), ("avior", "aviour"), ("ancel", "ancell"), ("yze", "yse"),
)  # fmt: skip


_JOINED = re.compile(r"\w[_.-]\w|[a-z][A-Z]")
_CONTRARY = (
    "enable/disable enabled/disabled enables/disables include/exclude included/excluded "
    "allow/forbid allowed/forbidden show/hide shown/hidden start/stop starts/stops add/remove "
    "added/removed increase/decrease smaller/larger faster/slower before/after first/last "
    "maximum/minimum more/less higher/lower keep/drop keeps/drops read/write reads/writes "
    "open/close opened/closed lock/unlock connect/disconnect encode/decode visible/hidden "
    "same/different always/never valid/invalid explicit/implicit public/private local/remote"
)


@dataclass(frozen=True, slots=True)
class Bit:
    """A piece of a question, and the characters of the sentence that it was made from.

    `start` is -1 where it was made from none. `stems` are what it is found by.
    """

    text: str
    start: int = -1
    end: int = -1
    stems: tuple[str, ...] = ()
    weight: float = 0.0

    def saying(self, text: str) -> "Bit":
        """Returns the bit with another text."""
        return Bit(text, self.start, self.end, self.stems, self.weight)


def past(verb: str) -> str:
    """Returns the participle of a base verb: passed."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][0]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return f"{verb[:-1]}ied"
    return f"{_doubled(verb)}ed"


def ongoing(verb: str) -> str:
    """Returns the form in -ing of a base verb."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb][1]
    if verb.endswith("e") and not verb.endswith("ee"):
        return f"{verb[:-1]}ing"
    return f"{_doubled(verb)}ing"


def third(verb: str) -> str:
    """Returns the third person of a base verb: passes."""
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return f"{verb[:-1]}ies"
    return "has" if verb == "have" else "is" if verb == "be" else f"{verb}s"


def _doubled(verb: str) -> str:
    """Doubles the last letter of a short verb that ends in vowel and consonant: stopp."""
    vowels = sum(letter in _VOWELS for letter in verb)
    short = vowels == 1 and len(verb) > 2 and verb[-1] not in "aeiouwxy" and verb[-2] in _VOWELS
    return verb + verb[-1] if short or verb in {"permit", "submit", "refer", "prefer"} else verb


@cache
def kin() -> dict[str, tuple[str, ...]]:
    """Returns what people say for a word, in its form, by kin.txt."""
    found: dict[str, list[str]] = {}
    lines = (Path(__file__).parent / "kin.txt").read_text("utf-8").splitlines()
    for line in lines:
        words = [word.replace("-", " ") for word in line.partition("#")[0].split()]
        for other in words[1:]:
            found.setdefault(words[0], []).append(other)
            if " " not in other:
                found.setdefault(other, []).append(words[0])
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


@cache
def _asked() -> dict[str, tuple[str, ...]]:
    """Returns the words and turns of speech of the thesaurus by each stem they stand for."""
    found: dict[str, list[str]] = {}
    path = Path(_thesaurus.__file__).parent / "thesaurus.txt"
    for line in path.read_text("utf-8").splitlines():
        first, *others = line.partition("#")[0].split() or [""]
        loose = others[:1] == [">"]
        # A word that stands for others one way only is seldom the one to say for them.
        often = 1 if loose else 2 if "_" in first else 3
        for other in others[loose:]:
            if other not in STOP_WORDS:
                found.setdefault(stem(other), []).extend([first.replace("_", " ")] * often)
            if not loose and "_" not in first:
                found.setdefault(stem(first), []).extend([other] * often)
    return {known: tuple(words) for known, words in found.items()}


@lru_cache(maxsize=30_000)
def forms(word: str) -> tuple[str, ...]:
    """Returns the other forms of a verb: configure, configures, configuring, configured."""
    verb = base(word)
    if not verb:
        if word.endswith(_NOT_NOUNS) or len(word) < 4:
            return (word,)
        return (f"{word}s",) if not word.endswith("s") else (word[:-1],)
    every = dict.fromkeys((verb, third(verb), ongoing(verb), past(verb)))
    return tuple(form for form in every if form != word)


@lru_cache(maxsize=30_000)
def _inflected(other: str, like: str) -> str:
    """Returns a word or turn of speech in the form of another word."""
    verb, space, rest = other.partition(" ")
    if verb not in verbs() or base(like) == "":
        return other
    if like.endswith("ing"):
        return ongoing(verb) + space + rest
    if like.endswith("ed"):
        return past(verb) + space + rest
    return third(verb) + space + rest if is_third(like) else other


def relative(rng: random.Random, word: str) -> str:
    """Returns what people may say for a word: a synonym or a turn of speech; itself if none."""
    own = kin().get(word, ())
    if own and rng.random() < 0.65:
        return rng.choice(own)
    others = _asked().get(stem(word), ())
    if not others:
        return rng.choice(own) if own else word
    return _inflected(rng.choice(others), word)


def typo(rng: random.Random, word: str) -> str:
    """Returns a word with one slip of the keyboard."""
    if len(word) < 4 or not word.isalpha():
        return word
    at = rng.randrange(1, len(word) - 1)
    way = rng.randrange(4)
    if way == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if way == 1:
        return word[:at] + word[at + 1 :]
    if way == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + _NEAR.get(word[at].lower(), "e") + word[at + 1 :]


def spelt(word: str) -> str:
    """Returns a word in the other of British and American spelling."""
    for american, british in _SPELT:
        if american in word:
            return word.replace(american, british)
        if british in word:
            return word.replace(british, american)
    return word


def vary(rng: random.Random, bit: Bit, distance: float, *, formed: bool = False) -> Bit:
    """Returns a bit as somebody else may say it, the more so the greater the distance in [0, 1].

    A `formed` bit keeps its grammatical form.
    """
    if bit.start < 0 or not bit.weight:
        return bit
    text = bit.text
    if not text.isalpha():
        return bit.saying(_name(rng, text, distance))
    low = text.lower()
    keeps = bit.weight > 1 or (text != low and text[1:] != low[1:])
    if not keeps and rng.random() < distance:
        low = relative(rng, low) if formed or rng.random() < 0.8 else rng.choice(forms(low))
    elif keeps:
        low = text
    if rng.random() < 0.05 * distance and low in _opposites():
        low = _opposites()[low]
    if rng.random() < 0.03:
        low = spelt(low)
    if rng.random() < 0.025:
        low = typo(rng, low)
    return bit.saying(low)


def _name(rng: random.Random, text: str, distance: float) -> str:
    """Returns a name in code as people write it: in words, its last part alone, not called."""
    draw = rng.random()
    dotted = "." in text.strip(".") and text.replace(".", "").replace("_", "").isalnum()
    if dotted and not text[0].isdigit() and draw < 0.3 + 0.4 * distance:
        most = 1 if draw < 0.5 or text.count(".") < 2 else 2
        text = ".".join(text.rsplit(".", most)[1:])
    elif text.endswith("()") and draw < 0.4:
        return text[:-2]
    if rng.random() < 0.3 * distance and _JOINED.search(text):
        return " ".join(parts(text)) or text
    return text


@cache
def _opposites() -> dict[str, str]:
    """Returns words by the words that say the contrary."""
    pairs = [pair.split("/") for pair in _CONTRARY.split()]
    return {one: other for left, right in pairs for one, other in ((left, right), (right, left))}


def trim(rng: random.Random, bits: Sequence[Bit], distance: float) -> list[Bit]:
    """Drops some words, common ones and faint ones more often, but never all that say much."""
    kept = [
        bit
        for at, bit in enumerate(bits)
        if at == 0
        or rng.random()
        > distance * (0.12 if bit.weight > 1 else 0.22 if bit.weight > FAINT else 0.15)
    ]
    return kept if any(bit.weight > FAINT for bit in kept) else list(bits)
