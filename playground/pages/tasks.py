"""Boxes of task lists: a form's buttons for who may edit the text, and what a press changes.

https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/about-tasklists
"""

import hashlib
import re
from html import escape

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from playground.errors import Invalid

_BOX = re.compile(r"\[([ xX])\][ \t]+")
_LINE = re.compile(r"^([\s>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[([ xX])\](?=[ \t])")


def find(state: StateCore) -> None:
    """Puts a box in the place of the brackets that an item begins with; a rule of the parser."""
    before = [""] * 2
    for token in state.tokens:
        if token.type == "inline" and before == ["list_item_open", "paragraph_open"]:
            _mark(token)
        before = [before[1], token.type]


def _mark(token: Token) -> None:
    first = token.children[0] if token.children else None
    box = _BOX.match(first.content) if first is not None and first.type == "text" else None
    if first is None or box is None or not token.map or token.children is None:
        return
    first.content = first.content[box.end() :]
    meta = {"line": token.map[0], "ticked": box[1] != " "}
    token.children.insert(0, Token("task", "", 0, meta=meta))


def box(token: Token, form: str) -> str:
    """Returns a box as HTML: a button of the form of that id, or, without one, only shown."""
    ticked = bool(token.meta["ticked"])
    if not form:
        return f'<input type="checkbox" disabled{" checked" if ticked else ""}> '
    return (
        f'<button class="task" form="{escape(form, quote=True)}" name="line" '
        f'value="{token.meta["line"]}" role="checkbox" aria-checked="{str(ticked).lower()}" '
        f'aria-label="Task">{"☑" if ticked else "☐"}</button> '
    )


def seen(body: str) -> str:
    """Returns what tells one text from another."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def toggled(body: str, line: str, version: str) -> str:
    """Returns a text with the box of one line ticked, or not any more.

    Raises:
        Invalid: the text is another than the one that was shown, or there is no such box.
    """
    if version != seen(body):
        raise Invalid("The text was changed since it was shown. Look at it again.")
    lines = body.split("\n")
    number = int(line) if line.isdecimal() and len(line) < 7 else len(lines)
    found = _LINE.match(lines[number]) if number < len(lines) else None
    if found is None:
        raise Invalid("There is no box in this line.")
    tick = "x" if found[2] == " " else " "
    lines[number] = f"{found[1]}[{tick}]{lines[number][found.end() :]}"
    return "\n".join(lines)
