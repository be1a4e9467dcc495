import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.corpora.files import key
from app.corpora.sampling import Drawn, ask, draw, summary
from app.corpora.verdicts import Verdicts
from app.errors import UserError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROWS = [{"text": f"row {at}", "at": at} for at in range(30)]


def look(corpus: Path, keys: Sequence[str], count: int = 5) -> tuple[list[str], Verdicts]:
    """Judges rows by keys as one sitting of a person; returns what was printed."""
    verdicts = Verdicts(corpus)
    drawn = draw(ROWS, count, seed=0, known=verdicts.known.keys())
    pressed = iter([*keys, ""])
    said: list[str] = []
    ask(drawn, verdicts, who="me", press=lambda: next(pressed), say=said.append, now=lambda: NOW)
    return said, verdicts


def test_a_draw_is_of_the_seed_and_not_of_the_order() -> None:
    first = draw(ROWS, 10, seed=0)
    again = draw(list(reversed(ROWS)), 10, seed=0)
    other = draw(ROWS, 10, seed=1)

    assert list(first.rows) == list(again.rows)
    assert list(first.rows) != list(other.rows)
    assert (first.total, first.judged) == (30, 0)


def test_equal_rows_count_once_whatever_the_order_of_their_values() -> None:
    drawn = draw([{"a": 1, "b": 2}, {"b": 2, "a": 1}], 5, seed=0)

    assert (len(drawn.rows), drawn.total) == (1, 1)


def test_verdicts_are_kept_at_once_beside_the_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "c.jsonl"

    look(corpus, ["a", "R", "s", "q"])

    lines = (tmp_path / "c.jsonl.verdicts.jsonl").read_text().splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["accepted", "rejected"]
    assert json.loads(lines[0]) == {
        "row": next(iter(draw(ROWS, 1, seed=0).rows)),
        "verdict": "accepted",
        "who": "me",
        "at": "2026-03-01T12:00:00+00:00",
    }


def test_another_sitting_goes_on_with_skipped_rows_and_new_ones(tmp_path: Path) -> None:
    corpus = tmp_path / "c.jsonl"
    look(corpus, ["a", "s", "r"])

    said, verdicts = look(corpus, ["a"])

    assert "1 of 5 · 2 judged before" in said[0]
    assert len(verdicts.known) == 3
    assert len(set(verdicts.known)) == 3


@pytest.mark.parametrize("stop", ["q", "Q", "\x03", "\x04", ""])
def test_a_person_can_stop(tmp_path: Path, stop: str) -> None:
    _, verdicts = look(tmp_path / "c.jsonl", ["a", stop, "a"])

    assert len(verdicts.known) == 1


def test_another_key_is_told_and_asked_again(tmp_path: Path) -> None:
    said, verdicts = look(tmp_path / "c.jsonl", ["x", "\x1b", "a", "q"])

    assert any("'x' is none of the keys" in line for line in said)
    assert not any("\x1b" in line for line in said)
    assert len(verdicts.known) == 1


def test_all_rows_judged_is_the_end(tmp_path: Path) -> None:
    drawn = Drawn(rows={}, total=3, judged=3)

    ask(drawn, Verdicts(tmp_path / "c"), who="me", press=lambda: "a", say=print, now=lambda: NOW)


def test_the_last_word_on_a_row_counts(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "c.jsonl")
    name = key(ROWS[0])
    verdicts.add(name, "accepted", who="me", at=NOW)
    verdicts.add(name, "rejected", who="you", at=NOW)

    assert Verdicts(tmp_path / "c.jsonl").known[name].verdict == "rejected"


def test_the_summary_has_the_share_and_its_interval(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "c.jsonl")
    assert summary(verdicts, 30) == "No row of 30 has been judged."
    for at, row in enumerate(ROWS[:10]):
        verdicts.add(key(row), "rejected" if at < 2 else "accepted", who="me", at=NOW)

    # Wilson's interval of 8 of 10.
    assert summary(verdicts, 30).startswith(
        "8 of 10 judged rows accepted: 0.800 (0.490 to 0.943), of 30 rows."
    )


@pytest.mark.parametrize(
    "line", ["nonsense", '{"row": "a"}', '{"row":"a","verdict":"maybe","who":"","at":""}']
)
def test_a_damaged_file_of_verdicts_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "c.jsonl.verdicts.jsonl").write_text(f"\n{line}\n")

    with pytest.raises(UserError, match="line 2"):
        Verdicts(tmp_path / "c.jsonl")
