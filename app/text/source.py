"""Source code as quotable units: docstrings and comments first, then what code states itself.

Works on any stretch of a file, whole or not, by the shape of its lines.
"""

import re
import textwrap
from dataclasses import replace

from app.text import prose
from app.text.markdown import code
from app.text.units import Form, Unit

_DOCSTRING = re.compile(
    r"^[ \t]*[rRuUbBfF]{0,2}(?P<mark>\"\"\"|''')(?P<text>.*?)(?P=mark)", re.MULTILINE | re.DOTALL
)
_QUOTES = re.compile(r"^[ \t]*[rRuU]?(?:\"\"\"|''')|(?:\"\"\"|''')[ \t]*$", re.MULTILINE)
_SIGNATURE = re.compile(r"^[ \t]*(?:async[ ]+def|def|class)[ ]+\w[^\n]*", re.MULTILINE)
_SAID = re.compile(
    r"(?:#|//|--|;;)[^\n]*|/\*.*?\*/"
    r"|^[ \t]*(?:async[ ]+def|def|class|func|fn|function|interface|type)[ ][^\n]*"
    r"|\"[^\"\n]{16,}\"|'[^'\n]{16,}'",
    re.MULTILINE | re.DOTALL,
)
_STATEMENT = re.compile(
    r"^[ \t]*(?P<text>raise[ ]+\w.*|[A-Z][A-Z0-9_]+(?::[ ]*[^=\n]+)?[ ]*=(?!=).*"
    r"|[A-Za-z_]\w*(?::[ ]*[^=\n]+)?[ ]=[ ](?:-?\d[^ \n]*|[\"'][^\n]*[\"']|True|False|None)"
    r"|[A-Za-z_]\w*:[ ][^=\n]*=[^\n]*)[ \t]*(?:#.*)?$",
    re.MULTILINE,
)
_STRING = re.compile(
    r"(?<![\w\"'])[rfRF]?(?P<mark>[\"'])(?P<text>(?:\\.|(?!(?P=mark))[^\\\n])*)(?P=mark)"
)
_SUFFIXES = {
    "//": "js jsx ts tsx mjs cjs java kt kts c h cc cpp cxx hpp hh cs go rs swift scala dart php "
    "groovy proto zig m mm vue svelte",
    "--": "sql lua hs elm ada",
    ";": "lisp clj cljs el scm asm ini",
    "%": "erl tex",
}
_MARK_OF = {suffix: mark for mark, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BLOCK_COMMENT = re.compile(r"/\*+(?P<text>.*?)\*/", re.DOTALL)
_LONGEST = 500
_NOISE = re.compile(r"^(?:!|noqa|type:|pylint|pragma|ruff|mypy|fmt:|isort|nosec|-\*-|eslint|@ts-)")


def comment_mark(suffix: str) -> str:
    """Returns what begins a comment line in files of a suffix (`py`, `go`); `#` if unknown."""
    return _MARK_OF.get(suffix, "#")


def units(text: str, suffix: str, first_line: int = 1) -> list[Unit]:
    """Splits a stretch of source code into quotable units, by line.

    Args:
        text: whole lines of a file.
        suffix: the file name's ending without its dot, lower-case.
        first_line: the line number of the text's first line.
    """
    found: list[Unit] = []
    rest = text
    if suffix in ("py", "pyi"):
        for match in _DOCSTRING.finditer(text):
            found += _inner(match["text"], first_line + text.count("\n", 0, match.start("text")))
        rest = _DOCSTRING.sub(_blanked, text)
        found += _python(rest, first_line)
    elif comment_mark(suffix) == "//":
        for match in _BLOCK_COMMENT.finditer(text):
            start = first_line + text.count("\n", 0, match.start("text"))
            found += _inner(re.sub(r"(?m)^[ \t]*\*[ ]?", "", match["text"]), start)
        rest = _BLOCK_COMMENT.sub(_blanked, text)
    found += _comments(rest, comment_mark(suffix), first_line)
    if suffix not in ("py", "pyi"):
        found += _stretches(rest, suffix, first_line)
    return sorted(found, key=lambda unit: (unit.start_line, unit.end_line))


def apart(text: str, suffix: str) -> tuple[str, str]:
    """Parts source code into what it says in words, and all the rest, quickly.

    The words are those of docstrings, comments, signatures and longer strings.
    """
    said = []
    rest = text
    if suffix in ("py", "pyi"):
        said += [match["text"] for match in _DOCSTRING.finditer(text)]
        rest = _DOCSTRING.sub(_blanked, text)
    said += [match[0] for match in _SAID.finditer(rest)]
    return "\n".join(said), rest


def docstring(text: str, first_line: int = 1) -> list[Unit]:
    """Splits a stretch of a docstring, its quotation marks perhaps among it, into units."""
    return _inner(_QUOTES.sub("", text), first_line)


def _blanked(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _inner(text: str, first_line: int) -> list[Unit]:
    head, newline, tail = text.partition("\n")
    return prose.units(head.strip() + newline + textwrap.dedent(tail.expandtabs(4)), first_line)


def _comments(text: str, mark: str, first_line: int) -> list[Unit]:
    found: list[Unit] = []
    run: list[str] = []
    lines = [*text.split("\n"), ""]
    for number, line in enumerate(lines, first_line):
        stripped = line.strip()
        if stripped.startswith(mark):
            said = stripped.lstrip("/#-;%!").removeprefix(" ")
            run.append("" if _NOISE.match(said) else said)
            continue
        if run:
            found += [
                replace(unit, form=Form.COMMENT)
                for unit in prose.units("\n".join(run), number - len(run))
            ]
            run = []
    return found


def _python(text: str, first_line: int) -> list[Unit]:
    found = []
    inside: set[int] = set()
    for match in _SIGNATURE.finditer(text):
        signature, lines = _signature(text, match.start())
        start = first_line + text.count("\n", 0, match.start())
        inside.update(range(start, start + lines + 1))
        if 0 < len(signature) <= _LONGEST:
            found.append(_code_line(signature, start, start + lines, Form.SIGNATURE))
    for match in _STATEMENT.finditer(text):
        statement = match["text"].rstrip()
        start = first_line + text.count("\n", 0, match.start("text"))
        if start not in inside and 6 < len(statement) <= 160 and statement[-1] not in "([{,\\":
            found.append(_code_line(statement, start, start, Form.CODE))
    return found + _strings(text, first_line)


def _code_line(text: str, start: int, end: int, form: Form) -> Unit:
    fence = "``" if "`" in text else "`"
    return Unit(text=f"{fence}{text}{fence}", start_line=start, end_line=end, form=form)


def _signature(text: str, start: int) -> tuple[str, int]:
    """Returns a def or class line up to its colon on one line, and how many line ends it has.

    The line is empty where no colon ends it within reason.
    """
    depth = 0
    for at in range(start, min(len(text), start + 8000)):
        character = text[at]
        depth += (character in "([{") - (character in ")]}")
        if character == ":" and depth == 0:
            break
    else:
        return "", 0
    whole = text[start:at]
    joined = re.sub(r",? ([)\]])", r"\1", " ".join(whole.split()))
    return re.sub(r"([(\[]) ", r"\1", joined), whole.count("\n")


def _strings(text: str, first_line: int) -> list[Unit]:
    """Returns the sentences inside string literals: help texts, descriptions, messages."""
    found: list[Unit] = []
    said, start, end = "", 0, -1
    for match in [*_STRING.finditer(text), None]:
        if match and said and not text[end : match.start()].strip():
            said += match["text"]
            end = match.end()
            continue
        if len(said.split()) >= 4 and said[:1].isalpha():
            line = first_line + text.count("\n", 0, start)
            last = first_line + text.count("\n", 0, end)
            found += [
                replace(unit, start_line=line, end_line=last, form=Form.STRING)
                for unit in prose.units(" ".join(said.replace("\\n", " ").split()), line)
            ]
        if match:
            said, start, end = match["text"], match.start(), match.end()
    return found


def _stretches(text: str, suffix: str, first_line: int) -> list[Unit]:
    """Returns the stretches between blank lines of code that is not Python's."""
    found = []
    run: list[str] = []
    mark = comment_mark(suffix)
    for number, line in enumerate([*text.split("\n"), ""], first_line):
        if line.strip() and not line.strip().startswith(mark):
            run.append(line.rstrip())
            continue
        if run:
            found.append(
                code(
                    textwrap.dedent("\n".join(run)).split("\n"), number - len(run), language=suffix
                )
            )
        run = []
    return found
