"""Rows to exchange: one at a time, and any that hypothesis can think of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.domain import Consent, PreferenceRow, RowKind, RowOrigin
from tests.stored import NOW

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40
).filter(str.strip)
LOGINS = st.from_regex(r"[a-z0-9](?:-?[a-z0-9]){0,10}", fullmatch=True)
MOMENTS = st.integers(0, 10**14).map(
    lambda micros: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)


def a_row(chosen: str = "In the root.", rejected: str = "Nowhere.", **given: Any) -> PreferenceRow:
    values: dict[str, Any] = {
        "kind": RowKind.PAIR if chosen and rejected else RowKind.UNPAIRED,
        "repository_id": 1,
        "reply_id": 9,
        "number": 3,
        "prompt": "Where does the configuration go?",
        "chosen": chosen,
        "rejected": rejected,
        "weight": 0.5,
        "people": ("ann", "ben"),
        "urls": ("http://h/ann/loom/issues/3#issuecomment-30",),
        "created_at": NOW,
        "origin": RowOrigin.EDIT,
        "consent": Consent.KEPT,
    }
    return PreferenceRow(**values | given)


@st.composite
def rows(draw: st.DrawFn) -> PreferenceRow:
    """Pairs and unpaired rows with every field drawn."""
    chosen, rejected = draw(st.tuples(WORDS | st.just(""), WORDS | st.just("")))
    if chosen == rejected:
        chosen, rejected = draw(WORDS), ""
    return PreferenceRow(
        kind=RowKind.PAIR if chosen and rejected else RowKind.UNPAIRED,
        repository_id=draw(st.integers(0, 2**40)),
        reply_id=draw(st.integers(0, 2**40)),
        number=draw(st.integers(0, 10**6)),
        prompt=draw(WORDS),
        chosen=chosen,
        rejected=rejected,
        weight=draw(st.floats(0, 1, exclude_min=True)),
        people=tuple(draw(st.lists(LOGINS, max_size=3))),
        urls=tuple(f"http://h/{place}" for place in range(draw(st.integers(0, 3)))),
        created_at=draw(MOMENTS),
        origin=draw(st.sampled_from(RowOrigin)),
        consent=draw(st.sampled_from(Consent)),
    )
