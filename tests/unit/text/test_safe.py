import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.text.safe import GAP, as_code, cut, neutralise

HOSTILE = (
    *("`", "``", "```", "\n", "\n\n", "@bob", " ", "a", "#1", "<b>", "- ", "> ", "|", "![", "](x)"),
    *(
        "<!--",
        "-->",
        "~~~",
        "    ",
        "  ```",
        "|-|\n",
        "[x]: ",
        "\t",
        "1. ",
        "\\",
        "https://github.com/o/r/pull/2",
    ),
)


@pytest.mark.parametrize(
    ("given_text", "wanted"),
    [
        ("Ask @bob or @org/team.", "Ask `@bob` or `@org/team`."),
        ("mail a@b.c", "mail a@b.c"),
        ("see #12, GH-3, o/r#4 and C#7", "see `#12`, `GH-3`, `o/r#4` and `C#7`"),
        (f"{'o' * 39}/{'r' * 100}#4", f"`{'o' * 39}/{'r' * 100}#4`"),
        (f"{'o' * 41}#4 {'-' * 41}#4", f"{'o' * 41}#4 -`{'-' * 40}#4`"),
        ("!!!a [a](x:y [b](x:z) [c](x:y", "!!!a [a] [c](x:y"),
        ("[a](  <  x:y)", "[a]"),
        ("see &#35;1 &num;2 &#123;", "see `#1` `#2` &#123;"),
        ("&#64;bob &#x40;bob &commat;bob", "`@bob` `@bob` `@bob`"),
        ("@&#98;ob and &amp;&lt;", "`@bob` and &amp;&lt;"),
        ("_@bob_ and __@bob__", "_`@bob_` and __`@bob__`"),
        ("_#7_ of #7abc", "`_#7`_ of #7abc"),
        ("a\u202eb\u2066c", "abc"),
        ("`@bob #1` stays", "`@bob #1` stays"),
        ("https://github.com/o/r/issues/4", "`https://github.com/o/r/issues/4`"),
        ("https://example.com/x#1", "https://example.com/x#1"),
        ("![alt](http://x/y.png)", "[alt](http://x/y.png)"),
        ("!![alt](http://x/y.png)", "[alt](http://x/y.png)"),
        ("a <!-- hidden\n@bob --> b", "a  b"),
        ("a <!-- never closed", "a "),
        ("<details open>x</details>", "&lt;details open>x&lt;/details>"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y>"),
        ("<https://ok.org> <javascript:x>", "<https://ok.org> &lt;javascript:x>"),
        ("[a](javascript:x) [b](http://y)", "[a] [b](http://y)"),
        ("[a]: javascript:x", "&#91;a]: javascript:x"),
        ("![a]: //evil.org", "!&#91;a]: //evil.org"),
        ("- [a]: //evil.org", "- &#91;a]: //evil.org"),
        ("> 1) [a\\]b]: //evil.org", "> 1) &#91;a\\]b]: //evil.org"),
        ("> [a\n> b]: //evil.org", "> &#91;a\n> b]: //evil.org"),
        ("- [ ] to do", "- [ ] to do"),
        ("[a\nb](http://y)", "[a\nb](http://y)"),
        ("1 < 2 and a<b", "1 < 2 and a&lt;b"),
        ("/close this", f"{GAP}/close this"),
        ("- /close this", f"- {GAP}/close this"),
        ("and/or", "and/or"),
        ("\\\\@bob \\@bob", "`@bob` `@bob`"),
        ("\\`@bob", "\\&#96;`@bob`"),
        ("an odd ` mark @bob", "an odd &#96; mark `@bob`"),
        ("`open\n@bob `", "&#96;open\n`@bob` &#96;"),
        ("| `a | @bob` |", f"| `a | @{GAP}bob` |"),
        ("```\n@bob #1 <b> <!-- x -->\n```", "```\n@bob #1 <b> <!-- x -->\n```"),
        ("```py\nopen @bob", "```py\nopen @bob\n```"),
        ("1. a\n   ```\n@bob", "1. a\n   &#96;&#96;&#96;\n`@bob`"),
        ("", ""),
    ],
)
def test_neutralises(given_text: str, wanted: str) -> None:
    assert neutralise(given_text) == wanted
    assert neutralise(wanted) == wanted


SLOW = {
    "a word": "a" * 60_000,
    "letters and digits": "a1" * 30_000,
    "a host": "a." * 30_000,
    "escapes": "\\" * 60_000,
    "hyphens": "-" * 60_000,
    "hyphens and dots": "-" * 30_000 + "/" + "." * 30_000,
    "hyphens and digits": "-" * 30_000 + "#" + "1" * 29_000 + "x",
    "exclamation marks": "!" * 60_000,
    "open links": "](a:" * 15_000,
    "spaces in a link": "](" + " " * 60_000,
    "hosts": "https://" + "a." * 30_000,
    "teams": "@a/" + "." * 60_000,
    "code": " ".join("`" * length for length in range(1, 340)),
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW.keys())
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    """Each is near GitHub's limit of 65,536 characters; what is quadratic takes a minute."""
    started = time.process_time()
    neutralise(text)
    assert time.process_time() - started < 2.0


@given(
    st.lists(
        st.sampled_from(HOSTILE),
        max_size=25,
    )
)
def test_nothing_that_pings_or_loads_is_left_outside_code(pieces: list[str]) -> None:
    safe = neutralise("".join(pieces))
    for token in MarkdownIt("commonmark").enable("table").parse(safe):
        assert token.type != "html_block"
        for child in token.children or ():
            assert child.type not in ("html_inline", "image")
            if child.type == "text":
                assert "@bob" not in re.sub(r"[a12]@bob", "", child.content)


@pytest.mark.parametrize("limit", [20, 40, 60, 90, 120])
def test_cut_keeps_to_the_limit_and_closes_fences(limit: int) -> None:
    text = "First paragraph.\n\n```\ncode one\n\ncode two is long\n```\n\nLast paragraph is here."
    short = cut(text, limit)
    assert len(short) <= limit
    assert short.count("```") % 2 == 0


def test_cut_ends_at_a_paragraph_and_says_so() -> None:
    assert cut("One is here.\n\nTwo is there, and long enough.", 35) == "One is here.\n\n…"
    assert cut("short", 5) == "short"


@pytest.mark.parametrize("room", range(40, 75))
def test_cut_opens_no_code_span(room: int) -> None:
    text = "word " * 9 + "`git push @bob and #1` " + "word " * 9
    for token in MarkdownIt("commonmark").parse(cut(text, room)):
        for child in token.children or ():
            assert child.type != "text" or not re.search(r"[@#]\w", child.content)


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("docs/a b.md", 200, "`docs/a b.md`"),
        ("a`b``c", 200, "`a'b''c`"),
        ("a\nb\u202e\udc80\u2028c", 200, "`a\ufffdb\ufffd\ufffd\ufffdc`"),
        ("", 200, "`\ufffd`"),
        ("  ", 200, "`\ufffd`"),
        ("a|@bob|#1", 200, f"`a|@{GAP}bob|#{GAP}1`"),
        ("@bob", 200, "`@bob`"),
        # A third of 9 stays before the mark, the rest after it.
        ("abcdefghij", 9, "`abc…fghij`"),
        ("abcdefghi", 9, "`abcdefghi`"),
    ],
)
def test_foreign_text_as_code(text: str, most: int, shown: str) -> None:
    assert as_code(text, most) == shown
