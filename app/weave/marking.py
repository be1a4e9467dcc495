"""What is done with names that exist nowhere and are still in a reply: a remark, or no sentence."""

import re
from collections.abc import Sequence

from app.layouts.remarks import remark
from app.text.safe import as_code
from app.weave.claims import Claim, Ungrounded
from app.weave.drafting import Said
from app.weave.grounding import NOT_FOUND, Grounding

_TAIL = re.compile(r"(?:['’]s\b)?[*_]{0,3}")
_LONGEST_NAME = 80


def mark(text: str, lost: Sequence[Claim]) -> str:
    """Puts a remark behind names in a text of Markdown, which stays as it is otherwise.

    It stands behind a whole code span, link or quotation, and below a fence, where it says
    which names are meant.

    Args:
        text: the text.
        lost: claims of this text that exist nowhere.
    """
    places: dict[int, list[Claim]] = {}
    for claim in lost:
        places.setdefault(_behind(text, claim), []).append(claim)
    found, at = "", 0
    for end in sorted(places):
        found += text[at:end]
        at = end
        if places[end][0].fenced:
            names = dict.fromkeys(as_code(claim.text, _LONGEST_NAME) for claim in places[end])
            below = "\n\n" if text[end:].strip() else ""
            found = f"{found.rstrip()}\n\n{remark(list(names))}{below}"
        else:
            found += f" {remark()}"
    return found + text[at:]


def _behind(text: str, claim: Claim) -> int:
    """Returns where a remark can stand: behind what closes an emphasis, a quote, a genitive."""
    if claim.fenced or text[claim.end : claim.end + 1] not in ("*", "_", "'", "’"):
        return claim.end
    tail = _TAIL.match(text, claim.end)
    opened = text[max(0, claim.start - 1) : claim.start] in ("*", "_")
    return tail.end() if tail and (opened or tail[0][:1] in "'’") else claim.end


class Marker:
    """Settles the sentences of one reply; each name is remarked on once, where it comes first."""

    def __init__(self, grounding: Grounding, ungrounded: Ungrounded) -> None:
        self._grounding = grounding
        self._drops = ungrounded is Ungrounded.DROP
        self._remarked: set[str] = set()

    def sound(self, text: str) -> bool:
        """Tells whether a sentence names nothing that is invented; what went out of date is not."""
        return all(
            self._grounding.lost(claim) > NOT_FOUND for claim in self._grounding.ungrounded(text)
        )

    def settle(self, text: str, *, quoted: bool = False) -> str | None:
        """Returns a sentence with its remarks; None where it is to be dropped.

        Args:
            text: a sentence or fence of Markdown.
            quoted: whether all of it is a quotation.
        """
        lost = self._grounding.ungrounded(text, quoted=quoted)
        if lost and self._drops:
            return None
        new = [claim for claim in lost if claim.text not in self._remarked]
        self._remarked.update(claim.text for claim in new)
        return mark(text, new) if new else text


def grounded(
    said: Sequence[Said], grounding: Grounding, ungrounded: Ungrounded
) -> list[tuple[Said, str]]:
    """Returns the quoted sentences that are left, each with its text as it is to be shown."""
    marker = Marker(grounding, ungrounded)
    settled = [(one, marker.settle(one.text)) for one in said]
    return [(one, text) for one, text in settled if text is not None]
