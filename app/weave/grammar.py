"""Which words of a question name things, told by the words before them.

What a question is about is named by its nouns; its verbs are often said in other words in the
text ("vanish" for "remove"). So a noun that is missing says more than a verb that is missing.
No dictionary of word classes is needed: a word after a subject or "to" is a verb, a word after
an article or a preposition is a noun or stands before one, and so is what follows it.
"""

import re
from enum import Enum, auto

from app.text.words import search_words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"[A-Za-z0-9][\w'./+-]*")
_BEFORE_VERBS = _words(
    """i it you we they he she who to can cannot can't could must should will would may might let
    don't doesn't not never somebody someone everybody"""
)
_BEFORE_NOUNS = _words(
    """a an the my your its their our his her of in on with for from by at per as into between than
    several two three each every any some no all this these those that what which without within
    under over after before like both many most more one single own behind onto around via about
    against across"""
)
_BETWEEN = _words("how do does did is are was were why where when if and or but so then that's")


class _Kind(Enum):
    NOUN = auto()
    VERB = auto()
    OTHER = auto()


def things(text: str) -> frozenset[str]:
    """Returns the search words that stand where nouns stand; names and numbers always do."""
    nouns: dict[str, bool] = {}
    before, kind = "", _Kind.OTHER
    for token in _TOKEN.findall(text):
        word = token.lower().strip(".'")
        stems = search_words(token)
        # What follows a common word ("would be shown") does not go on with a noun.
        kind = _kind(token, word, before, kind) if stems else _Kind.OTHER
        for stem in stems:
            nouns.setdefault(stem, kind is _Kind.NOUN)
        before = word
    return frozenset(stem for stem, is_noun in nouns.items() if is_noun)


def _kind(token: str, word: str, before: str, last: _Kind) -> _Kind:
    """Tells a word's kind by the word before it and that word's kind."""
    if not before:
        return _Kind.VERB
    if token[0].isupper() or any(letter.isdigit() for letter in token):
        return _Kind.NOUN
    if word.endswith("ly") or before in _BETWEEN:
        return _Kind.OTHER
    if before in _BEFORE_VERBS:
        return _Kind.VERB
    if before in _BEFORE_NOUNS:
        return _Kind.NOUN
    return _Kind.OTHER if last is _Kind.OTHER else _Kind.NOUN
