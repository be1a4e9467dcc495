import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.domain import Passage
from app.layouts.numbered import unknown
from app.layouts.remarks import without_remarks
from app.text.layout import SOURCES_HEADING, answer_part, lay_out, without_citations
from app.weave.claims import Ungrounded
from app.weave.grounding import Grounding
from app.weave.marking import Marker
from app.weave.wording import LONGEST, declines, sentences_of, word
from tests.unit.weave.made import passage

SOURCES = [
    passage("Run the tests with `make check`. See [docs](https://loom.example/docs).", "a.md"),
    passage("The server listens on port 8080. Set `LOOM_PORT` to change it.", "b.md"),
    passage(
        "Ask @bob, see #12. They are well kept and `--fast`.\n```\nloom serve --fast\n```", "c.md"
    ),
]
GROUNDING = Grounding({"a.md", "b.md", "c.md", "docs/install.md"}, [one.text for one in SOURCES])


def put(text: str, *, finished: bool = True, ungrounded: Ungrounded = Ungrounded.DROP) -> str:
    marker = Marker(GROUNDING, ungrounded)
    return word(text, finished=finished, sources=SOURCES, marker=marker).text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Run `make check`. [1]", "Run `make check`. [1]"),
        ("Run `make check` [1].", "Run `make check`. [1]"),
        ("Run `make check`.[1] It is fast.", "Run `make check`. [1] It is fast."),
        ("The port is 8080. [2] Run it. [1]", "The port is 8080. [1] Run it. [2]"),
        ("The port is 8080 [2][1].", "The port is 8080. [1] [2]"),
        ("The port is 8080 [2, 1].", "The port is 8080. [1] [2]"),
        ("[2] The port is 8080. [1] Run it.", "The port is 8080. [1] Run it. [2]"),
        ("Run it [7]. The port is 8080. [3]", "Run it. The port is 8080. [1]"),
        ("Run it. [0] [4] [99]", "Run it."),
        ("The port is 8080.\n[2]", "The port is 8080. [1]"),
        ("The port\nis 8080. [2]", "The port is 8080. [1]"),
        ("Use `a[1]` there.", "Use `a[1]` there."),
        ("- Run it [1]\n- Port 8080 [3]", "- Run it [1]\n- Port 8080 [2]"),
        ("Two:\n\n1. Run it. [2]\n2. Wait. [2]", "Two:\n\n1. Run it. [1]\n2. Wait. [1]"),
        ("```sh\nmake check\n```\n[1]", "```sh\nmake check\n```\n\n[1]"),
        ("| a | b |\n|---|---|\n| c | d [2] |", "| a | b |\n|---|---|\n| c | d [1] |"),
    ],
)
def test_citations_are_numbered_anew_behind_their_sentence(text: str, shown: str) -> None:
    assert put(text) == shown


@pytest.mark.parametrize("text", ["Run it. [2]", "```sh\nmake check\n```\n[1]", "- Port 8080 [3]"])
def test_citations_can_be_taken_out_again(text: str) -> None:
    assert "[1]" in put(text)
    assert "[1]" not in without_citations(put(text))


def test_cited_sentences_name_their_passages_in_the_order_of_their_numbers() -> None:
    worded = word(
        "Port 8080. [2] Nothing. Run it. [1] [2]",
        finished=True,
        sources=SOURCES,
        marker=Marker(GROUNDING, Ungrounded.DROP),
    )
    assert [(one.text, one.passage.path) for one in worded.cited] == [
        ("Port 8080.", "b.md"),
        ("Run it.", "a.md"),
        ("Run it.", "b.md"),
    ]
    assert worded.units == ("Port 8080.", "Nothing.", "Run it.")
    assert worded.text == "Port 8080. [1] Nothing. Run it. [1] [2]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Run `make check`. Then run `make al", "Run `make check`."),
        ("Run `make check`. Use a.", "Run `make check`. Use a."),
        ("One thing", ""),
        ("First. [1]\n\n```\nmake ch", "First. [1]"),
        ("First. [1]\n\n- Second [", "First. [1]"),
        ("First. [1]\n\n```\nmake check\n```\n", "First. [1]\n\n```\nmake check\n```"),
        ("First. Run this:\n\n```\nmake ch", "First."),
    ],
)
def test_an_unfinished_text_ends_with_a_whole_sentence(text: str, shown: str) -> None:
    assert put(text, finished=False) == shown


def test_an_open_fence_of_a_finished_text_is_closed() -> None:
    assert put("Run it. [1]\n```\nmake check") == "Run it. [1]\n\n```\nmake check\n```"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Run `make check`. Set `LOOM_HOST`. [2]", "Run `make check`."),
        ("Use `--slow`. Use `--fast`. [3]", "Use `--fast`. [1]"),
        ("See docs/missing.md. See docs/install.md. [1]", "See docs/install.md. [1]"),
        ("- Call `nope()`\n- Run it [1]", "- Run it [1]"),
        ("Run it. [1] Like this:\n\n```\nloom serve --slow\n```", "Run it. [1]"),
        ("A read-only and/or built-in thing is up-to-date. [1]",) * 2,
        ("Version 1.2.3 is needed. Run it. [1]",) * 2,
        ("> Run the tests quickly. [1]\n\nRun it. [1]", "Run it. [1]"),
        ("> Note that tests run. [1]\n\nRun it. [1]", "Run it. [1]"),
        ("> **Note:** run the tests quickly. [1]",) * 2,
        (
            "> [!TIP]\n> Run the tests quickly. [1]\n> `nope()` runs too.",
            "> [!TIP]\n> Run the tests quickly. [1]",
        ),
    ],
)
def test_sentences_with_names_that_do_not_exist_are_dropped(text: str, shown: str) -> None:
    assert put(text) == shown


REMARK = "(I could not find this in the repository)"
RUN = "Run it. [1]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Set `LOOM_HOST`.", f"Set `LOOM_HOST` {REMARK}."),
        ("Set `LOOM_HOST`, then `LOOM_HOST`.", f"Set `LOOM_HOST` {REMARK}, then `LOOM_HOST`."),
        ("See docs/missing.md or x_y.", f"See docs/missing.md {REMARK} or x_y {REMARK}."),
        ("See **docs/missing.md**.", f"See **docs/missing.md** {REMARK}."),
        ("See [the guide](https://evil.example).", "See the guide."),
        ("See https://evil.example/a.", f"See `https://evil.example/a` {REMARK}."),
        ("It says “run the tests quickly”.", f"It says “run the tests quickly” {REMARK}."),
        ("> run the tests quickly", f"> run the tests quickly {REMARK}"),
        ("- Set `LOOM_HOST`.", f"- Set `LOOM_HOST` {REMARK}."),
        ("| a | `LOOM_HOST` |\n|---|---|", f"| a | `LOOM_HOST` {REMARK} |\n|---|---|"),
        (
            "```\nloom serve --slow\n```",
            "```\nloom serve --slow\n```\n\n(I could not find `--slow` in the repository)",
        ),
        ("יש להגדיר את `LOOM_HOST` עכשיו.", f"יש להגדיר את `LOOM_HOST` {REMARK} עכשיו."),
        ("设置`LOOM_HOST`。", f"设置`LOOM_HOST` {REMARK}。"),
    ],
)
def test_names_that_do_not_exist_get_a_remark(text: str, shown: str) -> None:
    made = put(f"{RUN}\n\n{text}", ungrounded=Ungrounded.MARK)
    assert made == f"{RUN}\n\n{shown}"
    plain = without_remarks(made)
    assert plain == without_remarks(plain)
    assert "could not find" not in plain
    assert answer_part(lay_out(made, "- x", "footer")) == made
    # A remark is words alone: Markdown reads the rest as it did.
    assert shape(made) == shape(plain) or "\n\n(I could" in made


def shape(markdown: str) -> list[str]:
    parsed = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [
        one.type
        for token in parsed
        for one in (token, *(token.children or ()))
        if one.type != "text"
    ]


def test_remarks_stand_before_the_marks_of_sources() -> None:
    made = put("Set `LOOM_HOST`. [2] Run it. [1]", ungrounded=Ungrounded.MARK)
    assert made == f"Set `LOOM_HOST` {REMARK}. [1] Run it. [2]"
    assert without_remarks(without_citations(made)) == "Set `LOOM_HOST`. Run it."


def test_nothing_is_said_where_all_that_is_cited_is_invented() -> None:
    assert put("Run it. Set `LOOM_HOST`. [2]", ungrounded=Ungrounded.MARK) == ""


FAKE = '<!-- treadle {"version": 1} k1 ' + "0" * 64 + " -->"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Ask @bob about #12. [3]", "Ask `@bob` about `#12`. [1]", id="pings"),
        pytest.param("Ask @evil. Run it. [1]", "Ask `@evil`. Run it. [1]", id="unknown person"),
        pytest.param(f"Run it. [1]\n\n{FAKE}", "Run it. [1]", id="block"),
        pytest.param("Run it. <!-- [2] --> Yes. [1]", "Run it. Yes. [1]", id="comment"),
        pytest.param("Run it. [1] <!-- open\n\nend [2]", "Run it. [1]", id="open comment"),
        pytest.param(f"Run it. [1]\n\n```\n{FAKE}\n```", "Run it. [1]", id="block in a fence"),
        pytest.param(f"Run it. [1]\n~~~\n{SOURCES_HEADING}\n~~~", "Run it. [1]", id="heading"),
        pytest.param("Run <b>it</b>. [1]", "Run &lt;b>it&lt;/b>. [1]", id="html"),
        pytest.param("Run it ![x](https://evil.example/a). [1]", "Run it x. [1]", id="image"),
        pytest.param("Run [it](javascript:go). Now. [1]", "Run it. Now. [1]", id="script"),
        pytest.param("Run [it](https://evil.example/a). [1]", "Run it. [1]", id="foreign link"),
        pytest.param('Run [it](https://evil.example "t"). [1]', "Run it. [1]", id="titled"),
        pytest.param(
            "Run [it](https://loom.example/docs). [1]",
            "Run [it](https://loom.example/docs). [1]",
            id="known link",
        ),
        pytest.param("Run [it](https://loom.example/doc). [1]", "Run it. [1]", id="nearly known"),
        pytest.param(
            "See https://loom.example/docs. [1]",
            "See https://loom.example/docs. [1]",
            id="known address",
        ),
        pytest.param("See https://evil.example/a now. Run it. [1]", "Run it. [1]", id="bare"),
        pytest.param("See <https://evil.example> now. Run it. [1]", "Run it. [1]", id="in angles"),
        pytest.param("See www.evil.example now. Run it. [1]", "Run it. [1]", id="bare host"),
        pytest.param(
            "Run [[a](b)](https://evil.example). Run it. [1]", "Run it. [1]", id="nested link"
        ),
        pytest.param("Run it. [1]\n\n[x]: https://evil.example/a", "Run it. [1]", id="definition"),
        pytest.param("Run it. [1]\n\n**Sources**\n\n- a.md\n- b.md", "Run it. [1]", id="list"),
        pytest.param("Run it. [1]\n## References:\n1. https://x.example", "Run it. [1]"),
        pytest.param("<sub>Run it.</sub> [1]", "&lt;sub>Run it.&lt;/sub> [1]", id="footer"),
        pytest.param("/deploy it. [1]", "\u200b/deploy it. [1]", id="command"),
        pytest.param("Run\u202e it.\x00 [1]", "Run it. [1]", id="direction"),
    ],
)
def test_what_is_left_is_safe_to_post(text: str, shown: str) -> None:
    made = put(text)
    assert made == shown
    assert answer_part(lay_out(made, "- x", "footer")) == made
    for mark in ("<!--", "](javascript", "](https://evil", "<sub>", "@bob "):
        assert mark not in made


def test_a_giant_text_is_bounded_in_size() -> None:
    # What is not linear in it would not end here.
    for piece in ("Run it. [1] ", "[", "`", "a@", "](", "<!--", "x", "\n", "|", "a" * 50 + ":"):
        made = put(piece * (200_000 // len(piece)))
        assert len(made) <= 2 * LONGEST
    assert len(sentences_of("Run it. " * 100_000, finished=True)) == LONGEST // 8


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (unknown(), True),
        (f" **{unknown()}** But perhaps it is 8080.", True),
        (unknown().upper(), True),
        ("The sources answer this. [1]", False),
        ("", False),
    ],
)
def test_tells_that_there_is_no_answer(text: str, is_one: bool) -> None:
    assert declines(text) is is_one


def test_two_passages_alike_are_one_source() -> None:
    twice: list[Passage] = [SOURCES[0], SOURCES[0]]
    marker = Marker(GROUNDING, Ungrounded.DROP)
    worded = word("Run it. [1] [2]", finished=True, sources=twice, marker=marker)
    assert worded.text == "Run it. [1]"


PARTS = (
    *("[", "]", "(", ")", "](", "<", ">", "!", "`", "```", "~~~", "\\", "\n", "\n\n", " ", "    "),
    *(
        "https://evil.example",
        "https://loom.example/docs",
        "javascript:x",
        "[1]",
        "[x]:",
        "- ",
        "|",
    ),
    *("<!--", "-->", "<img src=x>", "Run it.", "@bob", "&lt;", "&#91;", "**", "# ", "> ", "1. "),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join), st.booleans())
@example("`https://evil.example[x](/evil/page?)", True)
def test_no_markup_leads_where_the_sources_do_not(text: str, finished: bool) -> None:
    made = put(text, finished=finished)
    for block in MarkdownIt("commonmark").enable("table").parse(made):
        for token in (block, *(block.children or ())):
            assert token.type not in ("html_block", "html_inline", "image"), made
            if token.type == "link_open":
                assert token.attrs["href"] == "https://loom.example/docs", made
