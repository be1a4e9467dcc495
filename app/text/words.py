"""Words: how text becomes tokens, for phrases that people like and for search.

Two views of the same text:

- `phrase_tokens`: every word in its place, lower-cased; a code span, a path, a flag, an
  address or an identifier is one token. The dictionary's phrases are made of these.
- `search_words`: stems without the common words; an identifier counts whole and by its
  parts, so that `maxRetries` is found by "retries".
"""

import re
from functools import lru_cache
from pathlib import Path

from app.text.stem import stem

_PHRASE = re.compile(
    r"(?<!`)(?P<fence>`++)(?P<code>.{1,500}?)(?<!`)(?P=fence)(?!`)"
    r"|(?P<url>[a-z][a-z0-9+.-]*://[^\s<>`\"')\]]+)"
    r"|(?P<path>~?/?[\w.@-]{1,200}+(?:/[\w.@*-]{1,200}+)+/?)"
    r"|(?P<flag>(?<![\w-])--?[a-z][\w-]*)"
    r"|(?P<word>[.@]?\w+(?:[.'’_:+-]+\w+)*(?:\(\))?)",
    re.IGNORECASE | re.DOTALL,
)
_EMPHASISED = re.compile(r"_([^\W_].*[^\W_]|[^\W_])_")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_LATIN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NAME = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]|\w[_./:@=-]\w|\(\)$|^[-.@~/_]|[_/]$")

STOP_WORDS = frozenset((Path(__file__).parent / "stopwords.txt").read_text("utf-8").split())


def phrase_tokens(text: str) -> list[str]:
    """Splits a sentence into lower-cased tokens, in order.

    Code spans (their inner space collapsed), addresses, paths, flags and identifiers are one
    token each. Marks and punctuation between tokens are dropped; a full stop or colon that
    ends a token does not belong to it. Works alike on Markdown and on plain text.
    """
    tokens = []
    for match in _PHRASE.finditer(text):
        if match["code"] is not None:
            token = " ".join(match["code"].split())
        else:
            token = match[0].rstrip(".,:;!?*")
            if emphasised := _EMPHASISED.fullmatch(token):
                token = emphasised[1]
        if token:
            tokens.append(token.lower())
    return tokens


def is_name(token: str) -> bool:
    """Tells whether a token reads as a name in code: a path, a flag, camelCase, snake_case."""
    return bool(_NAME.search(token))


def parts(name: str) -> list[str]:
    """Splits an identifier or path into its lower-cased words: `maxRetries` -> max, retries."""
    return [part.lower() for part in _PARTS.findall(name)]


def names(text: str) -> list[str]:
    """Returns the names in code that a text mentions, lower-cased, without call brackets."""
    found = []
    for match in _PHRASE.finditer(text):
        if match["code"] is not None:
            inner = match["code"].strip()
            found += names(inner) if " " in inner else [_bare(inner)]
        elif is_name(token := match[0].rstrip(".,:;!?*")):
            found.append(_bare(token))
    return [name for name in found if name and name not in STOP_WORDS]


def _bare(name: str) -> str:
    return name.removesuffix("()").strip("`'\"*,;:!?").lower()


def search_words(text: str) -> list[str]:
    """Returns the words of a text for search, in order, with repeats.

    Stems of all words but the common ones; names in code count whole (lower-cased) and by
    the stems of their parts.
    """
    found: list[str] = []
    for match in _PHRASE.finditer(text):
        if match.lastgroup == "code":
            inner = match["code"].strip("` ")
            if " " in inner or "`" in inner:
                found += search_words(inner.replace("`", " "))
                continue
            found += _words_of(inner)
        else:
            found += _words_of(match[0])
    return found


@lru_cache(maxsize=200_000)
def _words_of(token: str) -> tuple[str, ...]:
    """Returns the search words of one token."""
    token = token.rstrip(".,:;!?*")
    if _LATIN.fullmatch(token) and not _NAME.search(token):
        word = token.lower()
        return () if word in STOP_WORDS else (stem(word),)
    whole = _bare(token)
    if whole in STOP_WORDS:
        return ()
    pieces = [stem(part) for part in parts(token) if part not in STOP_WORDS]
    return (whole, *pieces) if whole and pieces != [whole] else tuple(pieces)
