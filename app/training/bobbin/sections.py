"""Files of a package as sections: what a docstring, a comment or a stretch of prose says."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.text import prose
from app.text.quotable import units
from app.text.units import Form
from app.training.bobbin import phrasing

_COMMENTS = re.compile(r"(?:^[ \t]*#[^\n]*(?:\n|\Z)){2,}", re.MULTILINE)
_HASH = re.compile(r"^[ \t]*#:?[ ]?", re.MULTILINE)
_SPOKEN = frozenset({"help", "description", "epilog", "doc"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Sentences that stand together, in order; `place` is the file they stand in."""

    place: str
    name: str
    sentences: tuple[str, ...]


def python(text: str, place: str, module: str) -> list[Section]:
    """Reads what a Python file says in words: docstrings, help texts and longer comments.

    Args:
        text: the file's text.
        place: its path.
        module: its dotted name, with which the sections' names begin.

    Raises:
        SyntaxError, ValueError: the text is not Python's.
    """
    found = [
        (line, name, said(spoken, "x.py"))
        for line, name, spoken in _spoken(ast.parse(text), module)
    ]
    for match in _COMMENTS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        words = [
            sentence
            for unit in prose.units(_HASH.sub("", match[0]))
            if unit.form is Form.SENTENCE and (sentence := phrasing.sentence(unit))
        ]
        found.append((line, module, tuple(words)))
    found.sort(key=lambda entry: entry[0])
    return [
        Section(place=place, name=name, sentences=sentences)
        for _, name, sentences in found
        if sentences
    ]


def written(text: str, place: str, name: str) -> list[Section]:
    """Reads a file of prose by its headings."""
    found: list[tuple[str, list[str]]] = []
    for unit in units(text, place):
        if sentence := phrasing.sentence(unit):
            if not found or found[-1][0] != unit.heading:
                found.append((unit.heading, []))
            found[-1][1].append(sentence)
    return [
        Section(
            place=place,
            name=f"{name} › {heading}" if heading else name,
            sentences=tuple(sentences),
        )
        for heading, sentences in found
    ]


def said(text: str, path: str) -> tuple[str, ...]:
    """Returns the sentences of a docstring, or of a text of the kind that `path` tells."""
    every = (phrasing.sentence(unit) for unit in units(text, path, said=True))
    return tuple(sentence for sentence in every if sentence)


def _spoken(tree: ast.AST, name: str) -> Iterator[tuple[int, str, str]]:
    """Yields the line, the qualified name and the text of each string that speaks to people."""
    if isinstance(tree, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        head = tree.body[0] if tree.body else None
        if isinstance(head, ast.Expr) and (text := _string(head.value)):
            yield head.lineno, name, text
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _spoken(node, f"{name}.{node.name}")
            continue
        if isinstance(node, ast.keyword) and node.arg in _SPOKEN and (text := _string(node.value)):
            yield node.value.lineno, name, text
        elif isinstance(node, ast.Assign) and _documents(node.targets[0]):
            for text in filter(None, map(_string, ast.walk(node.value))):
                yield node.lineno, name, text
        elif isinstance(node, ast.Call) and _documents(node.func):
            for text in filter(None, map(_string, node.args)):
                yield node.lineno, name, text
        yield from _spoken(node, name)


def _documents(node: ast.AST) -> bool:
    """Tells whether a name says that it holds or takes documentation: `_DOC`, `add_docstr`."""
    name = getattr(node, "id", None) or getattr(node, "attr", None) or ""
    return "doc" in str(name).lower()


def _string(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 20:
        return node.value
    return ""
