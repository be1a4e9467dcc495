"""Moving on through the comments of a repository."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain import Comment
from app.domain.backfill import BackfillState
from app.domain.history import PastComment, PastPage
from app.flows.backfill import EDGE, advanced
from app.flows.backfill_orders import is_order
from tests.stored import ANN, NOW, later

STATE = BackfillState(repository_id=1, begun_at=NOW)


def a_page(seconds: Sequence[float], *, more: bool = True) -> PastPage:
    comments = [
        PastComment(
            comment=Comment(
                id=number, node_id=f"N{number}", url="", body="", author=ANN, created_at=NOW
            ),
            number=1,
            updated_at=later(at),
        )
        for number, at in enumerate(seconds, 1)
    ]
    return PastPage(comments=comments, more=more, pages=1 + more)


@pytest.mark.parametrize(
    ("cursor", "seconds", "expected"),
    [
        (None, [1, 2, 9], (8, 1)),
        (3, [4, 4, 9], (8, 1)),
        (3, [4, 4, 4], (3, 3)),
        (3, [9, 2, 4], (3, 3)),
        (3, [], (3, 3)),
    ],
    ids=["first", "on", "all in one second", "in another order", "empty"],
)
def test_the_next_page(
    cursor: float | None, seconds: list[float], expected: tuple[float, int]
) -> None:
    at = None if cursor is None else later(cursor)
    after = advanced(replace(STATE, cursor=at, page=2), a_page(seconds))
    assert after.cursor is not None
    assert ((after.cursor - NOW).total_seconds(), after.page) == expected


def test_what_comes_again_is_known() -> None:
    after = advanced(replace(STATE, edge=tuple(range(1000, 1000 + EDGE))), a_page([1, 2, 3]))
    assert len(after.edge) == EDGE
    assert after.edge[-3:] == (1, 2, 3)


def test_the_last_page_stays_the_last() -> None:
    after = advanced(replace(STATE, cursor=later(5), page=2), a_page([5, 5], more=False))
    assert (after.cursor, after.page) == (later(5), 2)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("/forget", True),
        ("Well.\n/forget mine", True),
        ("/treadle opt-out", True),
        ('/treadle PIN "make check"', True),
        ("/treadle learned", False),
        ("/treadle", False),
        ("/ask How do I /forget?", False),
        ("> /forget", False),
        ("", False),
    ],
)
def test_what_is_done_again(body: str, expected: bool) -> None:
    assert is_order(body) is expected
