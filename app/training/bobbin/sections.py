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

_DEFINITIONS = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_QUOTED = re.compile(r"^[ \t]*[rR]?\"\"\"(?P<text>.*?)\"\"\"", re.MULTILINE | re.DOTALL)
_DEFINED = re.compile(r"^[ \t]*(?:c?p?def|class|cdef class) (?:[\w ]+ )?(\w+)", re.MULTILINE)


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


def cython(text: str, place: str, module: str) -> list[Section]:
    """Reads the docstrings of a Cython file, each named by the line of `def` or `class` above."""
    found = []
    name, at = "", 0
    for match in _QUOTED.finditer(text):
        names = _DEFINED.findall(text, at, match.start())
        name, at = names[-1] if names else name, match.end()
        if sentences := said(match["text"], "x.py"):
            found.append(Section(place=place, name=f"{module}.{name}", sentences=sentences))
    return found


def _spoken(tree: ast.AST, module: str) -> Iterator[tuple[int, str, str]]:
    """Yields the line, the qualified name and the text of each string that speaks to people."""
    waiting = [(tree, module)]
    while waiting:
        node, name = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            name = f"{name}.{node.name}"
        if isinstance(node, ast.Module | _DEFINITIONS):
            head = node.body[0] if node.body else None
            if isinstance(head, ast.Expr) and (text := _string(head.value)):
                yield head.lineno, name, text
        elif isinstance(node, ast.Assign) and _documents(node.targets[0]):
            for text in filter(None, map(_string, ast.walk(node.value))):
                yield node.lineno, name, text
        elif isinstance(node, ast.Call):
            strings = [word.value for word in node.keywords if word.arg in _SPOKEN]
            strings += node.args if _documents(node.func) else []
            for string in strings:
                if text := _string(string):
                    yield string.lineno, name, text
        waiting += [(child, name) for child in _below(node)]


def _below(node: ast.AST) -> Iterator[ast.AST]:
    """Yields what of a node may hold a string that speaks; most expressions do not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            if isinstance(child, ast.Call | ast.Subscript | ast.Tuple):
                yield child
        elif not isinstance(child, ast.expr_context | ast.alias | ast.Pass):
            yield child


def _documents(node: ast.AST) -> bool:
    """Tells whether a name says that it holds or takes documentation: `_DOC`, `add_docstr`."""
    name = getattr(node, "id", None) or getattr(node, "attr", None) or ""
    return "doc" in str(name).lower()


def _string(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 20:
        return node.value
    return ""
