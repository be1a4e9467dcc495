import pytest

from app.knowledge.archive import File
from app.knowledge.facts import Survey


def survey(files: dict[str, str]) -> Survey:
    found = Survey()
    for path, text in files.items():
        found.see(File.of(path, text.encode()))
    return found


def test_languages_by_share_of_bytes_without_vendored() -> None:
    sizes = {"a.py": 700, "b.ts": 299, "c.sh": 1, "node_modules/x.js": 9000, "d.md": 500}
    assert Survey().facts(sizes).languages == ("Python 70 %", "TypeScript 30 %")


def test_manifests_near_the_root() -> None:
    sizes = {"web/package.json": 1, "pyproject.toml": 1, "a/b/c/setup.py": 1, "Makefile": 1}
    assert Survey().facts(sizes).manifests == ("Makefile", "pyproject.toml", "web/package.json")


@pytest.mark.parametrize(
    ("files", "description"),
    [
        (
            {"README.md": "# X\n\n![b](u)\n\nShort.\n\nIt does many useful things.\n"},
            "It does many useful things.",
        ),
        ({"pyproject.toml": '[project]\ndescription = "Does it"'}, "Does it"),
        ({"package.json": '{"description": "Does that"}'}, "Does that"),
        ({"package.json": "[1", "pyproject.toml": "= broken"}, ""),
        ({"package.json": '{"description": 5}', "pyproject.toml": "project = 1"}, ""),
        ({"docs/README.md": "It does many useful things."}, ""),
        ({}, ""),
    ],
)
def test_description(files: dict[str, str], description: str) -> None:
    assert survey(files).facts({}).description == description


def test_statements_name_their_source() -> None:
    found = survey(
        {
            "README.md": "It weaves cloth for you.",
            "pyproject.toml": '[project]\ndescription = "Weaver"',
        }
    )
    assert found.facts({}).statements == (
        "README: It weaves cloth for you.",
        "pyproject.toml: Weaver",
    )
