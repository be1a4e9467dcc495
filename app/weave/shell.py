"""Command lines in a draft: the programs, their subcommands, flags and files."""

import re
import shlex
from collections.abc import Iterator, Sequence

from app.weave.claims import Claim, Kind
from app.weave.spelling import flag, path_of
from app.weave.usual import group, placeholder

_PROMPT = re.compile(r"^\s*(?:[\w.@~/-]*[$#%>]\s+)")
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=(\S*)")
_PROGRAM = re.compile(r"(?:\./|\.\./|~/)?[A-Za-z][\w./+-]*")
_ARGUMENT = re.compile(r"[\w./:@=<>{}$*~,+\[\]\"'#-]+")
_JOINED = re.compile(r"\s*(?:&&|\|\||[|;&])\s*")
PREFIXES = frozenset({"sudo", "time", "exec", "env", "nohup", "command"})
_RUNNERS = frozenset({"uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pipx", "bundle"})
_PYTHON = re.compile(r"python[\d.]*|py|pypy\d*")


def reads(content: str) -> bool:
    """Tells whether the content of a code span reads as a command line."""
    words = _JOINED.split(_PROMPT.sub("", content))[0].split()
    while words and (_ASSIGNED.fullmatch(words[0]) or words[0] in PREFIXES):
        words = words[1:]
    if not words or not _PROGRAM.fullmatch(words[0]) or len(words) < 2:
        return bool(words) and words[0] in group("tools")
    if words[1] in ("=", ":", "==", "+=", "->", "=>", ":=") or words[0].endswith(":"):
        return False
    if words[0].lower() in group("speech"):
        return False
    if words[0] in group("tools") or any(re.match(r"--?[A-Za-z]", one) for one in words[1:]):
        return True
    low = [one.lower() for one in words]
    plain = all(_ARGUMENT.fullmatch(one) for one in words)
    return plain and words[0] == low[0] and len(words) < 6 and group("speech").isdisjoint(low)


def claims(content: str) -> Iterator[Claim]:
    """Yields what command lines, joined by pipes and the like, name."""
    for line in _JOINED.split(_PROMPT.sub("", content)):
        words = _words(line)
        while words and (found := _ASSIGNED.fullmatch(words[0])):
            if not placeholder(found[1]):
                yield Claim(kind=Kind.SETTING, text=found[1])
            words = words[1:]
        while words and words[0] in PREFIXES:
            words = words[1:]
        if words:
            yield from _command(words)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def program(words: Sequence[str]) -> int:
    """Returns where the program of a command stands, behind what only starts it."""
    at = 0
    if words[0] in _RUNNERS and words[1:2] in (["run"], ["exec"]):
        at = 2
    elif words[0] in ("npx", "uvx"):
        at = 1
    while at < len(words) and words[at].startswith("-"):
        at += 1
    if at < len(words) and _PYTHON.fullmatch(words[at]) and "-m" in words[at:-1]:
        at = words.index("-m", at) + 1
    return at if at < len(words) else 0


def _command(words: Sequence[str]) -> Iterator[Claim]:
    """Yields a command with the words that choose what it does, its flags and files."""
    start = program(words)
    run = words[start]
    if start == 0 and "/" in run and (path := path_of(run, code=True)):
        yield Claim(kind=Kind.PATH, text=path)
    elif not placeholder(run):
        yield Claim(kind=Kind.COMMAND, text=" ".join(words))
    for one in words[start + 1 :]:
        if re.match(r"--?[A-Za-z]", one):
            yield from flag(one, of=run)
        elif "=" not in one and ":" not in one and (path := path_of(one, code=False)):
            yield Claim(kind=Kind.PATH, text=path)
