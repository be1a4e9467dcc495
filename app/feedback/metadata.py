"""The hidden block at the end of a reply: `<!-- treadle {json} key-id signature -->`.

The JSON says how the reply came about. The signature is an HMAC-SHA256 over the JSON, which
holds the SHA-256 of the visible body as posted, and over the node id of the comment that
asked: a block that is copied to another thread, altered, or made up does not verify. An edit
of the visible body leaves the block valid and is told by `Block.intact`.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import Comment
from app.text.layout import BLOCK_CLOSE, BLOCK_OPEN, answer_part

__all__ = [
    "BODY",
    "TRIGGER",
    "Block",
    "Tampered",
    "answer_part",
    "fault",
    "fitted",
    "is_own",
    "read",
    "seal",
    "strip",
]

TRIGGER = "trigger"
BODY = "body_sha256"
"""The two fields that `seal` itself writes into the JSON."""

CUT = "cut"
"""The field that `fitted` sets where it left something out."""

MOST = 16_000
"""Characters of a block's JSON that leave most of a comment to what people read."""

_BLOCK = re.compile(
    rf"{re.escape(BLOCK_OPEN)}(?P<json>\{{[^<>\r\n]*\}}) (?P<key>[A-Za-z0-9]+)"
    rf" (?P<signature>[0-9a-f]{{64}}){re.escape(BLOCK_CLOSE)}"
)
_BLOCK_LINE = re.compile(rf"^[ \t]*{re.escape(BLOCK_OPEN)}.*$", re.MULTILINE)
_ESCAPES = (("--", "-\\u002d"), ("<", "\\u003c"), (">", "\\u003e"), ("@", "\\u0040"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A block that verified.

    `values` is what was sealed; `intact` tells whether the visible body is still the one
    posted, apart from line ends and space at the end.
    """

    values: Mapping[str, object]
    trigger_node_id: str
    key_id: str
    intact: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Tampered:
    """There is something like a block, and none that verifies; `reason` says why, for a log."""

    reason: str


def fitted(block: Mapping[str, object], most: int = MOST) -> dict[str, object]:
    """Returns a block whose JSON takes at most so many characters.

    Lists and mappings lose items from their ends, the longest first, and `CUT` says so.

    Raises:
        ValueError: what is left without any items is too long.
    """
    values = dict(block)
    sizes = {
        name: len(_text({name: content}))
        for name, content in values.items()
        if isinstance(content, (list, dict)) and content
    }
    while len(_text(values)) > most:
        if not sizes:
            raise ValueError("the values of a block are too long")
        name = max(sizes, key=lambda name: sizes[name])
        content = values[name]
        if isinstance(content, dict):
            values[name] = content = dict(list(content.items())[: len(content) * 3 // 4])
        elif isinstance(content, list):
            values[name] = content = content[: len(content) * 3 // 4]
        sizes[name] = len(_text({name: content}))
        if not content:
            del sizes[name]
        values[CUT] = True
    return values


def seal(
    body: str, block: Mapping[str, object], *, keys: Mapping[str, str], trigger_node_id: str
) -> str:
    """Returns the full body to post: the visible body, an empty line, the signed block.

    Args:
        body: the visible body.
        block: JSON values.
        keys: signing keys by id, of letters and digits; the first signs.
        trigger_node_id: GraphQL node id of the comment that is answered.

    Raises:
        ValueError: no keys, or values that JSON cannot hold.
    """
    if not keys:
        raise ValueError("a reply cannot be sealed without a signing key")
    values = {**block, TRIGGER: trigger_node_id, BODY: _digest(strip(body))}
    text = _text(values)
    key_id, key = next(iter(keys.items()))
    signature = _sign(key, key_id, trigger_node_id, text)
    return f"{body.rstrip()}\n\n{BLOCK_OPEN}{text} {key_id} {signature}{BLOCK_CLOSE}"


def read(
    body: str, *, keys: Mapping[str, str], trigger_node_id: str | None = None
) -> Block | Tampered | None:
    """Finds the last block of a body that verifies.

    Args:
        body: a comment as GitHub shows it now.
        keys: all keys that may have signed, by id.
        trigger_node_id: the comment that the reply must answer. None where it is not known:
            then the block's own word is taken, and the caller compares
            `Block.trigger_node_id` with the thread before it relies on it.

    Returns:
        The block, `Tampered` where no block of the body verifies, or None where there is none.
    """
    reason = ""
    for match in reversed(list(_BLOCK.finditer(body))):
        found = _verify(match, keys, trigger_node_id)
        if isinstance(found, str):
            reason = reason or found
            continue
        posted = found.pop(BODY)
        trigger = found.pop(TRIGGER)
        return Block(
            values=found,
            trigger_node_id=str(trigger),
            key_id=match["key"],
            intact=posted == _digest(strip(body)),
        )
    if reason:
        return Tampered(reason=reason)
    return Tampered(reason="malformed") if _BLOCK_LINE.search(body) else None


def fault(body: str, *, keys: Mapping[str, str], trigger_node_id: str) -> str:
    """Says what is wrong with the block of a reply of ours; empty where nothing is.

    Whatever it is, what is known of the reply is what was stored when it was posted.

    Args:
        body: the reply as GitHub shows it now.
        keys: all keys that may have signed, by id.
        trigger_node_id: the comment that the reply answers.
    """
    found = read(body, keys=keys, trigger_node_id=trigger_node_id)
    if found is None:
        return "its hidden block is gone"
    if isinstance(found, Tampered):
        return f"its hidden block is not the one that was posted: {found.reason}"
    if len(_BLOCK_LINE.findall(body)) > 1:
        return "it has another hidden block beside its own"
    return ""


def is_own(comment: Comment, *, app_id: int, keys: Mapping[str, str]) -> bool:
    """Tells whether the App wrote a comment.

    GitHub names the App that wrote one, and that decides. Others name none: there a block does
    that verifies and stands below the body that it was posted with.
    """
    if comment.app_id is not None:
        return comment.app_id == app_id
    block = read(comment.body, keys=keys)
    return isinstance(block, Block) and block.intact


def strip(body: str) -> str:
    """Returns the visible body: no block, genuine or not; LF line ends; no space at the end."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    return _BLOCK_LINE.sub("", text).rstrip()


def _verify(
    match: re.Match[str], keys: Mapping[str, str], trigger_node_id: str | None
) -> dict[str, object] | str:
    key = keys.get(match["key"])
    if key is None:
        return "unknown key"
    try:
        values = json.loads(match["json"])
    except (ValueError, RecursionError):
        return "malformed"
    if not isinstance(values, dict) or not isinstance(values.get(TRIGGER), str):
        return "malformed"
    trigger = values[TRIGGER] if trigger_node_id is None else trigger_node_id
    expected = _sign(key, match["key"], trigger, match["json"])
    if not hmac.compare_digest(expected, match["signature"]):
        return "wrong signature"
    return values if BODY in values else "malformed"


def _sign(key: str, key_id: str, trigger_node_id: str, text: str) -> str:
    parts = [b"treadle block 1", key_id.encode(), _bytes(trigger_node_id), _bytes(text)]
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.new(_bytes(key), message, hashlib.sha256).hexdigest()


def _text(values: Mapping[str, object]) -> str:
    text = json.dumps(values, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    return text


def _digest(visible: str) -> str:
    return hashlib.sha256(_bytes(visible)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
