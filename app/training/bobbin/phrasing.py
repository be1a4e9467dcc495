"""Which quotable units of a file are sentences that bobbin learns to repeat."""

import re

from app.layouts.numbered import flat
from app.text.units import Form, Unit

FEWEST_WORDS, MOST_WORDS = 4, 60
LONGEST = 300
LONGEST_OF_ALL = 400
_KEPT = frozenset({Form.SENTENCE, Form.ITEM, Form.COMMENT, Form.STRING})
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_NOISE = re.compile(
    r">>>|\.\. |\bTODO\b|\bFIXME\b|\bXXX\b|\bhttps?://\S{60}|[\w.+-]+@[\w-]+\.\w|\\[a-zA-Z]{2,}"
    r"|[\x00-\x08\x0b-\x1f\x7f\ufffd]|</?\w+[^>]*>|\|\s*\||__\s|={3}|-{4}|[~^*#]{3}|^\W*\w+ = "
    r"|%[srd(]|\{\w*\}|\$\{|\bdef \w+\(|^(?:if|for|while|return|import|from|class) .*[:\])]$"
    r"|\bpyrefly\b|\bpyright\b|\bmypy:|\bdoctest:|\bnoqa\b|\\[nt]|\":|\[\[",
    re.IGNORECASE,
)
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
    """Tells whether one line is a sentence: English words, whole, and of a fair length."""
    if not 12 <= len(text) <= LONGEST_OF_ALL or _strange(text):
        return False
    words = text.split()
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
        return False
    spoken = _WORD.findall(text)
    if sum(map(len, spoken)) < 0.62 * (len(text) - len(words) + 1):
        return False
    plain = sum(word.lower() in _ENGLISH for word in spoken)
    if plain < (1 if len(words) < 10 else 2 if len(words) < 20 else 3):
        return False
    if text.count("`") % 2 or any(text.count(a) != text.count(b) for a, b in ("()", "[]")):
        return False
    if form is not Form.ITEM and not (text[0].isupper() or text[0] in "`\"'_0123456789"):
        return False
    if text[-1] in ",:;(" or (form is not Form.ITEM and text[-1] not in ".!?)\"'"):
        return False
    if form is Form.ITEM and not (text[0].isalnum() or text[0] in "`\"'_-*("):
        return False
    if max(map(len, words)) > 60:
        return False
    return not (_NOISE.search(text) or _LEGAL.search(text) or _SECRET.search(text))


def alike(text: str) -> str:
    """Returns what a sentence has in common with its near copies: its words, without numbers."""
    return " ".join(word.lower() for word in _WORD.findall(text))


def _strange(text: str) -> bool:
    return sum(ord(character) > 0x2FFF or "Ͱ" <= character <= "῿" for character in text) > 2
