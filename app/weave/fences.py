"""What a fence of a draft claims: commands, settings, and names of code that it does not make."""

import re
from collections.abc import Iterator

from app.weave import naming, shell
from app.weave.claims import Claim, Kind
from app.weave.spelling import path_of
from app.weave.usual import group, module, number, placeholder, word

_SHELLS = frozenset({"sh", "bash", "shell", "zsh", "console", "shell-session", "fish", "terminal"})
_DATA = frozenset({"toml", "yaml", "yml", "ini", "cfg", "env", "dotenv", "properties", "conf"})
_SESSION = re.compile(r"^\s*(?:\$|>|#)\s+(?=\S)")
_KEY = re.compile(r"^\s*(?:-\s+)?(?P<key>[A-Za-z_][\w.-]*)\s*(?::(?!:)|=(?!=))\s*(?P<value>.*)$")
_TABLE = re.compile(r"^\s*\[+(?P<name>[\w.-]+)\]+\s*$")
_STRING = re.compile(
    r"(?P<mark>\"\"\"|'''|\"|'|`)(?P<text>(?:\\.|(?!(?P=mark)).)*)(?P=mark)", re.DOTALL
)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//)[^\n]*")
_IMPORT = re.compile(
    r"^[ \t]*from\s+(?P<module>[.\w]+)\s+import\s+(?P<names>\([^)]*\)|[^\n#]+)", re.MULTILINE
)
_MODULES = re.compile(r"^[ \t]*import\s+(?P<names>[\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)
_MADE = re.compile(
    r"\b(?:def|class|function|const|let|var|fn|func|struct|interface|type|enum|as)\s+\*?(\w+)"
    r"|^[ \t]*(\w+(?:\s*,\s*\w+)*)\s*(?::[^=\n]+)?(?<![=!<>])=(?!=)"
    r"|\bfor\s+(\w+(?:\s*,\s*\w+)*)\s+(?:in|of)\b"
    r"|\b(?:lambda|def\s+\w+\s*\()\s*([\w\s,:=*.\[\]|]+)",
    re.MULTILINE,
)
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_KEYWORD = re.compile(r"[(,]\s*([A-Za-z_]\w+)\s*=(?!=)")


def claims(body: str, info: str) -> Iterator[Claim]:
    """Yields what a fence's lines name; `info` is what stands behind its opening mark."""
    language = info.strip().split(" ")[0].lower()
    lines = [line for line in body.split("\n") if line.strip()]
    if language in _SHELLS or (not language and lines and _session(lines)):
        yield from _shell(lines)
    elif language in _DATA:
        yield from _data(lines)
    elif language in ("json", "jsonc", "json5", "text", "txt", "diff", "html", "xml", "markdown"):
        return
    else:
        yield from _code(body)


def _session(lines: list[str]) -> bool:
    """Tells whether lines of no named language are commands."""
    return all(_SESSION.match(line) or shell.reads(line) for line in lines[:1])


def _shell(lines: list[str]) -> Iterator[Claim]:
    prompted = any(line.lstrip().startswith("$ ") for line in lines)
    for line in lines:
        said = line.strip()
        # What a session prints is no command.
        if said.startswith("#") or (prompted and not said.startswith("$ ")):
            continue
        said = said.removeprefix("$ ").removesuffix("\\")
        if said.startswith("-"):
            yield from (claim for one in said.split() for claim in naming.single(one, code=False))
        else:
            yield from shell.claims(said)


def _data(lines: list[str]) -> Iterator[Claim]:
    for line in lines:
        if found := _TABLE.match(line):
            yield from naming.single(found["name"], code=True)
        elif found := _KEY.match(line):
            if not number(found["key"]) and not placeholder(found["key"]):
                yield Claim(kind=Kind.SETTING, text=found["key"])
            value = found["value"].partition(" #")[0].strip("'\" ,")
            if path := path_of(value, code=False):
                yield Claim(kind=Kind.PATH, text=path)


def _code(body: str) -> Iterator[Claim]:
    for text in (match["text"] for match in _STRING.finditer(body)):
        if "\n" not in text and (path := path_of(text, code=False)):
            yield Claim(kind=Kind.PATH, text=path)
    code = _COMMENT.sub("", _STRING.sub('""', body))
    foreign = set()
    for found in _IMPORT.finditer(code):
        if module(found["module"]):
            foreign.update(re.findall(r"\w+", found["names"]))
        else:
            yield from naming.imported(found["module"], found["names"])
    code = _IMPORT.sub("", code)
    for found in _MODULES.finditer(code):
        for name in re.split(r"\s*,\s*", found["names"]):
            if not module(name):
                yield Claim(kind=Kind.SYMBOL, text=name)
    code = _MODULES.sub("", code)
    made = {name for found in _MADE.finditer(code) for name in re.findall(r"\w+", found[0])}
    keywords = set(_KEYWORD.findall(code))
    for name in _NAME.findall(code):
        head, _, rest = name.partition(".")
        if head in foreign or (not rest and head in made and head not in keywords):
            continue
        if head in made:
            name = rest
        if name in keywords or not (word(name) or name in group("words") or module(name)):
            kind = Kind.SETTING if name in keywords else Kind.SYMBOL
            if "." in name or "_" in name or kind is Kind.SETTING or not name.islower():
                yield Claim(kind=kind, text=name)
