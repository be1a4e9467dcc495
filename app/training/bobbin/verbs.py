"""The forms of English verbs, as far as developers' texts need them."""

from functools import cache, lru_cache
from pathlib import Path


@cache
def verbs() -> frozenset[str]:
    """Returns base forms of verbs that developers' texts begin with."""
    return frozenset((Path(__file__).parent / "verbs.txt").read_text("utf-8").split())


@lru_cache(maxsize=50_000)
def base(word: str) -> str:
    """Returns the base form of a verb's form (`returns`, `using`, `passed`), or nothing."""
    known = verbs()
    if word in known:
        return word
    for ending, grown in (
        ("ies", "y"),
        ("ied", "y"),
        ("es", ""),
        ("s", ""),
        ("ing", ""),
        ("ing", "e"),
        ("ed", ""),
        ("ed", "e"),
        ("es", "e"),
    ):
        if word.endswith(ending):
            rest = word.removesuffix(ending) + grown
            if rest in known:
                return rest
            if rest[-1:] == rest[-2:-1] and rest[:-1] in known:
                return rest[:-1]
    return ""


@lru_cache(maxsize=50_000)
def is_third(word: str) -> bool:
    """Tells whether a word is a verb's third person: `returns`."""
    return word.endswith("s") and not word.endswith("ss") and word != base(word) != ""
