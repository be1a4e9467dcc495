"""People's text without what a server's tokenizer would read as the marks of a conversation.

A server reads `<|im_end|>` in a prompt as the end of a turn, whoever wrote it. Which marks its
model has is not known here: those of well-known families are broken by a space.
"""

import re

_MARKS = re.compile(
    r"<(?=[|\uff5c][^|\uff5c<>\s]{1,40}[|\uff5c]>)"
    r"|<(?=/?s>|(?:eos|bos|pad|unk|[BE]OS_TOKEN)>|(?:start|end)_of_turn>|</?SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_(?:CALLS|RESULTS|CONTENT))\])"
)


def neutral(text: str) -> str:
    """Returns text in which no turn of a conversation begins or ends."""
    return _MARKS.sub(lambda mark: f"{mark[0]} ", text)
