import pytest

from app.corpora.checks import CHECKS, Known, files
from app.layouts.templates import template

PATHS = frozenset({"README.md", "app/cli.py", "docs/a.b.md", ".github/treadle.yml"})
SOURCES = ("The server listens.", "Set `HOST`.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See app/settings.py and README.md.", ["app/settings.py", "README.md"]),
        ("`docs/a.b.md`,", ["docs/a.b.md"]),
        ("./a/b.c", ["a/b.c"]),
        (".github/treadle.yml", [".github/treadle.yml"]),
        ("https://x.example/a.html", []),
        ("About 1.5 of all, or v2.", []),
        ("Nothing here.", []),
    ],
)
def test_names_of_files_are_found(text: str, found: list[str]) -> None:
    assert files(text) == found


@pytest.mark.parametrize(
    ("name", "answer", "true"),
    [
        ("names-file", "See app/cli.py.", True),
        ("names-file", "See cli.py.", True),
        ("names-file", "See app/cly.py.", False),
        ("names-file", "See li.py.", False),
        ("names-file", "Nothing.", False),
        ("invents-file", "See app/cly.py and README.md.", True),
        ("invents-file", "See README.md.", False),
        ("invents-file", "Nothing.", False),
        ("json", '{"a": [1, null]}', True),
        ("json", '"text"', True),
        ("json", "{'a': 1}", False),
        ("json", '{"a": NaN}', False),
        ("json", 'Here: {"a": 1}', False),
        ("json", "", False),
        ("short", "one two three four", True),
        ("short", "one two three four five", False),
        ("quotes", "[1] The server listens.", True),
        ("quotes", "[1] The server listens.\n[2] Set `HOST`.", True),
        ("quotes", "[2] The server listens.", False),
        ("quotes", "[1] The server listens", False),
        ("quotes", "[3] The server listens.", False),
        ("quotes", "The server listens.", False),
        ("ends-cited", "It listens. [2]", True),
        ("ends-cited", "It listens [2].", True),
        ("ends-cited", "It listens. [3]", False),
        ("ends-cited", "[2] It listens.", False),
        ("ends-cited", "It listens. (2)", False),
        ("cites-known", "It [1] listens. [2]", True),
        ("cites-known", "It [1] listens. [3]", False),
        ("cites-known", "It listens. [0]", False),
        ("cites-known", "It listens.", False),
        ("code", "Run:\n\n```sh\nls\n```", True),
        ("code", "Run:\n\n```sh\nls\n", False),
        ("code", "Run `ls` or ```ls```", False),
        ("list", "- one\n- two", True),
        ("list", "1. one\n\n2) two", True),
        ("list", "- one", False),
        ("list", "Both:\n- one\n- two", False),
        ("list", "-one\n-two", False),
    ],
)
def test_a_check_says_what_is_true(name: str, answer: str, true: bool) -> None:
    known = Known(answer=answer, sources=SOURCES, paths=PATHS, words=5)

    assert CHECKS[name](known) is true


@pytest.mark.parametrize("name", CHECKS)
def test_each_has_a_question(name: str) -> None:
    said = template(f"bootstrapped/{name}")

    assert said.endswith("?")
    assert "\n" not in said
    assert ("{{words}}" in said) is (name == "short")


def test_the_question_about_quoting_is_the_one_that_bobbin_learned() -> None:
    assert template("bootstrapped/quotes") == template("judge/quotes")
