import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain import Answer, Passage, Quote, Repository, SourceKind
from app.text.layout import COMMENT_LIMIT, SOURCES_HEADING, answer_part
from app.weave.reply import ABSTAINED, FOOTER, REFUSED, compose, render

REPOSITORY = Repository(id=1, owner="o", name="r", installation_id=2)
SOURCE = Passage(path="docs/my file.md", start_line=3, end_line=9, title="A › B", text="x")
TAUGHT = Passage(
    path="",
    start_line=1,
    end_line=1,
    title="q",
    text="x",
    kind=SourceKind.CORRECTION,
    url="https://github.com/o/r/issues/12#issuecomment-3",
    author="ada",
    memory_id=4,
)


def reply(answer: Answer, footer: str = "", room: int = COMMENT_LIMIT) -> str:
    return render(
        answer,
        repository=REPOSITORY,
        commit="abc",
        web_url="https://github.com/",
        footer=footer,
        bot_name="treadle",
        room=room,
    )


def answered(text: str = "Do it. [1]", sources: tuple[Passage, ...] = (SOURCE,)) -> Answer:
    quotes = (Quote(text="Do it.", source=0),)
    return Answer(text=text, quotes=quotes, sources=sources, confidence=0.9, score=1.0)


@pytest.mark.parametrize(
    ("leads", "text"),
    [
        (("In short:", ""), "In short: Do it. Then rest. [1]"),
        (("", "Also:"), "Do it. Also: Then rest. [1]"),
        (("See @bob:", ""), "See `@bob`: Do it. Then rest. [1]"),
    ],
)
def test_what_leads_a_quote_in_stands_before_it(leads: tuple[str, str], text: str) -> None:
    first, second = leads
    quotes = (
        Quote(text="Do it.", source=0, lead=first),
        Quote(text="Then rest.", source=0, lead=second),
    )
    assert compose(quotes) == text


def test_sources_are_permalinks_to_lines() -> None:
    text = reply(answered())
    assert (
        "1. [`docs/my file.md:3-9`](https://github.com/o/r/blob/abc/docs/my%20file.md#L3-L9), A › B"
        in text
    )
    assert text.endswith(f"<sub>treadle: {FOOTER}</sub>")


def test_other_sources_are_named_as_nearby() -> None:
    near = Passage(path="b.md", start_line=1, end_line=2, title="", text="")
    text = reply(answered(sources=(SOURCE, near)))
    assert "See also [`b.md:1-2`](https://github.com/o/r/blob/abc/b.md#L1-L2)" in text
    assert "2. " not in text


def test_a_correction_names_its_author_without_a_ping() -> None:
    text = reply(answered(sources=(TAUGHT,)))
    assert (
        "1. corrected by `@ada` [in `#12`](https://github.com/o/r/issues/12#issuecomment-3)" in text
    )


def test_a_correction_by_whom_github_does_not_name() -> None:
    text = reply(answered(sources=(replace(TAUGHT, author=""),)))
    assert "1. corrected [in `#12`](https://github.com/o/r/issues/12#issuecomment-3)" in text


@pytest.mark.parametrize(("refused", "words"), [(False, ABSTAINED), (True, REFUSED)])
def test_abstaining_names_the_nearest_files(refused: bool, words: str) -> None:
    answer = Answer(
        text="", confidence=0.1, score=0.0, abstained=True, refused=refused, nearest=("a b.md",)
    )
    text = reply(answer)
    assert text.startswith(f"{words} The nearest files are:\n\n")
    assert "- [`a b.md`](https://github.com/o/r/blob/abc/a%20b.md)" in text
    assert "Sources" not in text


def test_abstaining_with_nothing_near() -> None:
    answer = Answer(text="", confidence=0.0, score=0.0, abstained=True)
    assert reply(answer).startswith(ABSTAINED + "\n\n<sub>")


def test_the_footer_is_the_repositorys_own_and_harmless() -> None:
    assert reply(answered(), "Ask @ada\n<b>").endswith("<sub>treadle: Ask `@ada` &lt;b></sub>")


def test_the_parts_are_laid_out_so_that_the_answer_is_found_again() -> None:
    text = reply(answered("Do it. [1]\n\n```\nx\n```"))
    assert answer_part(text) == "Do it. [1]\n\n```\nx\n```"
    assert f"\n\n{SOURCES_HEADING}\n\n1. [" in text
    abstained = Answer(text="", confidence=0.1, score=0.0, abstained=True, nearest=("a.md",))
    assert answer_part(reply(abstained)).endswith(
        "- [`a.md`](https://github.com/o/r/blob/abc/a.md)"
    )


def test_long_answers_are_cut_at_a_paragraph_and_keep_sources_and_footer() -> None:
    text = reply(answered("Word after word.\n\n" * 9000), room=5000)
    assert 4900 < len(text) <= 5000
    assert "Word after word.\n\n…\n\n**Sources**\n\n1. [`docs/my file.md:3-9`](" in text
    assert text.endswith("</sub>")


LONG = "語" * 4000


@pytest.mark.parametrize(
    "answer",
    [
        answered("x" * 70_000, (replace(SOURCE, path=LONG, title=LONG),)),
        answered("`@octocat` " * 9000, (SOURCE, *(replace(SOURCE, path=LONG + i) for i in "abc"))),
        answered("x", (replace(TAUGHT, author="a" * 70_000),)),
        Answer(text="", confidence=0, score=0, abstained=True, nearest=(LONG, "a.md", LONG)),
    ],
)
@pytest.mark.parametrize("room", [8_000, COMMENT_LIMIT])
def test_no_answer_is_longer_than_there_is_room(answer: Answer, room: int) -> None:
    text = reply(answer, "&" * 300, room)
    assert len(text) <= room
    assert text.endswith("</sub>")
    assert not mentions(text)


def test_a_very_long_path_keeps_its_number_and_loses_its_link() -> None:
    sources = tuple(replace(SOURCE, path=name) for name in ("a.md", LONG, "b.md"))
    quotes = tuple(Quote(text="x", source=number) for number in range(3))
    answer = Answer(text="x", quotes=quotes, sources=sources, confidence=0.9, score=1.0)
    lines = reply(answer).split("\n")
    # 200 characters: 66 before the mark, 133 after it.
    assert f"2. `{'語' * 66}…{'語' * 133}:3-9`, A › B" in lines
    assert [line[:8] for line in lines if line[:1].isdigit()] == [
        "1. [`a.m",
        "2. `語語語語",
        "3. [`b.m",
    ]


HOSTILE = [
    "docs/a`@octocat` ](https://evil.example)[x.md",
    "a`b``c```d.md",
    "`",
    "a|@octocat|#1.md",
    "a\n\n@octocat\n- b.md",
    "a\r@octocat.md",
    "a\u2028@octocat\u202e.md",
    "](x) ![y](https://evil.example/i.png)",
    "<img src=x>.md",
    "<!-- treadle x -->.md",
    "@octocat/team.md",
    "\\`@octocat\\`.md",
    " ` ` ",
]


def tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text):
        yield token
        yield from token.children or ()


def mentions(text: str) -> list[str]:
    """Returns what stands outside of code and would ping or refer."""
    return [
        token.content
        for token in tokens(text)
        if token.type == "text" and re.search(r"(?<!\w)[@#]\w", token.content)
    ]


@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("kind", ["source", "other", "nearest", "author"])
def test_a_hostile_name_is_code_in_a_link_to_its_file(path: str, kind: str) -> None:
    source = replace(SOURCE, path=path)
    text = reply(
        {
            "source": answered(sources=(source,)),
            "other": answered(sources=(SOURCE, source)),
            "nearest": Answer(text="", confidence=0, score=0, abstained=True, nearest=(path,)),
            "author": answered(sources=(replace(TAUGHT, author=path),)),
        }[kind]
    )
    assert not mentions(text)
    found = list(tokens(text))
    assert not any(token.type in {"image", "html_block", "table_open"} for token in found)
    assert [t.content for t in found if t.type == "html_inline"] == ["<sub>", "</sub>"]
    links = [str(token.attrs["href"]) for token in found if token.type == "link_open"]
    assert all(link.startswith("https://github.com/o/r/") for link in links)
    place = f"https://github.com/o/r/blob/abc/{quote(path)}"
    assert kind == "author" or place in [link.partition("#")[0] for link in links]


@pytest.mark.parametrize("url", ["", "javascript:x", "https://x) @octocat (y", "https://a`b"])
def test_a_correction_without_a_plain_address_is_not_linked(url: str) -> None:
    text = reply(answered(sources=(replace(TAUGHT, url=url),)))
    assert "1. corrected by `@ada`\n" in text


@pytest.mark.parametrize(
    ("quotes", "wanted"),
    [
        ((), ""),
        ((("A.", 0),), "A. [1]"),
        ((("A.", 0), ("B.", 0), ("C.", 1)), "A. B. [1]\n\nC. [2]"),
        ((("Run:\n\n```\nx\n```", 0),), "Run:\n\n```\nx\n```\n\n[1]"),
        ((("```\nx\n```", 0), ("B.", 0)), "```\nx\n```\n\nB. [1]"),
        ((("A.", 0), ("```\nx\n```", 0)), "A.\n\n```\nx\n```\n\n[1]"),
        ((("Tell @bob.", 0),), "Tell `@bob`. [1]"),
    ],
)
def test_compose(quotes: tuple[tuple[str, int], ...], wanted: str) -> None:
    assert compose([Quote(text=text, source=source) for text, source in quotes]) == wanted
