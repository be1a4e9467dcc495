"""What a model wrote, taken apart: blocks of Markdown, their sentences, and what each cites."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.text.layout import BLOCK_OPEN, FOOTER_OPEN, SOURCES_HEADING
from app.text.sentences import spans

_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^`~]*)$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PREFIX = re.compile(r"\s*(?:>\s*)*(?:(?:[-*+]|\d{1,3}[.)])\s+|#{1,6}\s+|(?=\|))?")
_STARTS = re.compile(r"\s*(?:>|[-*+]\s|\d{1,3}[.)]\s|#{1,6}\s|\|)")
_ALONE = re.compile(r"\s*(?:#{1,6}\s|\|)")
_END = re.compile(r"^[\s#*_>-]*(?:sources?|references?|citations?)[\s:*_]*$", re.IGNORECASE)
_MARK = r"\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\](?!\()"
_MARKS = re.compile(
    rf"(?P<code>(?<!`)(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))|\s*(?P<mark>{_MARK})"
)
_TIGHT = re.compile(rf"(?<=[.!?])(?={_MARK})")
_LEADING = re.compile(rf"(?:\s*{_MARK})+")
_WHOLE = re.compile(r"[.!?:…][\"'”’)\]*_`]*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence without the marks of its sources, and the numbers of those, from 1."""

    text: str
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A paragraph, list item, heading, table row, or fence, which is one sentence.

    `prefix` is the marker before it, `apart` whether an empty line stands before it.
    """

    sentences: tuple[Sentence, ...]
    prefix: str = ""
    apart: bool = True
    code: bool = False


def read(text: str, *, finished: bool) -> list[Block]:
    """Takes Markdown apart.

    Lines of one paragraph are joined. Comments go, and so does a list of sources at the end
    with all that follows it. Of a text that is not finished the last sentence goes, unless it
    looks whole, and a fence that is still open.

    Args:
        text: cleaned text.
        finished: whether the writer ended it.
    """
    found: list[Block] = []
    lines = text.split("\n")
    at, prose = 0, list[str]()
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if not opened:
            prose.append(lines[at])
            at += 1
            continue
        mark = opened["mark"]
        close = next((i for i in range(at + 1, len(lines)) if _closes(lines[i], mark)), len(lines))
        ended = _add_prose(found, prose)
        prose = []
        if ended:
            return found
        if close < len(lines) or finished:
            body = [mark + opened["info"].strip(), *lines[at + 1 : close], mark]
            found.append(Block(sentences=(Sentence(text="\n".join(body)),), code=True))
        at = close + 1
        if close == len(lines) and not finished:
            return found
    if not _add_prose(found, prose) and not finished and prose:
        _drop_open(found)
    return found


def _closes(line: str, mark: str) -> bool:
    body = line.strip()
    return body.startswith(mark) and not body.strip(mark[0])


def _add_prose(found: list[Block], lines: Sequence[str]) -> bool:
    """Adds the blocks of lines outside fences; True where a list of sources ended the text."""
    held: list[str] = []
    apart = True
    for line in [*_COMMENT.sub("", "\n".join(lines)).split("\n"), ""]:
        ends = bool(_END.match(line)) and bool(line.strip())
        breaks = ends or not line.strip() or _STARTS.match(line)
        if held and (breaks or _ALONE.match(held[0])):
            _add(found, held, apart=apart)
            held, apart = [], not line.strip()
        elif not line.strip():
            apart = True
        if ends:
            return True
        if line.strip():
            held.append(line)
    return False


def _add(found: list[Block], lines: Sequence[str], *, apart: bool) -> None:
    prefix = _PREFIX.match(lines[0])
    shown = prefix[0] if prefix else ""
    content = " ".join(" ".join([lines[0][len(shown) :], *lines[1:]]).split())
    row = content.startswith("|")
    sentences = [_sentence(content)] if row else _sentences(_TIGHT.sub(" ", content))
    if found and len(sentences) == 1 and not sentences[0].text:
        # Marks alone are those of what stands before them.
        last = found[-1].sentences[-1]
        more = replace(last, cites=_merged(last.cites, sentences[0].cites))
        found[-1] = replace(found[-1], sentences=(*found[-1].sentences[:-1], more))
        return
    kept = tuple(sentence for sentence in sentences if sentence.text)
    if kept:
        found.append(Block(sentences=kept, prefix=shown if shown.strip() else "", apart=apart))


def _sentences(content: str) -> list[Sentence]:
    """Splits a paragraph, giving each mark to the sentence that it belongs to."""
    before = _LEADING.match(content) is not None
    found: list[Sentence] = []
    for low, high in spans(content):
        piece = content[low:high]
        leading = _LEADING.match(piece)
        if leading and found and not before:
            cites = _merged(found[-1].cites, _numbers(leading[0]))
            found[-1] = replace(found[-1], cites=cites)
            piece = piece[leading.end() :]
        sentence = _sentence(piece)
        if sentence.text or not found:
            found.append(sentence)
        else:
            found[-1] = replace(found[-1], cites=_merged(found[-1].cites, sentence.cites))
    return found


def _sentence(piece: str) -> Sentence:
    cites: list[int] = []

    def take(match: re.Match[str]) -> str:
        if match["mark"]:
            cites.extend(_numbers(match["mark"]))
        return match["code"] or ""

    text = _MARKS.sub(take, piece).strip()
    return Sentence(text=text, cites=_merged((), cites))


def _numbers(marks: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", marks)]


def _merged(old: Sequence[int], new: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys([*old, *new]))


def _drop_open(found: list[Block]) -> None:
    """Drops the last sentence unless it looks whole."""
    if not found or found[-1].code or _WHOLE.search(found[-1].sentences[-1].text):
        return
    block = found.pop()
    if len(block.sentences) > 1:
        found.append(replace(block, sentences=block.sentences[:-1]))


def imitates(block: Block) -> bool:
    """Tells whether a fence holds a line that a reply is read back by."""
    marks = (BLOCK_OPEN, FOOTER_OPEN, SOURCES_HEADING)
    return any(
        line.strip().startswith(mark)
        for line in block.sentences[0].text.split("\n")
        for mark in (*marks, BLOCK_OPEN.strip())
    )
