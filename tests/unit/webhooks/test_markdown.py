"""The scan for plain lines, held against a full Markdown parser on made-up documents."""

import random

import pytest
from markdown_it import MarkdownIt

from app.webhooks.markdown import open_lines

LINES = """/ask N|/ask N|  /ask N|> a|> /ask N|>|> ```|> - a|> # h|>     code|- > q|- a|- ```
1. a|   b|```|  ```|~~~|````|text|a `b|` c|``|a \\` b|```x`y|<!--|<!-- x -->|a <!-- b|||    code
# H|===|---|* * *""".replace("\n", "|").split("|")


def by_parser(body: str) -> set[str]:
    """The numbers of the commands that stand at the start of a line outside of any quote."""
    found, quotes = set(), 0
    for token in MarkdownIt("commonmark").parse(body):
        quotes += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "inline" and not quotes:
            starts = True
            for child in token.children or ():
                if starts and child.type == "text" and child.content.startswith("/ask "):
                    found.add(child.content.removeprefix("/ask ").split()[0])
                starts = child.type in {"softbreak", "hardbreak"}
    return found


def by_scan(body: str) -> set[str]:
    lines = body.split("\n")
    return {
        line.split()[1]
        for line, is_open in zip(lines, open_lines(lines), strict=True)
        if is_open and line.lstrip(" ").startswith("/ask ")
    }


def test_nothing_that_github_hides_counts_as_plain() -> None:
    draw = random.Random(0)
    seen = missed = 0
    for _ in range(1500):
        count = draw.randint(2, 9)
        body = "\n".join(draw.choice(LINES).replace("N", str(at)) for at in range(count))
        scanned, parsed = by_scan(body), by_parser(body)
        assert scanned <= parsed, body
        seen += len(parsed)
        missed += len(parsed - scanned)
    # The scan may miss a command after something unusual, such as an unfinished quoted fence.
    assert seen > 300
    assert missed <= seen / 100


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        ([""], [False]),
        (["a", "", "b"], [True, False, True]),
        (["a", "    b", "c"], [True, False, True]),
        (["> a", "b", "", "c"], [False, False, False, True]),
        (["```", "a", "```", "b"], [False, False, False, True]),
        (["a `b", "c` d", "e"], [True, False, True]),
    ],
)
def test_flags_line_by_line(lines: list[str], expected: list[bool]) -> None:
    assert open_lines(lines) == expected
