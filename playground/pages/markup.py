"""Markdown as safe HTML, the way GitHub shows it: HTML comments vanish, other HTML is text.

Nothing that a person wrote reaches the page as markup of its own, except the few tags of
`PLAIN`, which carry no attributes. https://docs.github.com/en/get-started/writing-on-github
"""

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any, ClassVar
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from playground.pages import tasks

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
PLAIN = re.compile(r"</?(?:sub|sup|kbd)>|<br ?/?>")
ADDRESS = re.compile(
    r"(?P<url>https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])|(?<![\w/#&])#(?P<number>[1-9]\d{0,6})\b"
)
LINES = re.compile(r"L(\d+)(?:-L(\d+))?")


class _Renderer(RendererHTML):
    """Renders HTML as text and pictures as links: a page here loads nothing from elsewhere."""

    __output__: ClassVar[str] = "html"

    def html_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        text = COMMENT.sub("", tokens[idx].content).strip()
        return f"<p>{escape(text)}</p>\n" if text else ""

    def html_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        text = tokens[idx].content
        return text if PLAIN.fullmatch(text) else escape(COMMENT.sub("", text))

    def image(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        token = tokens[idx]
        source = escape(str(token.attrs.get("src", "")), quote=True)
        return f'<a href="{source}" rel="nofollow ugc">{escape(token.content or "picture")}</a>'

    def task(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return tasks.box(tokens[idx], str(env.get("form", "")))

    def heading_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return f"<{_under(tokens[idx].tag, env)}>"

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return f"</{_under(tokens[idx].tag, env)}>\n"


def _under(tag: str, env: MutableMapping[str, Any]) -> str:
    """A heading's tag below those of the page that it stands in."""
    # A file stands under the page's title, a comment under its author as well.
    return f"h{min(6, int(tag[1:]) + (1 if env.get('ref') else 2))}"


def _parser(*, breaks: bool) -> MarkdownIt:
    options = {"html": True, "breaks": breaks}
    parser = MarkdownIt("commonmark", options, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.push("links", _link)
    parser.core.ruler.push("tasks", tasks.find)
    return parser


def render(
    text: str, *, base: str = "", ref: str = "", folder: str = "", web: str = "", form: str = ""
) -> str:
    """Returns Markdown as HTML that is safe to put into a page.

    Line ends break the line in comments, and do not in files, as on GitHub.

    Args:
        text: Markdown as somebody wrote it.
        base: Path of the repository, for `#12`.
        ref: What relative links of a file are looked up at; empty for a comment.
        folder: The folder that such links start from.
        web: The playground's own address.
        form: Id of the form whose buttons the boxes of task lists are; only shown without one.
    """
    env = {"base": base, "ref": ref, "folder": folder, "web": web, "form": form}
    parser = _FILES if ref else _COMMENTS
    return str(parser.render(text, env))


def _link(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = _linked(token.children, state.env)


def _linked(children: list[Token], env: MutableMapping[str, Any]) -> list[Token]:
    result: list[Token] = []
    inside = 0
    for token in children:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "link_open":
            href = _resolve(str(token.attrs.get("href", "")), env)
            token.attrs = {**token.attrs, "href": href, "rel": "nofollow ugc"}
        if token.type == "text" and not inside:
            result.extend(_found(token, env))
        else:
            result.append(token)
    return result


def _found(token: Token, env: MutableMapping[str, Any]) -> list[Token]:
    result: list[Token] = []
    at = 0
    for match in ADDRESS.finditer(token.content):
        href = match["url"] and _resolve(match["url"], env)
        if match["number"]:
            if not env.get("base"):
                continue
            href = f"{env['base']}/issues/{match['number']}"
        opening = Token("link_open", "a", 1, attrs={"href": href, "rel": "nofollow ugc"})
        result += [_text(token.content[at : match.start()]), opening]
        result += [_text(match[0]), Token("link_close", "a", -1)]
        at = match.end()
    return [*result, _text(token.content[at:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _resolve(href: str, env: MutableMapping[str, Any]) -> str:
    """Leads relative links to the file, and lines of a file to the page that marks them."""
    parts = urlsplit(href)
    web = urlsplit(str(env.get("web", "")))
    if parts.scheme or parts.netloc:
        if (parts.scheme, parts.netloc) != (web.scheme, web.netloc) or "/blob/" not in parts.path:
            return href
        lines = LINES.fullmatch(parts.fragment)
        if lines is None or parts.query:
            return href
        chosen = f"{lines[1]}-{lines[2] or lines[1]}"
        return parts._replace(query=f"lines={chosen}").geturl()
    if not env.get("ref") or not parts.path or parts.path.startswith("/"):
        return href
    steps: list[str] = [step for step in str(env["folder"]).split("/") if step]
    for step in parts.path.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{env['base']}/blob/{env['ref']}/{'/'.join(steps)}{fragment}"


_COMMENTS, _FILES = _parser(breaks=True), _parser(breaks=False)
