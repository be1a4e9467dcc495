import pytest

from app.text.quotable import suffix_of, units


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


def test_prose_inside_a_source_file() -> None:
    assert [u.text for u in units("Plain words of a docstring.", "a.py", 3, said=True)] == [
        "Plain words of a docstring."
    ]
