"""How paths, flags and addresses are spelled."""

import re
from collections.abc import Iterator

from app.weave.claims import Claim, Kind
from app.weave.usual import group, placeholder

ADDRESS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.)(?:(?!\]\()[^\s<>`\"|\\^{}])*"
    r"[^\s<>`\"|\\^{}.,:;!?'*_)\]]"
)
"""One does not reach into the target of a link that stands right behind it."""
LONGEST = 200
"""Characters of a name; what is longer is data."""
FLAG = re.compile(r"--?[A-Za-z][\w-]*")
_LINES = re.compile(r"(?::\d+(?:[-:]\d+)?|#L?\d+(?:-L?\d+)?|#[\w-]+|\?[\w=&-]+)$")
_SEGMENT = re.compile(r"[\w.@+~-]+")
_SUFFIX = re.compile(r"[^.]\.(\w{1,12})$")
_MEDIA = frozenset({"application", "text", "image", "audio", "video", "multipart", "font"})


def flag(token: str, of: str = "") -> Iterator[Claim]:
    """Yields a flag, and what its value names."""
    match = FLAG.match(token)
    if not match or placeholder(match[0]):
        return
    yield Claim(kind=Kind.FLAG, text=match[0], of=of)
    rest = token[match.end() :]
    if rest.startswith("/--"):
        yield from flag(rest[1:], of)
    elif rest.startswith("=") and (path := path_of(rest[1:], code=False)):
        yield Claim(kind=Kind.PATH, text=path)


def path_of(token: str, *, code: bool) -> str:
    """Returns the path that a word is, without line numbers and anchors; "" if it is none.

    Words with strokes between them, as in and/or, are none unless they are code or end in a
    file's suffix.
    """
    path = token.strip("'\"")
    if len(path) > LONGEST:
        return ""
    while (shorter := _LINES.sub("", path)) != path:
        path = shorter
    file = path.partition("::")[0]
    parts = [part for part in file.split("/") if part not in (".", "")]
    if not parts or placeholder(file) or not all(_SEGMENT.fullmatch(part) for part in parts):
        return ""
    name = parts[-1]
    ending = _SUFFIX.search(name)
    known = ending is not None and ending[1].lower() in group("extensions")
    if "/" not in file:
        if name.lower() in group("files"):
            return path if code else ""
        if name.startswith("."):
            dotted = re.fullmatch(r"\.[A-Za-z][\w-]+(?:\.[\w-]+)*", name)
            hidden = bool(dotted) and name[1:].lower() not in group("extensions")
            return path if hidden and (known or code or "-" in name or "rc" in name) else ""
        bare = known and (len(ending[1]) > 1 or code) if ending else False
        return path if bare and name.lower() not in group("brands") and "(" not in token else ""
    if parts[0].lower() in _MEDIA and len(parts) == 2 and not known:
        return ""
    if len(parts) < 2:
        return path if file.endswith("/") and (code or len(name) > 2) and file[0] != "/" else ""
    if known or name.startswith(".") or parts[0].startswith("."):
        return path
    if file.endswith("/"):
        return path
    lengthy = len(parts) > 2 or code
    return path if lengthy and all(re.search(r"[A-Za-z_]", part) for part in parts) else ""
