"""Text from outside made fit for every library inside."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff\ufff9-\ufffb]")


def clean(text: str) -> str:
    """Returns the text with `\\n` as its only line end and without what breaks tools.

    NUL makes a diff call a file binary, lone surrogates cannot be encoded, and control
    characters have no place in a comment: surrogates become U+FFFD, the others go.
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", _BREAKS.sub("\n", text)))


def decode(data: bytes) -> str:
    """Reads bytes as UTF-8 (or UTF-16 with its mark); what is not valid becomes U+FFFD."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return clean(data.decode("utf-16", "replace"))
    return clean(data.decode("utf-8-sig", "replace"))
