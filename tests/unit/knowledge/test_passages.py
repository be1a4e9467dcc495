import pytest

from app.domain import SourceKind
from app.knowledge.parts import MAX_CHARACTERS
from app.knowledge.passages import passages


def cut(path: str, text: str) -> list[tuple[str, int, int]]:
    return [(p.title, p.start_line, p.end_line) for p in passages(path, text)]


def test_markdown_by_heading_with_the_path_of_headings() -> None:
    text = "Intro.\n\n# A\n\none\n\n## B\n\ntwo\n\n```\n# no heading\n```\n\n# C\nthree\n"
    assert cut("docs/x.md", text) == [
        ("x.md", 1, 1),
        ("A", 3, 5),
        ("A › B", 7, 13),
        ("C", 15, 16),
    ]


def test_restructured_text_by_underline() -> None:
    text = "=====\nTitle\n=====\n\nIntro.\n\nPart\n----\nBody.\n"
    assert cut("x.rst", text) == [("Title", 1, 5), ("Title › Part", 7, 9)]


def test_text_is_that_of_the_lines() -> None:
    text = "# A\n\none\ntwo\n\n# B\nthree"
    lines = text.split("\n")
    for passage in passages("a.md", text):
        assert passage.text == "\n".join(lines[passage.start_line - 1 : passage.end_line])
        assert (passage.path, passage.kind) == ("a.md", SourceKind.PROSE)


def test_long_sections_are_cut_at_blank_lines_but_not_inside_fences() -> None:
    paragraph = "word " * 100
    text = "# A\n\n" + "\n\n".join([paragraph] * 9) + "\n\n```\n" + "x\n\n" * 50 + "```\n"
    found = passages("a.md", text)
    assert len(found) == 3
    assert all(len(p.text) <= MAX_CHARACTERS for p in found)
    assert found[-1].text.count("```") == 2


@pytest.mark.parametrize(
    ("path", "text", "titles"),
    [
        ("a.go", "package a\n\n// F does.\nfunc F() {\n}\n", ["a.go, F"]),
        ("a.ts", "export class Foo {\n" + "  a = 1\n" * 100 + "}\n", ["Foo"]),
        ("Makefile", "test:\n\tpytest\n\nlint:\n\truff\n", ["test, lint"]),
        ("a.toml", '[project]\nname = "x"\n', ["project"]),
        ("a.yml", "on: push\njobs:\n  a: 1\n", ["on, jobs"]),
        ("a.md", "\n\n", []),
        ("a.md", "", []),
        ("a.py", "", []),
    ],
)
def test_other_files(path: str, text: str, titles: list[str]) -> None:
    assert [p.title for p in passages(path, text)][: len(titles)] == titles


def test_a_single_long_line_stays_whole() -> None:
    assert len(passages("a.txt", "word " * 2000)) == 1
