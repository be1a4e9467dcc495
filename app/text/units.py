"""What can be quoted: sentences, list items, table rows, code, each with its lines."""

from dataclasses import dataclass
from enum import StrEnum

ITEM_LENGTH = 280
"""List items up to this many characters are quoted whole, longer ones by sentence."""


class Form(StrEnum):
    """The shape of a quotable unit."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    CODE = "code"
    SIGNATURE = "signature"
    COMMENT = "comment"
    STRING = "string"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A quotable piece of a text, as Markdown.

    `lead` is the sentence or table head that introduces it, `heading` the nearest heading
    above it inside the same text; both are empty where there is none.
    """

    text: str
    start_line: int
    end_line: int
    form: Form = Form.SENTENCE
    lead: str = ""
    heading: str = ""
