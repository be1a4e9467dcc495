"""Python files as parts: a function, a class head, an attribute with its docstring."""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from app.domain import SourceKind
from app.knowledge.parts import MAX_CHARACTERS, Part

_STRING = re.compile(r"(?P<mark>\"\"\"|''').*?(?P=mark)", re.DOTALL)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def parts(text: str, path: str) -> tuple[list[Part], frozenset[int]] | None:
    """Cuts a Python file into parts, in order and without gaps.

    Returns:
        The parts, and the lines on which no string may be cut in two: all inside strings
        that fit a passage. None where the text is no valid Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    module = PurePosixPath(path)
    name = module.parent.name if module.stem == "__init__" else module.stem
    lines = text.split("\n")
    strings = [
        (text.count("\n", 0, match.start()) + 1, text.count("\n", 0, match.end()) + 1)
        for match in _STRING.finditer(text)
        if "\n" in match[0]
    ]
    short = [s for s in strings if _size(lines, *s) <= MAX_CHARACTERS]
    found = _filled(_defined(tree.body, ""), name, len(lines))
    docstrings = sorted(_docstrings(tree.body))
    cut = [
        piece
        for part in found
        for piece in (
            _apart(part, docstrings, lines)
            if _size(lines, part.start, part.end) > MAX_CHARACTERS
            else [part]
        )
    ]
    return cut, frozenset(line for start, end in short for line in range(start, end))


def _size(lines: Sequence[str], start: int, end: int) -> int:
    return sum(len(line) + 1 for line in lines[start - 1 : end])


def _filled(symbols: Iterator[Part], name: str, length: int) -> list[Part]:
    """Puts what lies between symbols under the module's name."""
    found = []
    at = 1
    for symbol in symbols:
        if symbol.start > at:
            found.append(Part(name, at, symbol.start - 1, SourceKind.CODE))
        found.append(symbol)
        at = max(at, symbol.end + 1)
    if at <= length:
        found.append(Part(name, at, length, SourceKind.CODE))
    return found


def _defined(body: Sequence[ast.stmt], prefix: str) -> Iterator[Part]:
    """Yields the functions, class heads and documented attributes of a body, in order."""
    body = _flat(body)
    for i, node in enumerate(body):
        end = node.end_lineno or node.lineno
        if isinstance(node, ast.Assign | ast.AnnAssign):
            follower = body[i + 1] if i + 1 < len(body) else None
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and follower is not None and _is_string(follower):
                last = follower.end_lineno or follower.lineno
                yield Part(prefix + target.id, node.lineno, last, SourceKind.CODE)
        elif isinstance(node, _Function):
            yield Part(prefix + node.name, _first(node), end, SourceKind.CODE)
        elif isinstance(node, ast.ClassDef):
            title = prefix + node.name
            at = _first(node)
            for inner in _defined(node.body, title + "."):
                if inner.start > at:
                    yield Part(title, at, inner.start - 1, SourceKind.CODE)
                yield inner
                at = inner.end + 1
            if at <= end:
                yield Part(title, at, end, SourceKind.CODE)


def _first(node: _Function | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _is_string(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _flat(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Puts what stands in the branches of `if`, `try` and `with` in their place, in order."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.If):
            found += _flat([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            caught = [line for handler in node.handlers for line in handler.body]
            found += _flat([*node.body, *caught, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.With):
            found += _flat(node.body)
        else:
            found.append(node)
    return found


def _docstrings(body: Sequence[ast.stmt]) -> Iterator[tuple[int, int]]:
    for node in _flat(body):
        if _is_string(node):
            yield node.lineno, node.end_lineno or node.lineno
        elif isinstance(node, _Function | ast.ClassDef):
            yield from _docstrings(node.body)


def _apart(part: Part, docstrings: Sequence[tuple[int, int]], lines: Sequence[str]) -> list[Part]:
    """Cuts a long part behind its docstrings; one that does not fit in with what stands before
    it becomes prose of its own."""
    found = []
    at = part.start
    for start, end in docstrings:
        if start < at or end > part.end:
            continue
        if _size(lines, at, end) > MAX_CHARACTERS:
            if start > at:
                found.append(replace(part, start=at, end=start - 1))
            found.append(replace(part, start=start, end=end, kind=SourceKind.PROSE))
            at = end + 1
        elif _size(lines, at, end) > MAX_CHARACTERS // 3:
            found.append(replace(part, start=at, end=end))
            at = end + 1
    if at <= part.end:
        found.append(replace(part, start=at))
    return found
