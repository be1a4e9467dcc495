"""Where sentences end: not after abbreviations, inside versions, file names or code."""

import re

_END = re.compile(r"(?P<mark>(?<![.!?…])[.!?…]+[\"'”’)\]*_]*|:(?=\n))(?=\s|$)")
_CODE = re.compile(r"(?<!`)(`++)(?:.{1,500}?)(?<!`)\1(?!`)", re.DOTALL)
_NEVER_LAST = frozenset(
    {"e.g", "i.e", "cf", "vs", "incl", "resp", "approx", "viz", "w.r.t", "dr", "mr", "mrs", "ms"}
    | {"prof", "fig", "eq", "esp", "est", "ca"}
)
_SELDOM_LAST = frozenset({"etc", "al", "a.m", "p.m", "u.s", "no", "nos", "ch", "vol", "pp", "inc"})
_NEAR = 80
_WORD = re.compile(r"[\w.]+")


def spans(text: str) -> list[tuple[int, int]]:
    """Returns the (start, end) of each sentence of a paragraph, without the space around it.

    Code spans are never split. A mark ends a sentence only where space and something that
    can begin one follow, and no abbreviation stands before it.
    """
    code = [match.span() for match in _CODE.finditer(text)]
    length = len(text.rstrip())
    found = []
    start = passed = 0
    for match in _END.finditer(text):
        end = match.end()
        while passed < len(code) and code[passed][1] <= match.start():
            passed += 1
        if passed < len(code) and code[passed][0] < match.start():
            continue
        if end < length and not _breaks(text, match.start(), end):
            continue
        found.append((start, end))
        start = end
    found.append((start, len(text)))
    trimmed = []
    for low, high in found:
        piece = text[low:high]
        low += len(piece) - len(piece.lstrip())
        high -= len(piece) - len(piece.rstrip())
        if low < high:
            trimmed.append((low, high))
    return trimmed


def _breaks(text: str, mark: int, end: int) -> bool:
    # Only the near surroundings are looked at, so that long paragraphs cost no more.
    rest = text[end : end + _NEAR].lstrip()
    before = text[max(0, mark - _NEAR) : mark]
    words = _WORD.findall(before)
    last = words[-1].lower().rstrip(".") if words else ""
    if text[mark] != ".":
        return True
    if last in _NEVER_LAST:
        return False
    if last in _SELDOM_LAST or (len(last) == 1 and last.isalpha() and last != "i"):
        return rest[:1].isupper() and len(last) > 1
    if last.isdigit() and before.rsplit("\n", 1)[-1].strip() == last:
        return False
    return not rest[:1].islower()


def sentences(text: str) -> list[str]:
    """Splits a paragraph into its sentences."""
    return [text[low:high] for low, high in spans(text)]
