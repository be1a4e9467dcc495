"""True names of each kind, taken from a tree's files by other means than the product's."""

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import PurePosixPath

from bench.grounded.trees import Tree

KINDS = ("path", "flag", "command", "setting", "symbol", "link", "quotation")
_FLAG = re.compile(r"(?<=[\s\"'`(])--[a-z][a-z0-9]+(?:-[a-z0-9]+)*(?=[\s\"'`,=)\].])")
_LINK = re.compile(r"https?://[\w./-]+[\w/](?![\w./-]*[?#%=&+@~:{<$\\])")
_SUBCOMMAND = re.compile(
    r"(?:add_parser|\.command|\.add_command)\(\s*(?:name=)?[\"']([a-z][a-z-]+)[\"']"
)
_VARIABLE = re.compile(r"[A-Z]{3,}(?:_[A-Z]{2,})+")
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.\n] )[A-Z][a-z]+(?: [a-z]+,?){5,12} [a-z]{2,}(?=\.(?: |$))")


def true_names(tree: Tree) -> dict[str, list[str]]:
    """Returns a tree's names by kind, sorted, each once; `imported` pairs of module and name."""
    found: dict[str, set[str]] = {kind: set() for kind in (*KINDS, "imported")}
    found["path"] = {path for path in tree.corpus.paths if "." in PurePosixPath(path).name}
    for path, text in tree.files.items():
        found["flag"].update(_FLAG.findall(text))
        found["link"].update(links(text))
        if path.endswith(".py"):
            _of_code(path, text, found)
        elif path.endswith((".md", ".rst", "METADATA")):
            found["quotation"].update(_SENTENCE.findall(" ".join(text.split())))
    found["command"].update(_commands(tree))
    return {kind: sorted(names) for kind, names in found.items()}


def links(text: str) -> list[str]:
    """Returns the addresses of pages that a text has."""
    every = sorted(set(_LINK.findall(text)))
    return [one for one in every if one.count("/") >= 4 and "example" not in one]


def _of_code(path: str, text: str, found: dict[str, set[str]]) -> None:
    try:
        parsed = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for node in ast.walk(parsed):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if _telling(node.name):
                found["symbol"].add(node.name)
            said = ast.get_docstring(node) or ""
            found["quotation"].update(_SENTENCE.findall(" " + " ".join(said.split())))
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    found["symbol"].add(f"{node.name}.{inner.name}")
        if isinstance(node, ast.arg) and "_" in node.arg.strip("_") and len(node.arg) > 6:
            found["setting"].add(node.arg)
        if isinstance(node, ast.Constant) and _VARIABLE.fullmatch(str(node.value)):
            found["setting"].add(str(node.value))
    if all(part.isidentifier() for part in module.split(".")):
        found["imported"].update(
            f"{module} {top.name}"
            for top in parsed.body
            if isinstance(top, (ast.FunctionDef, ast.ClassDef)) and not top.name.startswith("_")
        )


def _telling(name: str) -> bool:
    """Tells whether people write a name as it is without saying that it is code."""
    return (
        len(name) > 5
        and not name.startswith("_")
        and ("_" in name or bool(re.search(r"[a-z][A-Z]", name)))
    )


def subcommands(tree: Tree) -> list[str]:
    """Returns the words that a tree's programs take, as far as code says them in one line."""
    return sorted({one for text in tree.files.values() for one in _SUBCOMMAND.findall(text)})


def _commands(tree: Tree) -> Iterator[str]:
    """Yields programs with their subcommands or flags, targets of make, and modules to run."""
    programs = []
    for path, text in tree.files.items():
        if path.endswith("entry_points.txt"):
            read = ConfigParser(delimiters=("=",))
            read.read_string(text)
            if read.has_section("console_scripts"):
                programs += read.options("console_scripts")
        elif PurePosixPath(path).name == "Makefile":
            yield from (f"make {name}" for name in _TARGET.findall(text))
        elif path.endswith("/__main__.py"):
            yield "python -m " + path.removesuffix("/__main__.py").replace("/", ".")
    if tree.name == "treadle":
        programs.append("treadle")
    words = subcommands(tree)
    every = "\n".join(tree.files.values())
    for program in programs:
        # Of several programs it is not told in one place which takes a word.
        known = (one for one in words if len(programs) == 1 or f"{program} {one}" in every)
        yield from (f"{program} {word}" for word in known)
        yield f"{program} --help"
