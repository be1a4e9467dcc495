"""Words: how text becomes tokens, for phrases that people like and for search.

Two views of the same text:

- `phrase_tokens`: every word in its place, lower-cased; a code span, a path, a flag, an
  address or an identifier is one token. The dictionary's phrases are made of these.
- `search_words`: stems without the common words; an identifier counts whole and by its
  parts, so that `maxRetries` is found by "retries".
"""

import re

_PHRASE = re.compile(
    r"(?P<fence>`+)(?P<code>.+?)(?<!`)(?P=fence)(?!`)"
    r"|(?P<url>[a-z][a-z0-9+.-]*://[^\s<>`\"')\]]+)"
    r"|(?P<path>~?/?[\w.@-]+(?:/[\w.@*-]+)+/?)"
    r"|(?P<flag>(?<![\w-])--?[a-z][\w-]*)"
    r"|(?P<word>[.@]?\w+(?:[.'’_:+-]+\w+)*(?:\(\))?)",
    re.IGNORECASE | re.DOTALL,
)
_EMPHASISED = re.compile(r"_([^\W_].*[^\W_]|[^\W_])_")


def phrase_tokens(text: str) -> list[str]:
    """Splits a sentence into lower-cased tokens, in order.

    Code spans (their inner space collapsed), addresses, paths, flags and identifiers are one
    token each. Marks and punctuation between tokens are dropped; a full stop or colon that
    ends a token does not belong to it. Works alike on Markdown and on plain text.
    """
    tokens = []
    for match in _PHRASE.finditer(text):
        if match["code"] is not None:
            token = " ".join(match["code"].split())
        else:
            token = match[0].rstrip(".,:;!?*")
            if emphasised := _EMPHASISED.fullmatch(token):
                token = emphasised[1]
        if token:
            tokens.append(token.lower())
    return tokens
