"""Yes/no questions about an answer that an algorithm answers for certain.

Each takes what there is to know, and says what is true of the answer. What a question means is
what its function does: where the two part, the function is mended or the question reworded.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.layouts.numbered import flat, read

_FILE = re.compile(
    r"(?<![\w./@:-])(?:\./)?((?:[\w@.-]+/)*[\w@.-]*[\w@-]\.[A-Za-z][A-Za-z0-9]{0,7})(?![\w/-])"
)
_FENCE = re.compile(r"^```[\w+-]*\n.*?^```[ \t]*$", re.MULTILINE | re.DOTALL)
_ITEM = re.compile(r"(?:[-*+]|\d{1,3}[.)])[ \t]+\S")
_CITED = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What there is to know of an answer; `words` is the number that a question has in it."""

    answer: str
    sources: tuple[str, ...]
    paths: frozenset[str]
    words: int = 0


Check = Callable[[Known], bool]


def files(text: str) -> list[str]:
    """Returns what is written as the name of a file: an ending, and folders or none before."""
    return _FILE.findall(text)


def exists(name: str, paths: frozenset[str]) -> bool:
    """Tells whether a file is in a tree: by its whole path, or by what it ends with."""
    return name in paths or any(path.endswith(f"/{name}") for path in paths)


def names_file(known: Known) -> bool:
    """Whether the answer names a file that is in the tree."""
    return any(exists(name, known.paths) for name in files(known.answer))


def invents_file(known: Known) -> bool:
    """Whether the answer names a file that is not in the tree."""
    return any(not exists(name, known.paths) for name in files(known.answer))


def is_json(known: Known) -> bool:
    """Whether the answer as a whole is JSON (RFC 8259)."""
    try:
        json.loads(known.answer, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def is_short(known: Known) -> bool:
    """Whether the answer has fewer than so many words, as spaces divide them."""
    return len(known.answer.split()) < known.words


def quotes(known: Known) -> bool:
    """Whether every line of the answer repeats the source of its number to the letter."""
    lines = read(known.answer)
    return bool(lines) and all(
        each.number <= len(known.sources) and each.text == flat(known.sources[each.number - 1])
        for each in lines or ()
    )


def ends_cited(known: Known) -> bool:
    """Whether the answer's last characters are the number of one of the sources."""
    last = re.search(r"\[(\d{1,3})\][.!?]?$", known.answer.rstrip())
    return last is not None and 0 < int(last[1]) <= len(known.sources)


def cites_known(known: Known) -> bool:
    """Whether the answer cites, and only numbers that sources have."""
    cited = [int(number) for number in _CITED.findall(known.answer)]
    return bool(cited) and all(0 < number <= len(known.sources) for number in cited)


def has_code(known: Known) -> bool:
    """Whether the answer has a fenced block of code that is closed."""
    return _FENCE.search(known.answer) is not None


def is_list(known: Known) -> bool:
    """Whether the answer is a list: two items or more, and no other line."""
    lines = [said for said in known.answer.split("\n") if said.strip()]
    return len(lines) > 1 and all(_ITEM.match(said.strip()) for said in lines)


CHECKS: Mapping[str, Check] = {
    "names-file": names_file,
    "invents-file": invents_file,
    "json": is_json,
    "short": is_short,
    "quotes": quotes,
    "ends-cited": ends_cited,
    "cites-known": cites_known,
    "code": has_code,
    "list": is_list,
}
"""By the name of the question, which is that of its file in `prompts/bootstrapped`."""


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
