"""Languages are counted in bytes, prose in nothing."""

from playground.languages import count_languages


def test_the_most_comes_first() -> None:
    sizes = {"a.py": 5, "b/c.PY": 6, "Makefile": 30, "README.md": 999, "x.css": 11, "LICENSE": 7}
    assert count_languages(sizes) == {"Makefile": 30, "CSS": 11, "Python": 11}
