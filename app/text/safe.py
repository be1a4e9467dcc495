"""Foreign text made safe to post: it can notify nobody, load nothing and hide nothing.

Only two kinds of code are believed to be code: fences at the margin, and code spans that
open and close in one line. All other backticks become entities, so that what looks like code
here is code for GitHub too.
"""

import re
from html import unescape

GAP = "\u200b"
"""Zero-width space: breaks what GitHub would link, and is not seen."""

_FENCE = re.compile(r"(?P<mark>`{3,6}|~{3,6})(?P<info>[^`~\n]*)$")
_CODE = re.compile(r"(?<![`\\])(?P<fence>`+)(?!`)(?P<code>.+?)(?<!`)(?P=fence)(?!`)")
_LINKED = re.compile(
    r"(?<!\\)\\*+(?:"
    r"(?P<github>https?://(?:[\w-]+\.)*github\.com/[^\s<>`)\]]*)"
    r"|(?P<address>[a-z][a-z0-9+.-]{0,31}://[^\s<>`)\]]+)"
    r"|(?<![A-Za-z0-9])(?P<mention>@[A-Za-z0-9][\w@-]*(?:/[\w.-]*\w)?)"
    r"|(?<![A-Za-z0-9&])"
    r"(?P<issue>(?:[\w-]{1,40}(?:/[\w.-]{1,100})?)?#\d++|GH-\d++)(?![A-Za-z0-9])"
    r"(?:@[\w@-]+)?)",
    re.IGNORECASE,
)
"""Names of accounts have 39 characters at most, those of repositories 100. Without limits each
character of a long word would be the beginning of a search to its end."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NAMES = re.compile(r"[A-Za-z0-9@#/_.-]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls that make text look like other text than it is, in a browser or in a terminal."""
_IMAGE = re.compile(r"(?<!!)!++(?=\[)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!(?:https?://|mailto:)[^\s<>]*>)")
_LINK = re.compile(r"\]\(\s*+(?:<\s*+)?(?!https?:|mailto:|#|/|\./|\.\./)[A-Za-z][\w+.-]*:[^)]*\)")
_DEFINITION = re.compile(
    r"^((?:[ \t]*(?:>|[-*+]|\d{1,9}[.)]))*[ \t]*!*)\[(?=(?:\\[\s\S]|[^\\\[\]]){1,999}\]:)",
    re.MULTILINE,
)
"""In quotes and items too, its name over several lines or not."""
_TILDES = re.compile(r"~{3,}")
_COMMAND = re.compile(r"^(\s*(?:>\s*|[-*+]\s+)*)/(?=[a-z])")


def neutralise(text: str) -> str:
    """Makes text from repositories or models safe to post as a comment.

    Mentions, references to issues and addresses on GitHub become code, which pings nobody;
    images become links; HTML is shown, not interpreted; comments go; links other than to
    web and mail addresses lose their target; a leading slash no longer reads as a command
    to a bot; an open fence is closed; text cannot change its own direction or a terminal's state.
    """
    found = []
    for lines, fence in _segments(_CONTROL.sub("", text)):
        if fence:
            found += lines if _closed(lines, fence) else [*lines, fence]
        else:
            prose = _DEFINITION.sub(r"\1&#91;", _COMMENT.sub("", "\n".join(lines)))
            found += [_line(line) for line in prose.split("\n")]
    return "\n".join(found)


def as_code(text: str, most: int = 200) -> str:
    """Shows foreign text, such as a path, as a code span that it cannot end.

    What is not printable, line ends and marks of direction among it, becomes U+FFFD, a
    backtick an apostrophe; of more than `most` characters the middle goes.
    """
    shown = "".join(mark if mark.isprintable() else "\ufffd" for mark in text.replace("`", "'"))
    if len(shown) > most:
        head = most // 3
        shown = f"{shown[:head]}…{shown[len(shown) - (most - head - 1) :]}"
    return _code(f"`{shown.strip() or chr(0xFFFD)}`")


def _segments(text: str) -> list[tuple[list[str], str]]:
    """Splits a text into runs of lines: prose with an empty mark, fences with theirs."""
    found: list[tuple[list[str], str]] = []
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opened = None if fence else _FENCE.match(line)
        if opened:
            if lines:
                found.append((lines, ""))
            fence = opened["mark"]
            lines = [fence + re.sub(r"[^\w+#.-]", "", opened["info"])]
            continue
        lines.append(line)
        if fence and _closes(line, fence):
            found.append((lines, fence))
            lines, fence = [], ""
    if lines:
        found.append((lines, fence))
    return found


def _closes(line: str, fence: str) -> bool:
    body = line.rstrip(" \t")
    mark = body.lstrip(" ")
    return len(body) - len(mark) <= 3 and mark.startswith(fence) and not mark.strip(fence[0])


def _line(line: str) -> str:
    line = _COMMAND.sub(rf"\1{GAP}/", line)
    pieces = []
    at = 0
    for match in _CODE.finditer(line):
        pieces += [_prose(line[at : match.start()]), _code(match[0])]
        at = match.end()
    found = ""
    for piece in [*pieces, _prose(line[at:])]:
        found += GAP + piece if found.endswith("`") and piece.startswith("`") else piece
    return found


def _code(span: str) -> str:
    """Keeps a code span; where a table would split it, what it could ping is broken."""
    return re.sub(r"(?<=[@#])(?=\w)", GAP, span) if "|" in span else span


def _plain(entity: re.Match[str]) -> str:
    """Writes out an entity of which a name could be made, as GitHub reads it."""
    meant = unescape(entity[0])
    return meant if _NAMES.fullmatch(meant) else entity[0]


def _prose(text: str) -> str:
    text = _ENTITY.sub(_plain, text)
    text = _TAG.sub("&lt;", text.replace("`", "&#96;"))
    text = _IMAGE.sub("", text)
    # No link ends behind the last bracket: what opens there is not searched to the end.
    end = text.rfind(")") + 1
    text = _LINK.sub("]", text[:end]) + text[end:]
    text = _TILDES.sub(lambda m: "&#126;" * len(m[0]), text)
    text = _LINKED.sub(lambda m: m[0] if m["address"] else f"`{m[0].lstrip(chr(92))}`", text)
    return text.replace("``", f"`{GAP}`")


def cut(text: str, limit: int, note: str = "…") -> str:
    """Shortens a text to at most `limit` characters, at the end of a paragraph if it can.

    An open fence is closed, and no code span is cut open, so that what was made safe stays so;
    `note` stands where the rest was. Text within the limit stays.
    """
    if len(text) <= limit:
        return text
    room = limit - len(note) - 10
    if room <= 0:
        return text[:limit]
    kept = text[:room]
    for mark, least in (("\n\n", room // 3), ("\n", room // 2), (" ", room // 2)):
        at = kept.rfind(mark)
        if at > least:
            kept = kept[:at]
            break
    kept = _without_open_span(kept).rstrip()
    fence = next((mark for lines, mark in _segments(kept)[-1:] if not _closed(lines, mark)), "")
    return kept + (f"\n{fence[:6]}" if fence else "") + f"\n\n{note}"


def _without_open_span(text: str) -> str:
    """Drops a code span that the last line opens and does not close."""
    start = end = text.rfind("\n") + 1
    for span in _CODE.finditer(text[start:]):
        end = start + span.end()
    opened = text.find("`", end)
    return text if opened < 0 else text[:opened]


def _closed(lines: list[str], fence: str) -> bool:
    return not fence or (len(lines) > 1 and _closes(lines[-1], fence))
