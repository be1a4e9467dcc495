"""The grammar of commands as tables: body, and the (name, argument) pairs found in it."""

import time
from pathlib import Path

import pytest

from app.webhooks.commands import ASK, WORDS, command_key, commands, names_for, new_commands


def found(body: str, names: frozenset[str] | None = None) -> list[tuple[str, str]]:
    return [(command.name, command.argument) for command in commands(body, names=names)]


PLAIN = [
    ("/ask How do I run the tests?", [("ask", "How do I run the tests?")]),
    ("/ask", [("ask", "")]),
    ("   /ask three spaces", [("ask", "three spaces")]),
    ("/ASK Loud", [("ask", "Loud")]),
    ("/No-AI", [("no-ai", "")]),
    ("Hello\n/ask in the middle of a paragraph", [("ask", "in the middle of a paragraph")]),
    ("/ask one\ntwo\n\nthree", [("ask", "one\ntwo\n\nthree")]),
    ("/ask one\n/help\n/ai x", [("ask", "one"), ("help", ""), ("ai", "x")]),
    ("/ask\n\n  first line below  \n", [("ask", "first line below")]),
    ("/ask one\r\ntwo\r/help\r\n", [("ask", "one\ntwo"), ("help", "")]),
    ("/ask\ttab", [("ask", "tab")]),
    ("/ask\u00a0no-break space", [("ask", "no-break space")]),
    ("/ask wie heißt „das“? 日本語 🧵", [("ask", "wie heißt „das“? 日本語 🧵")]),
    ("/ask same\n/ask same\n/ask  same ", [("ask", "same")]),
    ("# Title\n/ask after a heading", [("ask", "after a heading")]),
    ("- item\n/ask after a list", [("ask", "after a list")]),
    ("/ask a > b", [("ask", "a > b")]),
    ("/ask why `a` and\n`b`?\n/help", [("ask", "why `a` and\n`b`?"), ("help", "")]),
]
KEPT_IN_ARGUMENT = [
    ("/ask why?\n> quoted\n> /help\n", [("ask", "why?\n> quoted\n> /help")]),
    ("/ask why?\n```\n/help\n```\nend", [("ask", "why?\n```\n/help\n```\nend")]),
    ("/ask why?\n\n    /help", [("ask", "why?\n\n    /help")]),
]
NONE = [
    "",
    "ask",
    "not at the start /ask",
    "    /ask four spaces",
    "\t/ask a tab",
    " \t/ask a space and a tab",
    "/ ask",
    "//ask",
    "/ask: colon",
    "/ask/path",
    "/etc/passwd",
    "/1ask",
    "/äsk",
    "/" + "a" * 40,
    "\u200b/ask zero width before",
    "/\u200bask zero width within",
    "/ask\u200b zero width after",
    "\\/ask escaped",
    "> /ask quoted",
    ">/ask quoted",
    "   > /ask quoted",
    "> > > /ask nested",
    "> a\n> > b\n/ask goes on with the quote",
    "> a\n/ask goes on\n/ask and on",
    "- > a\n  /ask goes on in a list",
    "```\n/ask fenced\n```",
    "~~~ text\n/ask fenced\n~~~",
    "````\n```\n/ask still fenced\n````",
    "```\n/ask never closed",
    "```\n/ask a\n``` x\n/ask the fence goes on: its end has no words",
    "- ```\n  /ask fenced in a list\n  ```",
    "1. ```\n   /ask fenced in a list\n   ```",
    "text `code\n/ask inside\n` text",
    "text ``a ` b\n/ask inside\n`` text",
    "<!-- /ask -->",
    "<!--\n/ask\n-->",
    "<!--\n\n/ask\n\n-->",
    "<!-- never closed\n\n/ask",
    "text <!-- a\n/ask\n--> text",
    "<pre>\n/ask\n</pre>",
    "<PRE class='x'>\n\n/ask\n\n</PRE>",
    "<blockquote>\n/ask\n</blockquote>",
    "<textarea>\n/ask",
]
AFTER = [
    "> quoted\n\n/ask yes",
    ">\n/ask yes",
    "> # Title\n/ask yes",
    "```\ncode\n```\n/ask yes",
    "~~~\n```\n~~~\n/ask yes",
    "``` not `a fence\n/ask yes",
    "- ```\n  code\n/ask yes",
    "<!-- note --> \n/ask yes",
    "<!--\nnote\n-->\n/ask yes",
    "<!--->\n/ask yes",
    "a <!-- b\n/ask yes",
    "a `b\n/ask yes",
    "a \\`b\n/ask yes",
    "a `b\n\n/ask yes",
    "a `b` c\n/ask yes",
    "a `b\nc` d\n/ask yes",
    "<pre>code</pre>\n/ask yes",
    "`<!--`\n/ask yes",
    "* * *\n/ask yes",
]


@pytest.mark.parametrize(("body", "expected"), [*PLAIN, *KEPT_IN_ARGUMENT])
def test_commands_are_found(body: str, expected: list[tuple[str, str]]) -> None:
    assert found(body) == expected


@pytest.mark.parametrize("body", NONE)
def test_text_is_no_command(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize("body", AFTER)
def test_a_command_after_what_ended_is_found(body: str) -> None:
    assert found(body) == [("ask", "yes")]


def test_names_choose_among_the_candidates() -> None:
    body = "/question one\n/help\n/tmp is full"
    assert found(body) == [("question", "one"), ("help", ""), ("tmp", "is full")]
    assert found(body, names_for("question")) == [("question", "one"), ("help", "")]
    assert found(body, names_for()) == [("help", "")]


def test_names_change_neither_arguments_nor_keys() -> None:
    """The web process, which knows no names, and the worker agree on every key."""
    body = "/ask what fills\n/tmp up?"
    (candidate, _) = commands(body)
    (known,) = commands(body, names=names_for())
    assert known == candidate
    assert known.argument == "what fills"


def test_names_of_a_repository() -> None:
    others = {"help", "no-ai", "ai", "retrain", "treadle", "forget"}
    assert names_for() == {ASK, *others} == {ASK, *WORDS}
    assert names_for("Question") == {"question", *others}


SAME_KEY = [
    ("/ask a b", "/ask  a\tb "),
    ("/ask a b", "/ASK a\nb"),
    ("/ask a\nb", "/ask a\r\nb\r\n"),
    ("/ask é", "/ask e\u0301"),
]


@pytest.mark.parametrize(("one", "other"), SAME_KEY)
def test_spacing_does_not_change_the_key(one: str, other: str) -> None:
    assert [c.key for c in commands(one)] == [c.key for c in commands(other)]


def test_keys_tell_commands_apart() -> None:
    keys = [command.key for command in commands("/ask a\n/ask A\n/ask b\n/help a\n/help")]
    assert len(set(keys)) == 5
    assert all(len(key) == 16 and int(key, 16) >= 0 for key in keys)
    # sha256 of "help", NUL and nothing, shortened.
    assert command_key("help", "") == "2fb3a901c2aca099"


def test_a_lone_surrogate_has_a_key() -> None:
    assert len(commands("/ask \ud800")) == 1


EDITS = [
    ("", "/ask a", ["a"]),
    ("/ask a", "/ask a", []),
    ("/ask a", "Please:\n/ask  a", []),
    ("/ask a", "/ask a\n/ask b", ["b"]),
    ("/ask a", "/ask b", ["b"]),
    ("/ask a\n/ask b", "/ask b", []),
    ("> /ask a", "/ask a", ["a"]),
    ("/ask a", "> /ask a", []),
]


@pytest.mark.parametrize(("before", "after", "expected"), EDITS)
def test_of_an_edit_only_new_commands_count(before: str, after: str, expected: list[str]) -> None:
    assert [command.argument for command in new_commands(before, after)] == expected


HOSTILE = {
    "slashes": "/" * 50_000,
    "nested quotes": "> " * 30_000 + "/ask",
    "quoted lines": "> /ask\n" * 9_000,
    "list markers": "- " * 30_000 + "/ask",
    "numbered": "1. " * 20_000 + "/ask",
    "spaces": " " * 60_000 + "/ask",
    "tabs": "\t" * 60_000 + "/ask",
    "open code": "``a" * 20_000,
    "runs of all lengths": "\n".join("`" * length for length in range(1, 340)),
    "code lines": "\n".join(["x `a"] * 16_000),
    "open comments": "<!--" * 15_000,
    "comments": "<!-- -->" * 8_000,
    "comment lines": "x <!-- a\n" * 7_000,
    "escapes": "\\`" * 30_000,
    "commands": "\n".join(f"/a{index}" for index in range(9_000)),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_read_in_linear_time(body: str) -> None:
    """Each is near GitHub's limit of 65,536 characters; what is quadratic takes minutes."""
    started = time.process_time()
    commands(body)
    assert time.process_time() - started < 1.0


def test_every_command_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs/comments.md").read_text("utf-8")
    told = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert {one.split()[0] for one in told} == {f"/{name}" for name in names_for()}
