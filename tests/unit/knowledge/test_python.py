from app.domain import SourceKind
from app.knowledge.passages import passages
from app.text.quotable import units

SOURCE = '''"""What the module does."""

import os

LIMIT = 3
"""How many at most."""


@decorator
def first(a: int) -> None:
    """Does the first."""


class Thing:
    """A thing."""

    size: int = 1
    """Its size."""

    other: int

    def method(self) -> None:
        """Does it."""


last = 1
'''


def test_functions_methods_and_documented_attributes_are_parts() -> None:
    found = [(p.title, p.start_line, p.end_line) for p in passages("pkg/mod.py", SOURCE)]
    assert found == [
        ("mod", 1, 3),
        ("LIMIT", 5, 6),
        ("first", 9, 11),
        ("Thing", 14, 15),
        ("Thing.size", 17, 18),
        ("Thing", 20, 20),
        ("Thing.method", 22, 23),
        ("mod", 26, 26),
    ]


def test_a_package_is_named_by_its_folder() -> None:
    assert passages("pkg/sub/__init__.py", '"""Says."""\n')[0].title == "sub"


def test_a_long_docstring_is_prose_of_its_own() -> None:
    paragraph = "    " + "These are words. " * 20
    text = (
        'def f(a):\n    """Start.\n\n' + "\n\n".join([paragraph] * 12) + '\n    """\n    return a\n'
    )
    found = passages("a.py", text)
    assert [p.kind for p in found[:1]] == [SourceKind.CODE]
    prose = [p for p in found if p.kind is SourceKind.PROSE]
    assert len(prose) >= 2
    assert {p.title for p in found} == {"f"}
    said = {unit.text for p in prose for unit in units(p.text, p.path, p.start_line, said=True)}
    assert said == {"Start.", "These are words."}


def test_a_short_docstring_is_never_cut_in_two() -> None:
    body = "    x = 1\n\n" * 300
    text = f'def f():\n    """One.\n\n    Two.\n\n    Three.\n    """\n{body}'
    holding = [p for p in passages("a.py", text) if "Two." in p.text]
    assert ["One." in p.text and "Three." in p.text for p in holding] == [True]


def test_a_docstring_that_is_too_long_only_with_its_signature_stays_whole() -> None:
    arguments = "".join(f"    argument_{n}: int,\n" for n in range(20))
    said = "\n\n".join("    " + "These are words. " * 18 for _ in range(6))
    text = (
        f'def f(\n{arguments}):\n    """Start.\n\n{said}\n\n    Ends so.\n    """\n    return 1\n'
    )
    found = passages("a.py", text)
    assert [(p.kind, "Start." in p.text, "Ends so." in p.text) for p in found] == [
        (SourceKind.CODE, False, False),
        (SourceKind.PROSE, True, True),
        (SourceKind.CODE, False, False),
    ]


def test_what_is_no_python_is_cut_by_shape() -> None:
    found = passages("a.py", "def f(:\n    pass\n")
    assert [(p.title, p.start_line) for p in found] == [("f", 1)]


def test_null_and_deep_nesting_are_no_crash() -> None:
    assert passages("a.py", "x = " + "(" * 5000) != []
    assert passages("a.py", "x = 'a\\0b'\n") != []


def test_definitions_in_branches_are_found() -> None:
    text = "if x:\n    def a():\n        pass\nelse:\n    class B:\n        def c(self): ...\n"
    assert [p.title for p in passages("m.py", text)] == ["m", "a", "m", "B", "B.c"]
