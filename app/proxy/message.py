"""What a channel says of one delivery: its headers, and its body as GitHub may have written it.

A message is a JSON object: the request's headers, in lower case, beside `body`, `query` and
`timestamp`. smee.io parses the body and writes it anew; of its versions one, of 2024, also sent
the body as it came, as `rawdata`. GitHub signs the bytes that it sends, so the body is taken as
it stands in the message, and tried in the other spelling that GitHub is known to use, too. A body
that differs in anything else, such as spaces or other escapes, cannot be verified.

https://github.com/probot/smee.io/blob/master/lib/server.js
https://github.com/octokit/webhooks.js/issues/71
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.webhooks.signature import verifies

SIGNATURE, GUID, EVENT = "x-hub-signature-256", "x-github-delivery", "x-github-event"

_HEADER = re.compile(r"x-github-[a-z-]+|x-hub-signature(-256)?|user-agent")
_VALUE = re.compile(r"[\x20-\x7e]{1,1000}")
_GUID = re.compile(r"[A-Za-z0-9-]{1,64}")
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One delivery.

    Attributes:
        headers: those of GitHub, in lower case.
        bodies: spellings of the body, the likeliest first; at least one.
    """

    headers: Mapping[str, str]
    bodies: Sequence[bytes]

    @property
    def guid(self) -> str:
        """The delivery's id; "" where it is none."""
        guid = self.headers.get(GUID, "")
        return guid if _GUID.fullmatch(guid) else ""

    def body(self, secret: bytes) -> tuple[bytes, bool]:
        """Returns the spelling that GitHub signed and True, or the likeliest and False."""
        for body in self.bodies:
            if verifies(secret, body, self.headers.get(SIGNATURE)):
                return body, True
        return self.bodies[0], False


def read(data: str) -> Message | None:
    """Reads the data of an event; None where it is no delivery of GitHub's.

    Raises:
        ValueError: it is not what a channel sends.
    """
    try:
        members = {name: (value, text) for name, value, text in _members(data)}
    except RecursionError:
        raise ValueError("nested too deep") from None
    headers = {
        name: value
        for name, (value, _) in members.items()
        if isinstance(value, str) and _HEADER.fullmatch(name) and _VALUE.fullmatch(value)
    }
    if EVENT not in headers:
        return None
    if "body" not in members:
        raise ValueError("a delivery without a body")
    raw, _ = members.get("rawdata", (None, ""))
    text = members["body"][1]
    spellings = [raw] if isinstance(raw, str) else []
    spellings += [text, _ESCAPE.sub(_upper, text)]
    bodies = dict.fromkeys(one.encode("utf-8", "replace") for one in spellings)
    return Message(headers=headers, bodies=tuple(bodies))


def _members(text: str) -> Iterator[tuple[str, Any, str]]:
    """Yields each member of an object: its name, its value, and the text of its value."""
    place = _skip(text, _expect(text, _skip(text, 0), "{"))
    if text[place : place + 1] == "}":
        return
    while True:
        name, place = _DECODER.raw_decode(text, place)
        if not isinstance(name, str):
            raise ValueError("not an object")
        begin = _skip(text, _expect(text, _skip(text, place), ":"))
        value, end = _DECODER.raw_decode(text, begin)
        yield name, value, text[begin:end]
        place = _skip(text, end)
        if text[place : place + 1] == "}":
            return
        place = _skip(text, _expect(text, place, ","))


def _skip(text: str, place: int) -> int:
    space = _SPACE.match(text, place)
    return space.end() if space else place


def _expect(text: str, place: int, sign: str) -> int:
    if text[place : place + 1] != sign:
        raise ValueError(f"no {sign} where one has to be")
    return place + 1


def _upper(found: re.Match[str]) -> str:
    """GitHub writes the digits of an escape in capitals, JavaScript in small letters."""
    digits = found[1]
    return "\\u" + digits.upper() if digits else found[0]
