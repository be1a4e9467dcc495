"""Opaque, stable GraphQL node ids: a prefix for the type, then the packed number."""

import base64
import binascii
import struct

PREFIXES = {
    "User": "U",
    "Organization": "O",
    "Bot": "BOT",
    "App": "A",
    "Repository": "R",
    "Issue": "I",
    "PullRequest": "PR",
    "IssueComment": "IC",
    "PullRequestReviewComment": "PRRC",
    "Reaction": "REA",
    "UserContentEdit": "UCE",
    "Commit": "C",
}
TYPES = {prefix: name for name, prefix in PREFIXES.items()}


def node_id(type_name: str, number: int) -> str:
    """The node id of an object of a GraphQL type."""
    packed = base64.urlsafe_b64encode(b"pg" + struct.pack(">q", number)).decode().rstrip("=")
    return f"{PREFIXES[type_name]}_{packed}"


def parse_node_id(text: str) -> tuple[str, int] | None:
    """The GraphQL type and number of a node id; None when it is not one of ours."""
    prefix, _, packed = text.partition("_")
    if prefix not in TYPES or not packed.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    except binascii.Error:
        return None
    if len(raw) != 10 or raw[:2] != b"pg":
        return None
    number: int = struct.unpack(">q", raw[2:])[0]
    return TYPES[prefix], number
