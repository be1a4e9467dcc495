"""The words that a reply adds behind names which it could not find; taken out to learn from it."""

import re
from collections.abc import Sequence

_REMARK = re.compile(
    r"(?<!\s)\s*\(I could not find (?:this|`[^`\n]*`(?:, `[^`\n]*`)*) in the repository\)"
)


def remark(names: Sequence[str] = ()) -> str:
    """Says that what stands before it exists nowhere, or that names in a fence do not.

    Args:
        names: code spans, of what cannot be told by its place.
    """
    return f"(I could not find {', '.join(names) or 'this'} in the repository)"


def without_remarks(text: str) -> str:
    """Takes all remarks out of a text; `without_remarks(t) == t` where it has none."""
    return _REMARK.sub("", text) if "(I could not find " in text else text
