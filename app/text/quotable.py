"""Any file's text as quotable units, read by what its name says it is."""

import re
from functools import lru_cache
from pathlib import PurePosixPath

from app.text import markdown, prose, source
from app.text.units import Unit

MARKDOWN = frozenset({"md", "markdown", "mdx", "mkd", "mdown"})
PROSE = frozenset({"rst", "txt", "text", "rest", "adoc", "asciidoc", "org", ""})

_UNTOLD = frozenset({"readme", "metadata", "pkg-info"})
_RESTRUCTURED = re.compile(r"^[ \t]*\.\. [\w|_]|(?<![`\w])``[^`\n]|[^`]`__?(?=\W|$)", re.MULTILINE)


def suffix_of(path: str) -> str:
    """Returns the lower-case ending of a path's name without its dot; `make` for a Makefile."""
    name = PurePosixPath(path).name.lower()
    if name in ("makefile", "gnumakefile", "justfile", "dockerfile", "containerfile"):
        return "make"
    if name in _UNTOLD:
        return "md"
    return PurePosixPath(name).suffix[1:]


def is_markdown(path: str, text: str) -> bool:
    """Tells whether a file is read as Markdown; a README without an ending may be either."""
    told = PurePosixPath(path).name.lower() not in _UNTOLD
    return suffix_of(path) in MARKDOWN and (told or not _RESTRUCTURED.search(text))


@lru_cache(maxsize=2048)
def units(text: str, path: str, first_line: int = 1, *, said: bool = False) -> tuple[Unit, ...]:
    """Splits whole lines of a file into quotable units.

    Args:
        text: lines of the file; read as Markdown where `path` is empty.
        path: the file's path, whose ending tells how to read it.
        first_line: the line number of the text's first line.
        said: the text of a source file is all prose: a stretch of a docstring.
    """
    suffix = suffix_of(path) if path else "md"
    if said and suffix not in MARKDOWN | PROSE:
        return tuple(source.docstring(text, first_line))
    if not path or is_markdown(path, text):
        return tuple(markdown.units(text, first_line))
    if suffix in MARKDOWN | PROSE:
        return tuple(prose.units(text, first_line))
    return tuple(source.units(text, suffix, first_line))
