"""What one word of a draft, or the content of a code span, names; by its shape alone."""

import re
from collections.abc import Iterator

from app.weave import shell
from app.weave.claims import Claim, Kind
from app.weave.spelling import ADDRESS, FLAG, LONGEST, flag, path_of
from app.weave.usual import number, placeholder, word

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|#)[A-Za-z_$][\w$]*)*")
_CALL = re.compile(
    r"(?P<name>[A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*)[!?]?[(\[](?P<rest>.*)"
)
_KEYWORD = re.compile(r"(?<![\w.])([A-Za-z_]\w+)\s*=(?!=)")
_PAIR = re.compile(r"(?P<key>[A-Za-z_][\w.-]*)(?:\s*[:=]\s+|\s+=\s*|=)(?P<value>[^=].*)?")
_IMPORT = re.compile(r"from\s+(?P<module>\.*[\w.]*)\s+import\s+(?P<names>[\w\s,()*]+)")
_IMPORTED = re.compile(r"import\s+(?P<names>[\w.]+(?:\s*,\s*[\w.]+)*)(?:\s+as\s+\w+)?")
_SNAKE = re.compile(r"_*[A-Za-z0-9]+(?:_+[A-Za-z0-9]+)+_*|_+[A-Za-z]\w*")
_UPPER = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_HUMPS = re.compile(r"[a-z]+[0-9]*(?:[A-Z][a-z0-9]*)+|[A-Z][A-Z]*[a-z0-9]+(?:[A-Z]+[a-z0-9]*)+")
_KEBAB = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)+", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|ai|app|edu|gov|co|uk|de|fr|eu|info|xyz|me|us)",
    re.IGNORECASE,
)


def coded(content: str) -> Iterator[Claim]:
    """Yields what the content of a code span names."""
    content = " ".join(content.split())
    if " " not in content:
        yield from single(content, code=True)
    elif found := _IMPORT.fullmatch(content):
        yield from imported(found["module"], found["names"])
    elif found := _IMPORTED.fullmatch(content):
        for name in found["names"].split(","):
            yield Claim(kind=Kind.SYMBOL, text=name.strip())
    elif shell.reads(content):
        yield from shell.claims(content)
    elif (found := _PAIR.fullmatch(content)) and "(" not in found["key"]:
        yield from _pair(found["key"], found["value"] or "")
    elif found := _CALL.fullmatch(content):
        yield from _call(found)
    else:
        for token in re.findall(r"[^\s,;()\[\]{}]+", content):
            yield from single(token.strip("'\""), code=False)


def single(token: str, *, code: bool) -> Iterator[Claim]:
    """Yields what one word names; `code` tells that it is written as code."""
    token = token.strip("'\",;").rstrip(".:!?" if not code else ":")
    if not 0 < len(token) <= LONGEST or not token.isprintable() or number(token):
        return
    if ADDRESS.fullmatch(token):
        yield Claim(kind=Kind.LINK, text=token)
    elif FLAG.match(token):
        yield from flag(token)
    elif placeholder(token) or token[:1] in "#%&|\\^":
        if found := _CALL.fullmatch(token):
            yield from _call(found)
        return
    elif token[:1] == "$":
        yield from single(token[1:], code=code)
    elif token[:1] == "@":
        if code and "/" not in token:
            yield from single(token[1:], code=True)
    elif path := path_of(token, code=code):
        file, _, inner = path.partition("::")
        yield Claim(kind=Kind.PATH, text=file)
        for name in filter(None, inner.split("::")):
            yield from single(name, code=True)
    elif code and (found := _CALL.fullmatch(token)):
        yield from _call(found)
    elif code and (found := _PAIR.fullmatch(token)):
        yield from _pair(found["key"], found["value"] or "")
    else:
        yield from _identifier(token, code=code)


def imported(module: str, names: str) -> Iterator[Claim]:
    """Yields the names of an import."""
    for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?", names):
        if name != "as":
            whole = f"{module}.{name}" if module.strip(".") else name
            yield Claim(kind=Kind.SYMBOL, text=whole.lstrip("."))


def _call(found: re.Match[str]) -> Iterator[Claim]:
    """Yields the name that is called or subscribed, and its keyword arguments."""
    yield from _identifier(found["name"], code=True)
    for key in _KEYWORD.findall(found["rest"]):
        yield Claim(kind=Kind.SETTING, text=key)


def _pair(key: str, value: str) -> Iterator[Claim]:
    """Yields a setting, and the path that it is set to."""
    if not placeholder(key) and (not word(key) or "_" in key):
        yield Claim(kind=Kind.SETTING, text=key)
    if path := path_of(value.strip("'\" "), code=False):
        yield Claim(kind=Kind.PATH, text=path)


def _identifier(token: str, *, code: bool) -> Iterator[Claim]:
    """Yields an identifier or dotted name; in prose only one that no word looks like."""
    called = token.endswith("()")
    name = token.removesuffix("()")
    if not code and re.fullmatch(r"_[^_].*[^_]_", name):
        name = name.strip("_")  # emphasis
    if _UPPER.fullmatch(name):
        yield Claim(kind=Kind.SETTING, text=name)
        return
    if code and _KEBAB.fullmatch(name):
        if not word(name):
            yield Claim(kind=Kind.SETTING, text=name)
        return
    parts = re.split(r"\.|::|->|#", name)
    if code and len(parts) > 1 and all(re.fullmatch(r"[A-Za-z_][\w-]*", part) for part in parts):
        if not _DOMAIN.fullmatch(name):
            yield Claim(kind=Kind.SYMBOL, text=name)
        return
    if not _IDENTIFIER.fullmatch(name) or word(name) or len(name) < 2:
        return
    if code or called:
        yield Claim(kind=Kind.SYMBOL, text=name)
    elif len(parts) > 1:
        # Not e.g., nor a host, nor two sentences without a space between them.
        named = not parts[-1][0].isupper() or "_" in name
        if named and min(map(len, parts)) > 1 and not _DOMAIN.fullmatch(name):
            yield Claim(kind=Kind.SYMBOL, text=name)
    elif _SNAKE.fullmatch(name) or (_HUMPS.fullmatch(name) and not name[:-1].isupper()):
        # Abbreviations in the plural, such as URLs, are words.
        yield Claim(kind=Kind.SYMBOL, text=name)
