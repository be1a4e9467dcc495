"""What each row carries beside its texts: where it comes from, and how far it is trusted.

- `weight`: the trust behind it, in (0, 1].
- `distance` and `near`: tokens in which its two texts differ, and whether these are few
  (`app.feedback.distance`); null where it has one text alone.
- `origin`: what people did, a `RowOrigin`; `consent`: a `Consent`.
- `repository_id`, `thread`, `reply_id`: GitHub's id, the issue's number, our id of the reply.
- `people`, `urls`: logins of those behind it, and where they said it.
- `created_at`: when, as ISO 8601.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain import Consent, PreferenceRow, RowKind, RowOrigin
from app.exchange.values import Fault, Values, text
from app.feedback.distance import distance

COLUMNS = {
    "weight": "number",
    "distance": "whole",
    "near": "yes",
    "origin": "text",
    "consent": "text",
    "repository_id": "whole",
    "thread": "whole",
    "reply_id": "whole",
    "people": "texts",
    "urls": "texts",
    "created_at": "text",
}
"""Their names in order, each with its kind in a table."""
MOST_ID = 2**63 - 1


def beside(row: PreferenceRow) -> dict[str, Any]:
    """Returns what a row carries beside its texts, as JSON values in a fixed order."""
    apart = distance(row.chosen, row.rejected) if row.chosen and row.rejected else None
    return {
        "weight": row.weight,
        "distance": None if apart is None else apart.tokens,
        "near": None if apart is None else apart.near,
        "origin": row.origin.value,
        "consent": row.consent.value,
        "repository_id": row.repository_id,
        "thread": row.number,
        "reply_id": row.reply_id,
        # Accounts that are gone have no login.
        "people": [login for login in row.people if login],
        "urls": list(row.urls),
        "created_at": row.created_at.astimezone(UTC).isoformat(),
    }


def row_of(values: Values, prompt: str, chosen: str, rejected: str, at: datetime) -> PreferenceRow:
    """Makes a row of texts and of what stands beside them, as far as it does.

    Args:
        values: of the file.
        prompt: the question; it has to have words.
        chosen: the better text; empty where there is none.
        rejected: the worse text; empty where there is none.
        at: the time of a row that has none.

    Raises:
        Fault: something is not as it has to be.
    """
    for name, said in (("prompt", prompt), ("chosen", chosen), ("rejected", rejected)):
        # They may have been put together of others, or taken out of a longer one.
        text(said, name)
    if not prompt.strip():
        raise Fault("the prompt has no words")
    if not chosen.strip() and not rejected.strip():
        raise Fault("neither of the two texts has words")
    if chosen == rejected:
        raise Fault("the chosen and the rejected text are the same")
    return PreferenceRow(
        kind=RowKind.PAIR if chosen.strip() and rejected.strip() else RowKind.UNPAIRED,
        repository_id=_id(values, "repository_id"),
        reply_id=_id(values, "reply_id"),
        number=values.whole("thread"),
        prompt=prompt,
        chosen=chosen if chosen.strip() else "",
        rejected=rejected if rejected.strip() else "",
        weight=values.weight("weight"),
        people=values.logins("people"),
        urls=values.addresses("urls"),
        created_at=values.time("created_at", at),
        origin=values.choice("origin", RowOrigin.UNKNOWN),
        consent=values.choice("consent", Consent.UNKNOWN),
    )


def only(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Returns those values of a mapping that stand beside texts."""
    return {name: mapping[name] for name in COLUMNS if name in mapping}


def _id(values: Values, name: str) -> int:
    value = values.raw(name)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_ID:
        raise Fault(f"“{name}” has to be a whole number that is not negative")
    return value
