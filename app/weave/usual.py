"""What a draft may name though no file of the repository does: tools, languages, examples."""

import builtins
import re
import sys
from functools import cache
from pathlib import Path


@cache
def group(name: str) -> frozenset[str]:
    """Returns a group of `usual.txt`: tools, words, brands, modules, paths and so on.

    Raises:
        KeyError: there is no such group.
    """
    return _groups()[name]


@cache
def _groups() -> dict[str, frozenset[str]]:
    text = (Path(__file__).parent / "usual.txt").read_text("utf-8")
    parts = re.split(r"^\[(.+)\]$", text, flags=re.MULTILINE)
    return {
        name: frozenset(words.split()) for name, words in zip(parts[1::2], parts[2::2], strict=True)
    }


_BUILT_IN = frozenset(name.lower() for name in dir(builtins))
_STANDARD = frozenset(sys.stdlib_module_names)
_DUNDERS = frozenset(
    name
    for each in (object, int, dict, list, type, Exception, sys, memoryview)
    for name in dir(each)
    if name.startswith("__")
)
_PLACEHOLDER = re.compile(
    r"[<>{}*…]|\.\.\.|(?:^|[/_.-])(?:your|my)[_-]|path/to|^(?:x{2,}|y{2,}|n{2,})$"
    r"|^(?:some|any)[_-]|^owner/(?:repo|name)|^org/repo|^user/repo|(?:^|[/.])foo(?:[/.]|$)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[vV]?[\d.,:/x+^*%-]*\d[\d.,:/x+^*%-]*(?:[a-zA-Z]{1,4}\d*)?|[<>=~!^]=?.*|0x[\da-fA-F]+"
    r"|(?=[\da-f]*\d)[\da-f]{7,64}|[vV]?\d[\w.+-]*|[A-Z]{1,5}-?\d[\d.:-]*"
)
_MAIL = re.compile(r"(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def placeholder(name: str) -> bool:
    """Tells whether a name stands for one that the reader has to put in, or for many."""
    return bool(_PLACEHOLDER.search(name))


def number(name: str) -> bool:
    """Tells whether a name is a number, version, date, size, hash or comparison, or a mail."""
    return bool(_NUMBER.fullmatch(name) or _MAIL.fullmatch(name))


def word(name: str) -> bool:
    """Tells whether a single word is a language's, a tool's or a brand's."""
    low = name.lower()
    return (
        low in _BUILT_IN
        or low in _STANDARD
        or low in group("words")
        or low in group("brands")
        or low in group("tools")
        or low in _DUNDERS
        or low in group("dunders")
    )


def module(name: str) -> bool:
    """Tells whether a dotted name begins with a module that comes from elsewhere, as spelled."""
    head = name.split(".")[0]
    return head in _STANDARD or hasattr(builtins, head) or head in group("modules")
