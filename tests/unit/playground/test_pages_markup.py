"""Markdown in the pages."""

import pytest

from playground.pages.markup import render

BOX = '<input type="checkbox" disabled{}>'
LINK = '<a href="{0}" rel="nofollow ugc">{1}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb", "<p>a<br />\nb</p>\n"),
        ("a <!-- hidden --> b", "<p>a  b</p>\n"),
        ("<!-- hidden\n\nstill -->", ""),
        ("<!-- never closed\n\ntext", ""),
        ("<!-- x --> shown", "<p>shown</p>\n"),
        ("`<!-- code -->`", "<p><code>&lt;!-- code --&gt;</code></p>\n"),
        ("<sub>small</sub>", "<p><sub>small</sub></p>\n"),
        ("<sub onclick=x>a</sub>", "<p>&lt;sub onclick=x&gt;a</sub></p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ('[a](<x"onclick=y>)', "<p>" + LINK.format("x%22onclick=y", "a") + "</p>\n"),
        ("![p](http://e.test/p.png)", "<p>" + LINK.format("http://e.test/p.png", "p") + "</p>\n"),
        (
            "see http://e.test/a.",
            "<p>see " + LINK.format("http://e.test/a", "http://e.test/a") + ".</p>\n",
        ),
        ("#12 a#3", "<p>" + LINK.format("/o/r/issues/12", "#12") + " a#3</p>\n"),
        ("[see #12](x)", "<p>" + LINK.format("x", "see #12") + "</p>\n"),
        ("# A\n###### B", "<h3>A</h3>\n<h6>B</h6>\n"),
        ("~~a~~", "<p><s>a</s></p>\n"),
        ("- [x] a", f"<ul>\n<li>{BOX.format(' checked')} a</li>\n</ul>\n"),
        ("1. [ ] a", f"<ol>\n<li>{BOX.format('')} a</li>\n</ol>\n"),
        ("- [x]a", "<ul>\n<li>[x]a</li>\n</ul>\n"),
        ("[x] a", "<p>[x] a</p>\n"),
    ],
)
def test_comments(text: str, html: str) -> None:
    assert render(text, base="/o/r", web="http://127.0.0.1:1") == html


@pytest.mark.parametrize(
    ("href", "led"),
    [
        ("b.md", "/o/r/blob/main/docs/b.md"),
        ("../a.md#x", "/o/r/blob/main/a.md#x"),
        ("../../../a.md", "/o/r/blob/main/a.md"),
        ("#here", "#here"),
        ("/abs", "/abs"),
        ("https://e.test/b.md", "https://e.test/b.md"),
        ("//e.test/b.md", "//e.test/b.md"),
    ],
)
def test_links_of_files(href: str, led: str) -> None:
    html = render(f"[x]({href})", base="/o/r", ref="main", folder="docs")
    assert html == "<p>" + LINK.format(led, "x") + "</p>\n"


@pytest.mark.parametrize(
    ("href", "led"),
    [
        ("http://h/o/r/blob/s/a.md#L3-L7", "http://h/o/r/blob/s/a.md?lines=3-7#L3-L7"),
        ("http://h/o/r/blob/s/a.md#L3", "http://h/o/r/blob/s/a.md?lines=3-3#L3"),
        ("http://h/o/r/blob/s/a.md#two", "http://h/o/r/blob/s/a.md#two"),
        ("http://other/o/r/blob/s/a.md#L3", "http://other/o/r/blob/s/a.md#L3"),
        ("http://h/o/r/issues/1#L3", "http://h/o/r/issues/1#L3"),
    ],
)
def test_permalinks(href: str, led: str) -> None:
    assert render(f"[x]({href})", web="http://h") == "<p>" + LINK.format(led, "x") + "</p>\n"
