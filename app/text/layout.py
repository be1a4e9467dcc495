"""The shape of a reply's visible body: answer, then sources, then one quiet footer line.

The reply is laid out and later read back by different parts of the product; the marks that
both go by stand here. People edit replies, so reading back goes by whole lines that they see
and tend to keep, takes the last of each, and does without any that is gone.
"""

import re

COMMENT_LIMIT = 65_536
"""Characters of a comment that GitHub takes at most, the hidden block included."""

SOURCES_HEADING = "**Sources**"
"""Stands alone on the line above the list of sources; nothing below it is the answer."""

FOOTER_OPEN = "<sub>"
FOOTER_CLOSE = "</sub>"
"""The footer is one line that begins with `FOOTER_OPEN` and ends with `FOOTER_CLOSE`."""

BLOCK_OPEN = "<!-- treadle "
BLOCK_CLOSE = " -->"
"""The hidden block is one line between these; `app/feedback/metadata.py` writes and reads it."""

_CITATION = re.compile(r"(?:^|[ \t]+)\[\d{1,3}\](?=[ \t]|$)")
_FENCES = ("```", "~~~")
_SOURCES_LINE = re.compile(rf"^[ \t]*{re.escape(SOURCES_HEADING)}[ \t]*$", re.MULTILINE)
_FOOTER_LINE = re.compile(rf"^[ \t]*{re.escape(FOOTER_OPEN)}.*$", re.MULTILINE)
_BLOCK_START = re.compile(rf"^[ \t]*{re.escape(BLOCK_OPEN)}", re.MULTILINE)


def lay_out(answer: str, sources: str = "", footer: str = "") -> str:
    """Puts a visible body together.

    Args:
        answer: Markdown; has no line that is one of this module's marks.
        sources: Markdown list below the heading; empty for none.
        footer: one line of text without `FOOTER_OPEN`; empty for none.
    """
    parts = [answer.strip()]
    if sources.strip():
        parts.append(f"{SOURCES_HEADING}\n\n{sources.strip()}")
    if footer.strip():
        parts.append(f"{FOOTER_OPEN}{' '.join(footer.split())}{FOOTER_CLOSE}")
    return "\n\n".join(parts)


def answer_part(body: str) -> str:
    """Returns the answer alone, without sources, footer and hidden block, line ends as LF.

    `answer_part(lay_out(a, s, f)) == a.strip()` for any answer without marks of its own.
    """
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    for mark in (_BLOCK_START, _FOOTER_LINE, _SOURCES_LINE):
        if found := list(mark.finditer(text)):
            text = text[: found[-1].start()]
    return text.strip()


def without_citations(answer: str) -> str:
    """Takes the marks of sources, such as `[1]`, out of an answer; code blocks stay as they are.

    A mark stands alone between spaces or at an end of a line, so `a[1]` is none.
    """
    lines = []
    fence = ""
    for line in answer.split("\n"):
        mark = line.lstrip()[:3]
        if fence:
            fence = "" if mark == fence else fence
        elif mark in _FENCES:
            fence = mark
        else:
            line = _CITATION.sub("", line)
        lines.append(line)
    return "\n".join(lines).strip()
