"""English stems by the rules of Porter2 (https://snowballstem.org/algorithms/english/stemmer.html).

"installing", "installed", "installs" and "install" become one word for search; so do British
and American spellings such as "serialise" and "serialize".
"""

import re
from functools import lru_cache

_VOWELS = "aeiouy"
_DOUBLES = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")
_EXCEPTIONS = {
    "skis": "ski",
    "skies": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "idly": "idl",
    "gently": "gentl",
    "ugly": "ugli",
    "early": "earli",
    "only": "onli",
    "singly": "singl",
    "sky": "sky",
    "news": "news",
    "howe": "howe",
    "atlas": "atlas",
    "cosmos": "cosmos",
    "bias": "bias",
    "andes": "andes",
}
_KEPT_AFTER_1A = {
    "inning",
    "outing",
    "canning",
    "herring",
    "earring",
    "proceed",
    "exceed",
    "succeed",
}
_STEP_2 = {
    "ational": "ate",
    "tional": "tion",
    "enci": "ence",
    "anci": "ance",
    "abli": "able",
    "entli": "ent",
    "izer": "ize",
    "ization": "ize",
    "ation": "ate",
    "ator": "ate",
    "alism": "al",
    "aliti": "al",
    "alli": "al",
    "fulness": "ful",
    "ousli": "ous",
    "ousness": "ous",
    "iveness": "ive",
    "iviti": "ive",
    "biliti": "ble",
    "bli": "ble",
    "fulli": "ful",
    "lessli": "less",
}
_STEP_3 = {
    "ational": "ate",
    "tional": "tion",
    "alize": "al",
    "icate": "ic",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
}
_STEP_4 = (
    "ement",
    "ance",
    "ence",
    "able",
    "ible",
    "ment",
    "ant",
    "ent",
    "ism",
    "ate",
    "iti",
    "ous",
    "ive",
    "ize",
    "al",
    "er",
    "ic",
)
_BRITISH = re.compile(r"(?<=i)s(?=(?:e|es|ed|er|ers|ing|ation|ations)$)|(?<=aly)s(?=(?:e|ed|ing)$)")
_REGION = re.compile(r"[aeiouy][^aeiouy]")


def _regions(word: str) -> tuple[int, int]:
    """Returns the starts of R1 and R2, each the word's length where there is none."""
    start = next((len(p) for p in ("gener", "commun", "arsen") if word.startswith(p)), 0)
    if not start:
        found = _REGION.search(word)
        start = found.end() if found else len(word)
    found = _REGION.search(word, start)
    return start, found.end() if found else len(word)


def _ends_short(word: str) -> bool:
    if len(word) == 2:
        return word[0] in _VOWELS and word[1] not in _VOWELS
    return (
        len(word) > 2
        and word[-1] not in _VOWELS + "wxY"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
    )


def _step_1a(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith(("us", "ss")) or not word.endswith("s"):
        return word
    return word[:-1] if any(letter in _VOWELS for letter in word[:-2]) else word


def _step_1b(word: str, r1: int) -> str:
    for suffix in ("eedly", "eed"):
        if word.endswith(suffix):
            return word[: -len(suffix)] + "ee" if len(word) - len(suffix) >= r1 else word
    for suffix in ("ingly", "edly", "ing", "ed"):
        if not word.endswith(suffix):
            continue
        rest = word[: -len(suffix)]
        if not any(letter in _VOWELS for letter in rest):
            return word
        if rest.endswith(("at", "bl", "iz")):
            return rest + "e"
        if rest.endswith(_DOUBLES):
            return rest[:-1]
        return rest + "e" if r1 >= len(rest) and _ends_short(rest) else rest
    return word


def _replace(word: str, table: dict[str, str], r1: int, r2: int) -> str:
    for suffix in sorted(table, key=len, reverse=True):
        if word.endswith(suffix):
            at = len(word) - len(suffix)
            return word[:at] + table[suffix] if at >= r1 else word
    if table is _STEP_2:
        if word.endswith("logi") and len(word) - 3 >= r1:
            return word[:-1]
        if word.endswith("li") and len(word) - 2 >= r1 and word[-3:-2] in "cdeghkmnrt":
            return word[:-2]
    elif word.endswith("ative") and len(word) - 5 >= r2:
        return word[:-5]
    return word


def _step_4(word: str, r2: int) -> str:
    for suffix in _STEP_4:
        if word.endswith(suffix):
            at = len(word) - len(suffix)
            return word[:at] if at >= r2 else word
    if word.endswith("ion") and len(word) - 3 >= r2 and word[-4:-3] in "st":
        return word[:-3]
    return word


def _step_5(word: str, r1: int, r2: int) -> str:
    at = len(word) - 1
    if word.endswith("e") and (at >= r2 or (at >= r1 and not _ends_short(word[:-1]))):
        return word[:-1]
    return word[:-1] if word.endswith("ll") and at >= r2 else word


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Returns the stem of a lower-case word; words with other than a-z stay as they are."""
    word = word.replace("’", "'").removesuffix("'s").strip("'")
    if len(word) <= 2 or not (word.isascii() and word.isalpha()):
        return word
    if word in _EXCEPTIONS:
        return _EXCEPTIONS[word]
    word = _BRITISH.sub("z", word) if len(word) > 6 else word.replace("colour", "color")
    word = re.sub(r"(?:^|(?<=[aeiouy]))y", "Y", word)
    r1, r2 = _regions(word)
    word = _step_1a(word)
    if word in _KEPT_AFTER_1A:
        return word
    word = _step_1b(word, r1)
    if len(word) > 2 and word[-1] in "yY" and word[-2] not in _VOWELS:
        word = word[:-1] + "i"
    word = _replace(word, _STEP_2, r1, r2)
    word = _replace(word, _STEP_3, r1, r2)
    word = _step_5(_step_4(word, r2), r1, r2)
    return word.lower()
