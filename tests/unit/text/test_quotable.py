import pytest

from app.text.quotable import is_markdown, suffix_of, units


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a/b.PY", "py"),
        ("Makefile", "make"),
        ("docker/Dockerfile", "make"),
        ("README", "md"),
        ("x.dist-info/METADATA", "md"),
        ("LICENSE", ""),
        (".gitignore", ""),
        ("a.tar.gz", "gz"),
    ],
)
def test_suffixes(path: str, wanted: str) -> None:
    assert suffix_of(path) == wanted


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("a.md", "- *one* item", ["one item"]),
        ("", "- *one* item", ["one item"]),
        ("a.rst", "See :ref:`it`.", ["See `it`."]),
        ("a.py", "# It is so.", ["It is so."]),
        ("a.md", "", []),
    ],
)
def test_reads_by_ending(path: str, text: str, wanted: list[str]) -> None:
    assert [unit.text for unit in units(text, path)] == wanted


@pytest.mark.parametrize(
    ("path", "text", "markdown"),
    [
        ("README.md", "Use ``x``.", True),
        ("README", "Use `x` or [this](there).", True),
        ("README", "Use ``x``.", False),
        ("x.dist-info/METADATA", "Words\n\n.. note:: See there.", False),
        ("README.rst", "Words", False),
    ],
)
def test_a_readme_without_an_ending_is_read_as_it_looks(
    path: str, text: str, markdown: bool
) -> None:
    assert is_markdown(path, text) is markdown


def test_prose_inside_a_source_file() -> None:
    assert [u.text for u in units("Plain words of a docstring.", "a.py", 3, said=True)] == [
        "Plain words of a docstring."
    ]
