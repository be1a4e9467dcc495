"""Rows that say the same become one; others stay, and none is held for long."""

from collections.abc import Iterator

import pytest

from app.domain import Consent, PreferenceRow, RowOrigin
from app.exchange import joining
from app.exchange.joining import blocks, joined
from app.exchange.values import MOST_NAMES
from tests.stored import NOW, later

from .given import a_row

LONG = "Put the configuration into the root of the repository, next to the licence, and commit it."


def both(rows: list[PreferenceRow]) -> list[PreferenceRow]:
    return list(joined(rows, blocks(rows)))


def test_the_newest_stands_for_all() -> None:
    old = a_row(LONG, weight=0.3, people=("ben",), urls=("http://h/1",), created_at=NOW)
    new = a_row(LONG.replace("and commit", "then commit"), weight=0.5, people=("ann",))
    new = PreferenceRow(**{**{f: getattr(new, f) for f in new.__slots__}, "created_at": later(60)})
    (one,) = both([old, new])
    assert one.chosen == new.chosen
    assert one.weight == pytest.approx(0.8)
    assert one.people == ("ann", "ben")
    assert set(one.urls) == {*old.urls, *new.urls}


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (a_row(LONG, prompt="where do configurations go"), 1),
        (a_row(LONG.upper() + " [1]"), 1),
        (a_row(LONG, prompt="Where does the licence go?"), 2),
        (a_row(LONG.replace("root", "docs folder instead")), 2),
        (a_row(LONG, "Somewhere else."), 2),
        (a_row(LONG, ""), 2),
    ],
)
def test_what_is_the_same(other: PreferenceRow, count: int) -> None:
    assert len(both([a_row(LONG), other])) == count


def test_weights_end_at_one_and_consent_at_what_is_known_of_all() -> None:
    (one,) = both([a_row(weight=0.9), a_row(weight=0.9, consent=Consent.UNKNOWN)])
    assert (one.weight, one.consent) == (1.0, Consent.UNKNOWN)


def test_a_row_that_stands_for_others_can_be_read_again() -> None:
    rows = [a_row(urls=[f"http://h/{at + number}" for number in range(999)]) for at in (0, 999)]
    (one,) = both(rows)
    assert len(one.urls) == MOST_NAMES


def test_rows_alone_come_at_once_and_blocks_when_complete() -> None:
    rows = [a_row("A"), a_row("B", prompt="Who?"), a_row("A"), a_row("C", prompt="When?")]
    seen: list[str] = []

    def telling() -> Iterator[PreferenceRow]:
        for row in rows:
            seen.append(f"read {row.chosen}")
            yield row

    for row in joined(telling(), blocks(rows)):
        seen.append(f"got {row.chosen}")
    assert seen == ["read A", "read B", "got B", "read A", "got A", "read C", "got C"]


def test_what_came_or_went_meanwhile_does_no_harm() -> None:
    counts = blocks([a_row("A"), a_row("A"), a_row("B", prompt="Who?")])
    new = a_row("D", prompt="Why?")
    assert [row.chosen for row in joined([a_row("A"), new, new], counts)] == ["A", "D"]


BROUGHT = {"origin": RowOrigin.IMPORTED, "reply_id": 0, "people": ("eve",), "urls": ("http://e",)}


def test_rows_of_files_give_each_other_no_weight() -> None:
    rows = [a_row(LONG, weight=0.5, **BROUGHT), a_row(LONG + "!", weight=0.3, **BROUGHT)]
    (one,) = both(rows * 3)
    assert (one.weight, one.origin) == (0.5, RowOrigin.IMPORTED)


@pytest.mark.parametrize("brought", [LONG, LONG.upper(), LONG + "!"])
def test_what_people_here_say_stands_for_rows_of_files(brought: str) -> None:
    own = a_row(LONG, weight=0.25)
    newer = a_row(brought, created_at=later(60), consent=Consent.UNKNOWN, **BROUGHT)
    assert both([newer, own]) == [own]


def test_rows_of_files_join_none_that_people_here_told_apart() -> None:
    signs = "abcdefghij" * 10
    near = [signs, "XXXX" + signs[4:], "XXXXYYYY" + signs[8:]]
    ends = [a_row(near[0]), a_row(near[2])]
    # Each is 96 percent like the next, and the first 92 like the last.
    assert len(both([a_row(text) for text in near])) == 1
    assert both([*ends, a_row(near[1], **BROUGHT)]) == ends


@pytest.mark.parametrize("origin", [RowOrigin.EDIT, RowOrigin.IMPORTED])
def test_of_long_texts_only_the_same_are_joined(
    origin: RowOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [a_row(LONG, "No.", origin=origin), a_row(LONG + "!", "No.", origin=origin)]
    monkeypatch.setattr(joining, "MOST_CHARACTERS", 2 * len(LONG) + 7)
    assert len(both(rows)) == 1
    monkeypatch.setattr(joining, "MOST_CHARACTERS", 2 * len(LONG) + 6)
    assert len(both(rows)) == 2
    assert len(both([*rows, *rows])) == 2


def test_of_large_blocks_only_the_same_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "MOST_COMPARED", 2)
    near = [a_row(LONG), a_row(LONG + "!"), a_row(LONG + "?"), a_row(LONG)]
    assert len(both(near)) == 3
    assert len(both(near[:2])) == 1
