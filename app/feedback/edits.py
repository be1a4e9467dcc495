"""What a person changed in a text: the smallest spans of tokens that went and came.

Both texts are laid out one block a line, so that reflowed lines, new list markers and moved
paragraphs are no changes. libgit2 diffs the lines, and inside each hunk the tokens are
compared for their longest common subsequence.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pygit2
from pygit2.enums import DiffOption
from rapidfuzz.distance import LCSseq, Levenshtein
from unidiff.patch import PatchSet

from app.domain import Change
from app.domain.negation import negates, negation
from app.feedback.tokens import Block, Token, blocks
from app.text.clean import clean
from app.text.words import STOP_WORDS, is_name

__all__ = ["Change", "Span", "changes", "distance", "spans"]

_MOVED_TOKENS = 3
"""A run of at least so many tokens that goes in one place and comes in another was moved."""

_MOST_TURNED = 3
"""So far behind a negation what it turns around begins, in tokens."""

_LCS_CELLS = 20_000 * 20_000
"""Above this product of lengths the exact comparison takes more than 50 MB."""


_Cut = tuple[int, int, int, int]
"""Where old tokens begin and end that went, and where new ones begin and end that came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Tokens that went and tokens that came in one place; one of the two may be empty."""

    removed: Sequence[Token]
    added: Sequence[Token]


def changes(before: str, after: str) -> list[Change]:
    """Returns what was changed between two Markdown texts, in order.

    `removed` and `added` are cut from the texts as they stand; where such a span is a single
    code span, its backticks are left out. `context` is the line of `after` that the added
    text begins in, or of `before` where nothing was added.
    """
    old, new = clean(before), clean(after)
    return [
        Change(
            removed=_cut(old, span.removed),
            added=_cut(new, span.added),
            context=_line(new, span.added[0]) if span.added else _line(old, span.removed[0]),
        )
        for span in _spans(old, new)
    ]


def spans(before: str, after: str) -> list[Span]:
    """Returns the changes as tokens: those of `before` less removed plus added are `after`'s."""
    return _spans(clean(before), clean(after))


def distance(before: str, after: str) -> float:
    """Returns the edit cost in [0, 1]: the word-level Levenshtein distance over the longer."""
    old = [token.key for block in blocks(clean(before)) for token in block.tokens]
    new = [token.key for block in blocks(clean(after)) for token in block.tokens]
    return float(Levenshtein.normalized_distance(*_encode(old, new)))


def _spans(old: str, new: str) -> list[Span]:
    if old == new:
        return []
    found: list[Span] = []
    for removed, added in _hunks(blocks(old), blocks(new)):
        found += _words(
            [token for block in removed for token in block.tokens],
            [token for block in added for token in block.tokens],
        )
    return _without_moves(found)


def _hunks(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[list[Block], list[Block]]]:
    """Returns the runs of blocks that differ; a block that only moved is in none of them."""
    old_lines = [_canonical(block) for block in old]
    new_lines = [_canonical(block) for block in new]
    # libgit2 reads these two bytes objects again when the patch is written out: they must live.
    source, target = _text(old_lines), _text(new_lines)
    patch = pygit2.Patch.create_from(
        source, target, flag=DiffOption.FORCE_TEXT | DiffOption.MINIMAL, context_lines=0
    )
    # Git cuts the heading that it quotes beside a hunk's numbers anywhere, even inside a letter.
    text = patch.data.decode("utf-8", "replace")
    ranges = [
        (
            _range(hunk.source_start, hunk.source_length),
            _range(hunk.target_start, hunk.target_length),
        )
        for file in PatchSet(text, metadata_only=True)
        for hunk in file
    ]
    moved = Counter(old_lines[i] for gone, _ in ranges for i in gone)
    moved &= Counter(new_lines[j] for _, come in ranges for j in come)
    left_old, left_new = Counter(moved), Counter(moved)
    hunks = []
    for gone, come in ranges:
        removed = [old[i] for i in gone if not _take(left_old, old_lines[i])]
        added = [new[j] for j in come if not _take(left_new, new_lines[j])]
        hunks.append((removed, added))
    return hunks


def _text(lines: Sequence[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def _range(start: int, length: int) -> range:
    """Turns a hunk's numbers into indexes; one of length 0 names the line before it."""
    first = start - (length > 0)
    return range(first, first + length)


def _canonical(block: Block) -> str:
    return " ".join(token.key for token in block.tokens)


def _take(counter: Counter[str], line: str) -> bool:
    if counter[line] < 1:
        return False
    counter[line] -= 1
    return True


def _words(old: Sequence[Token], new: Sequence[Token]) -> list[Span]:
    first, second = _encode([token.key for token in old], [token.key for token in new])
    exact = len(first) * len(second) <= _LCS_CELLS
    opcodes = (LCSseq if exact else Levenshtein).opcodes(first, second)
    cuts: list[_Cut] = []
    for code in opcodes:
        if code.tag == "equal":
            continue
        cut = (code.src_start, code.src_end, code.dest_start, code.dest_end)
        if cuts and cuts[-1][1] == cut[0] and cuts[-1][3] == cut[2]:
            cut = (cuts[-1][0], cut[1], cuts[-1][2], cut[3])
            cuts.pop()
        cuts.append(cut)
    rooms = [right[0] - left[1] for left, right in pairwise([*cuts, (len(old),) * 4])]
    slid = [_slide(cut, old, new, room) for cut, room in zip(cuts, rooms, strict=True)]
    apart = [part for cut in slid for part in _by_names(cut, old, new)]
    joined: list[_Cut] = []
    for cut in apart:
        if joined and _belong_together(joined[-1], cut, old, new):
            cut = (joined[-1][0], cut[1], joined[-1][2], cut[3])
            joined.pop()
        joined.append(cut)
    whole = _with_negations(joined, old, new)
    return [Span(removed=old[a:b], added=new[c:d]) for a, b, c, d in whole]


def _slide(cut: _Cut, old: Sequence[Token], new: Sequence[Token], room: int) -> _Cut:
    """Lets what only went or only came begin with a word rather than with the sign before it.

    Args:
        cut: a cut; one that replaces stays as it is.
        old: the tokens before.
        new: the tokens after.
        room: how many equal tokens stand between this cut and the next.
    """
    a, b, c, d = cut
    side, low, high = (old, a, b) if c == d else (new, c, d)
    if a < b and c < d:
        return cut
    steps = 0
    while (
        steps < room
        and side[low + steps].key == side[high + steps].key
        and not _has_word(side[low + steps])
    ):
        steps += 1
    return a + steps, b + steps, c + steps, d + steps


def _by_names(cut: _Cut, old: Sequence[Token], new: Sequence[Token]) -> list[_Cut]:
    """Takes a replaced span apart so that a name in code is replaced by the one in its place."""
    a, b, c, d = cut
    names = [i for i in range(a, b) if _is_name(old[i])]
    others = [j for j in range(c, d) if _is_name(new[j])]
    if len(names) != len(others):
        return [cut]
    found = []
    for i, j in zip(names, others, strict=True):
        found += [(a, i, c, j), (i, i + 1, j, j + 1)]
        a, c = i + 1, j + 1
    found.append((a, b, c, d))
    return [part for part in found if part[0] < part[1] or part[2] < part[3]]


def _belong_together(left: _Cut, right: _Cut, old: Sequence[Token], new: Sequence[Token]) -> bool:
    """Tells whether what two cuts leave standing between them is too little to be a match."""
    between = old[left[1] : right[0]]
    if not between or any(_is_content(token) for token in between):
        return False
    for a, b, c, d in (left, right):
        if any(_is_name(token) for token in (*old[a:b], *new[c:d])):
            return False
    sizes = [max(cut[1] - cut[0], cut[3] - cut[2]) for cut in (left, right)]
    return 2 * len(between) <= min(sizes)


def _with_negations(cuts: Sequence[_Cut], old: Sequence[Token], new: Sequence[Token]) -> list[_Cut]:
    """Lets what a negation turns around be one change with it.

    Where a negation was changed alone, the next word of content that both texts have belongs to
    it: what "recommended" became is "not recommended". Where what stands after a negation was
    changed, the negation does.
    """
    keys = [token.key.lower() for token in old]
    found: list[_Cut] = []
    for cut, following in pairwise([*cuts, (len(old), len(old), len(new), len(new))]):
        a, b, c, d = cut
        before = negation(keys, a)
        if before is not None and before >= (found[-1][1] if found else 0):
            a, c = before, c - (a - before)
        sides = old[a:b], new[c:d]
        changed = {sum(negates(token.key.lower()) for token in side) for side in sides}
        ends = [side[-1] for side in sides if side]
        if len(changed) == 2 and not any(_is_affirmed(token) for token in ends):
            for place in range(b, min(following[0], b + _MOST_TURNED)):
                if _is_content(old[place]):
                    b, d = place + 1, d + place + 1 - b
                    break
        found.append((a, b, c, d))
    return found


def _has_word(token: Token) -> bool:
    return any(c.isalnum() for c in token.key)


def _is_content(token: Token) -> bool:
    return _has_word(token) and token.key.lower() not in STOP_WORDS


def _is_affirmed(token: Token) -> bool:
    return _is_content(token) and not negates(token.key.lower())


def _is_name(token: Token) -> bool:
    return token.end - token.start > len(token.text) or is_name(token.key)


def _without_moves(found: Sequence[Span]) -> list[Span]:
    def keys(tokens: Sequence[Token]) -> tuple[str, ...]:
        return tuple(token.key for token in tokens if _has_word(token))

    gone = Counter(keys(span.removed) for span in found if not span.added)
    come = Counter(keys(span.added) for span in found if not span.removed)
    moved = Counter({run: n for run, n in (gone & come).items() if len(run) >= _MOVED_TOKENS})
    left = {False: Counter(moved), True: Counter(moved)}
    kept = []
    for span in found:
        if not (span.removed and span.added):
            run = keys(span.removed or span.added)
            side = left[bool(span.added)]
            if side[run] > 0:
                side[run] -= 1
                continue
        kept.append(span)
    return kept


def _encode(old: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    """Writes each token as one character, the same in both: comparison is then by characters."""
    numbers: dict[str, int] = {}
    return (
        "".join(chr(numbers.setdefault(key, len(numbers))) for key in old),
        "".join(chr(numbers.setdefault(key, len(numbers))) for key in new),
    )


def _cut(text: str, tokens: Sequence[Token]) -> str:
    if not tokens:
        return ""
    if len(tokens) == 1:
        return tokens[0].text
    return text[tokens[0].start : tokens[-1].end]


def _line(text: str, token: Token) -> str:
    start = text.rfind("\n", 0, token.start) + 1
    end = text.find("\n", token.start)
    return text[start : end if end >= 0 else len(text)].strip()
