"""Globs: what each names, and that none takes long."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.globs import matches


@pytest.mark.parametrize(
    ("glob", "path", "wanted"),
    [
        ("docs/**", "docs/a/b.md", True),
        ("docs/**", "src/docs/a.md", False),
        ("docs/**", "docs", False),
        ("docs/", "docs/a.md", True),
        ("docs/", "src/docs/a.md", True),
        ("docs/", "docs", False),
        ("docs", "docs/a.md", True),
        ("docs", "docs", True),
        ("docs", "mydocs/a.md", False),
        ("docs", "docsy/a.md", False),
        ("./docs/a.md", "docs/a.md", True),
        (" docs/a.md ", "docs/a.md", True),
        ("/docs", "docs/a.md", True),
        ("/*.md", "a.md", True),
        ("/*.md", "deep/a.md", False),
        ("*.md", "a.md", True),
        ("*.md", "deep/down/a.md", True),
        ("*.md", "a.md/b.txt", True),
        ("*.md", "a.mdx", False),
        ("*.md", ".md", True),
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/a/b.py", False),
        ("src/**/t?.py", "src/t1.py", True),
        ("src/**/t?.py", "src/a/b/t1.py", True),
        ("src/**/t?.py", "src/a/t/.py", False),
        ("src/**/t?.py", "srct1.py", False),
        ("**/a.md", "a.md", True),
        ("**/a.md", "x/y/a.md", True),
        ("**/a.md", "x/ya.md", False),
        ("**/**/*.md", "a.md", True),
        ("a/**/b/**/c", "a/b/c", True),
        ("a/**/b/**/c", "a/x/b/y/z/c/d", True),
        ("a/**/b/**/c", "a/c/b", False),
        ("docs/**.md", "docs/a/b.md", True),
        ("a**/b", "ab", False),
        ("a**/b", "ax/y/b", True),
        ("**", "a/b", True),
        ("[x]*.md", "[x]1.md", True),
        ("[x]*.md", "x1.md", False),
        ("a.md", "axmd", False),
        ("*", "a\nb", True),
        ("a?c", "a/c", False),
        ("/", "a/b", False),
        ("", "a", False),
    ],
)
def test_what_a_glob_names(glob: str, path: str, wanted: bool) -> None:
    assert matches(glob, path) is wanted


def plainly(glob: str, path: str) -> bool:
    """The same by a regular expression, in whatever time."""
    anchored = "/" in glob.rstrip("/")
    text = ("" if anchored else "**/") + glob.lstrip("/")
    text += "**" if glob.endswith("/") else ""
    pieces = re.split(r"((?:(?<=/)|(?<![^/]))(?:\*{2,}/)+|\*{2,}|\*|\?)", text)
    known = {"*": "[^/]*", "?": "[^/]"}
    found = "".join(
        (known.get(piece) or ("(?:.*/)?" if piece.endswith("/") else ".*"))
        if number % 2
        else re.escape(piece)
        for number, piece in enumerate(pieces)
    )
    return re.fullmatch(found + "(?:/.*)?", path, re.DOTALL) is not None


NAMES = st.text("ab", min_size=1, max_size=3)


@given(
    st.text("ab/*?", min_size=1, max_size=8).filter(lambda glob: "//" not in glob and glob != "/"),
    st.lists(NAMES, min_size=1, max_size=4).map("/".join),
)
def test_globs_mean_what_a_regular_expression_says(glob: str, path: str) -> None:
    assert matches(glob, path) is plainly(glob, path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 100, "a" * 4000 + "b"),
        ("**a" * 60 + "z", "a" * 4000 + "/z/b"),
        ("**/" * 60 + "*a*a*a*b*z?", "a/" * 2000 + "bz"),
        ("*?" * 100 + "b", "a" * 4000 + "/b/c" * 20),
    ],
)
def test_no_glob_takes_long(glob: str, path: str) -> None:
    start = time.process_time()
    matches(glob, path)
    assert time.process_time() - start < 0.1
