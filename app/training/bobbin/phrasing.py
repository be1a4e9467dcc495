"""Which quotable units of a file are sentences that bobbin learns to repeat."""

import re

from app.layouts.numbered import flat
from app.text.units import Form, Unit

FEWEST_WORDS, MOST_WORDS = 4, 60
LONGEST = 340
LONGEST_WORD = 60
"""Characters of a sentence and of a word."""
WORDS_SHARE = 0.62
"""How much of a sentence's characters, without spaces, are letters of words."""
_KEPT = frozenset({Form.SENTENCE, Form.ITEM, Form.COMMENT, Form.STRING})
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_NOISE = re.compile(
    r">>>|\.\. |\b(?:TODO|FIXME|XXX|HACK)\b|https?://\S{60}|[\w.+-]+@[\w-]+\.\w|\\[a-z]{2,}"
    r"|[\x00-\x08\x0b-\x1f\x7f\ufffd]|</?\w+[^>]*>|\|\s*\||={3}|-{4}|[~^*#]{3}|^\W*\w+ = | # "
    r"|%[srd(]|\{\w*\}|\$\{|[\^_]\{|\bdef \w+\(|\bdoctest:|\bnoqa\b|\bpyrefly\b|\bpyright\b"
    r"|^(?:if|for|while|return|import|from|class) .*[:\])]$|\":|\[\[|`\\|\$[^$]+\$"
    r"|\. \w+ \([^)]*\): |\bdoi\b|\barxiv\b|\bet al\.|\bjournal of\b|\bpp\. ?\d|\bvol\. ?\d|↵",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\b(?:a|an|the|of|to|in|for|and|or|with|is|are|by|that|from|as|at|on|be|when|if|which|than)$",
    re.IGNORECASE,
)
_UNUSUAL = re.compile(r"[\u0370-\u1fff\u3000-\uffff\U00010000-\U0010ffff]")
_LEGAL = re.compile(
    r"\bcopyright\b|\(c\) \d{4}|all rights reserved|\blicensed under\b|\bthe license\b|\bwarrant"
    r"|\bredistribut|permission is hereby|\bspdx\b|\bas is\b\"|\blicen[sc]e at\b|limitations under"
    r"|without limitation|\bliable\b|\bliability\b",
    re.IGNORECASE,
)
_SECRET = re.compile(r"\b(?:ghp_|github_pat_|hf_[A-Za-z0-9]{8}|sk-[A-Za-z0-9]{12}|AKIA[A-Z0-9]{8})")
_FUNCTION_WORDS = """a an the is are was be been of to in for on with by from as at if when that
    this it its and or not no can will may must should use used uses returns return raise raises
    which than then only all any each does do has have into out whether how what where"""
_ENGLISH = frozenset(_FUNCTION_WORDS.split())


def sentence(unit: Unit) -> str | None:
    """Returns a unit as one line, None where it is not a sentence of mostly words."""
    if unit.form not in _KEPT:
        return None
    text = flat(unit.text)
    return text if reads_well(text, unit.form) else None


def reads_well(text: str, form: Form = Form.SENTENCE) -> bool:
    """Tells whether one line is a sentence: English words, whole, and of a fair length.

    A list's item may begin in lower case and end without a full stop.
    """
    if not 12 <= len(text) <= LONGEST:
        return False
    words = text.split()
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS or max(map(len, words)) > LONGEST_WORD:
        return False
    if form is Form.ITEM:
        shaped = text[0].isalnum() or text[0] in "`\"'_-*("
        shaped = shaped and text[-1] not in ",:;(" and not _BROKEN.search(text)
    else:
        shaped = (text[0].isupper() or text[0] in "`\"'_0123456789") and text[-1] in ".!?)\"'"
    if not shaped or text.count("`") % 2:
        return False
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        return False
    spoken = _WORD.findall(text)
    if sum(map(len, spoken)) < WORDS_SHARE * (len(text) - len(words) + 1):
        return False
    plain = len([word for word in spoken if word.lower() in _ENGLISH])
    if plain < (1 if len(words) < 10 else 2 if len(words) < 20 else 3):
        return False
    return not any(noise.search(text) for noise in (_NOISE, _LEGAL, _SECRET, _UNUSUAL))


def alike(text: str) -> str:
    """Returns what a sentence has in common with its near copies: its words, without numbers."""
    return " ".join(word.lower() for word in _WORD.findall(text))
