import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Lesson
from app.errors import UserError
from app.training.snapshot import SnapshotConfig, read, shortfall, take, write
from app.training.splitting import ALWAYS, SplitConfig
from tests.unit.training.told import lesson, named

LESSONS = st.lists(
    st.builds(
        lambda thread, name, pair, reply: lesson(
            thread,
            question=f"Where is {named(name)}?",
            chosen=f"In short: [1] {named(name)}",
            rejected=f"[1] {named(name)}" if pair else "",
            reply_id=reply,
        ),
        st.integers(1, 30),
        st.integers(1, 20),
        st.booleans(),
        st.integers(1, 10_000),
    ),
    max_size=40,
    unique_by=lambda made: made.reply_id,
)
SMALL = SnapshotConfig(split=SplitConfig(pairs=4, threads=2))


@given(LESSONS, st.randoms(use_true_random=False))
def test_the_same_lessons_give_the_same_bytes_in_any_order(
    made: list, chance: random.Random
) -> None:
    mixed = list(made)
    chance.shuffle(mixed)
    assert take(mixed, config=SMALL) == take(made, config=SMALL)


@given(LESSONS)
def test_nothing_that_is_held_out_is_known_from_elsewhere(made: list) -> None:
    taken = take(made, config=SMALL)
    for fold in range(taken.count):
        tested, taught = taken.held_out(fold), taken.training(fold)
        assert any(one.is_pair for one in tested)
        assert not {one.thread for one in tested} & {one.thread for one in taught}
        assert not {one.question for one in tested} & {one.question for one in taught}
        assert not {one.chosen for one in tested} & {one.chosen for one in taught if one.chosen}
        kin = [{taken.kin[one.thread] for one in side} for side in (tested, taught)]
        assert not kin[0] & kin[1]
    dealt = zip(taken.lessons, taken.folds, strict=True)
    assert all(-1 <= fold < taken.count for _, fold in dealt)


@given(LESSONS)
def test_a_snapshot_of_a_snapshot_is_the_same(made: list) -> None:
    once = take(made, config=SMALL)
    again = take(once.lessons, config=SMALL)
    assert len(again.lessons) == len(once.lessons) and not again.dropped


def test_it_is_written_and_read_back(tmp_path: Path) -> None:
    taken = take([lesson(at) for at in range(1, 20)], dropped={"people disagree about it": 2})
    write(taken, tmp_path)

    assert read(tmp_path) == taken
    lines = [json.loads(line) for line in (tmp_path / "snapshot.jsonl").read_text().splitlines()]
    assert [line["fold"] for line in lines] == list(taken.folds)
    assert json.loads((tmp_path / "snapshot.json").read_text()) == {
        "hash": taken.hash,
        "lessons": 19,
        "imported": 0,
        "pairs": 19,
        "threads": 19,
        "independent": 19,
        "folds": 4,
        "kin": {str(at): at for at in range(1, 20)},
        "dropped": {"people disagree about it": 2},
        "redacted": 0,
    }


def test_lines_that_were_changed_are_refused(tmp_path: Path) -> None:
    write(take([lesson(1), lesson(2)]), tmp_path)
    lines = tmp_path / "snapshot.jsonl"
    lines.write_text(lines.read_text().replace("In short", "In shart", 1))

    with pytest.raises(UserError, match="changed after it was taken"):
        read(tmp_path)


@pytest.mark.parametrize("text", [None, "{", "{}"])
def test_one_that_cannot_be_read_is_told(tmp_path: Path, text: str | None) -> None:
    write(take([lesson(1)]), tmp_path)
    facts = tmp_path / "snapshot.json"
    facts.unlink()
    if text is not None:
        facts.write_text(text)

    with pytest.raises(UserError, match="start a new run"):
        read(tmp_path)


def test_secrets_are_in_no_line(tmp_path: Path) -> None:
    said = 'The token is `password = "hunter22hunter"`, ask ann@corp.io.'
    taken = take([lesson(1, chosen=f"[1] {said}", wanted=said, question="hunter22hunter?")])
    write(taken, tmp_path)

    text = (tmp_path / "snapshot.jsonl").read_text()
    assert "hunter22" not in text and "corp.io" not in text
    assert taken.lessons[0].chosen == '[1] The token is `password = "[secret]"`, ask [email].'
    assert taken.redacted == 2


def test_near_identical_lessons_are_joined() -> None:
    same = lesson(1, weight=0.5, people=("ann",), urls=("http://h/1",))
    again = lesson(
        2,
        question=same.question.upper(),
        chosen=same.chosen.replace("[1]", "[3]") + ".",
        rejected=same.rejected,
        weight=0.25,
        people=("bob",),
        urls=("http://h/2",),
    )
    taken = take([again, same])

    (joined,) = taken.lessons
    assert (joined.thread, joined.weight) == (2, 0.75), "the newest stands for both"
    assert (list(joined.people), list(joined.urls)) == (
        ["ann", "bob"],
        ["http://h/1", "http://h/2"],
    )
    assert taken.dropped == {"nearly the same as another, and joined with it": 1}
    assert taken.kin == {1: 1, 2: 1}, "kindred although only one of them is left"


def test_the_same_words_about_another_question_stay() -> None:
    text = {"chosen": "[1] Use the flag.", "rejected": ""}
    taken = take([lesson(1, **text), lesson(2, **text)])
    assert len(taken.lessons) == 2


def test_what_teaches_nothing_is_counted() -> None:
    taken = take(
        [
            lesson(1, chosen="", rejected=""),
            lesson(2, weight=0.0),
            lesson(3, chosen="[1] Write to ann@corp.io", rejected="[1] Write to bob@corp.io"),
            lesson(4),
        ]
    )
    assert [one.thread for one in taken.lessons] == [4]
    assert taken.dropped == {
        "it says neither what is good nor what is bad": 1,
        "its two texts are the same once they are redacted": 1,
        "nobody who is trusted stands behind it": 1,
    }


def test_of_one_repository_alone() -> None:
    with pytest.raises(ValueError, match="one repository"):
        take([lesson(1), replace(lesson(2), repository_id=2)])


def test_nothing_gives_an_empty_snapshot(tmp_path: Path) -> None:
    taken = take([])
    write(taken, tmp_path)
    assert read(tmp_path) == taken
    assert (taken.count, taken.folds) == (0, ())


def test_what_is_missing_is_said_in_words() -> None:
    taken = take([*(lesson(at) for at in range(1, 10)), lesson(10, rejected="")])

    assert shortfall(taken, 64) == (
        "There is too little feedback to train on yet. Training needs 64 rows that trusted "
        "people gave, and 16 of them, edits from at least 8 different threads, must be held out "
        "to tell whether it helped. There are 10 rows, of which 9 are edits, from 9 such threads."
    )
    assert shortfall(taken, 10) is not None
    assert shortfall(taken, 10, SplitConfig(pairs=9)) is None
    assert shortfall(taken, 11, SplitConfig(pairs=9)) is not None
    assert shortfall(take([]), 1) is not None


def test_what_is_never_held_out_has_no_fold() -> None:
    taken = take([lesson(1), lesson(2, rejected="")], config=SMALL)
    assert dict(zip([one.thread for one in taken.lessons], taken.folds, strict=True)) == {
        1: 0,
        2: ALWAYS,
    }


def brought(at: int, **given: object) -> Lesson:
    """A lesson of a row that came from a file, alike nothing unless that is given."""
    values: dict[str, object] = {"reply_id": 0, "weight": 0.5, "urls": (f"treadle:{at}",)}
    return replace(lesson(at + 100, **values | given), thread=0, imported=True)


class TestImported:
    OWN = tuple(lesson(at) for at in range(1, 21))

    @pytest.mark.parametrize("config", [SMALL, SnapshotConfig()], ids=["one split", "folds"])
    def test_they_are_trained_on_and_never_held_out(self, config: SnapshotConfig) -> None:
        alone = take(self.OWN, config=config)
        taken = take([*self.OWN, *(brought(at) for at in range(40))], config=config)
        assert taken.count == alone.count == (1 if config is SMALL else 4)
        assert taken.kin == alone.kin
        for fold in range(taken.count):
            assert taken.held_out(fold) == alone.held_out(fold)
            assert sum(one.imported for one in taken.training(fold)) == 40
        assert (taken.imported, len(taken.own), taken.threads) == (40, 20, 20)
        assert all(one.weight == 0.5 for one in taken.lessons if one.imported)

    def test_they_are_in_the_hash_and_come_back(self, tmp_path: Path) -> None:
        taken = take([*self.OWN, brought(1)])
        assert taken.hash != take(self.OWN).hash
        assert taken.hash != take([*self.OWN, brought(1, weight=0.25)]).hash
        write(taken, tmp_path)
        assert read(tmp_path) == taken
        assert json.loads((tmp_path / "snapshot.json").read_text())["imported"] == 1

    @pytest.mark.parametrize(
        "given",
        [
            {"question": "where is {name}"},
            {"chosen": "In short: [7] {name}"},
        ],
        ids=["nearly the same question", "the text that is wanted"],
    )
    def test_nothing_of_what_is_held_out_is_among_them(self, given: dict[str, str]) -> None:
        alone = take(self.OWN, config=SMALL)
        (one, *_) = alone.held_out(0)
        (free, *_) = (row for row in alone.training(0) if row.is_pair)
        for known, kept in ((one, 0), (free, 1)):
            name = named(known.thread)
            told = {key: value.format(name=name) for key, value in given.items()}
            taken = take([*self.OWN, brought(1, **told)], config=SMALL)
            assert taken.imported == kept
            assert ("imported, and too much like what is held out" in taken.dropped) is not kept

    def test_nor_through_another_imported_one(self) -> None:
        alone = take(self.OWN, config=SMALL)
        (one, *_) = alone.held_out(0)
        first = brought(1, question=one.question, chosen="[1] Use the flag.")
        second = brought(2, chosen="[1] Use the flag.")
        assert take([*self.OWN, first, second], config=SMALL).imported == 0

    def test_own_ones_win(self) -> None:
        # Nothing is held out: votes alone.
        own = lesson(1, rejected="")
        again = replace(own, thread=0, imported=True, weight=0.5, people=("cat",))
        taken = take([own, again])
        assert list(taken.lessons) == [own]
        assert taken.dropped == {"imported, and nearly what people said here": 1}

    def test_they_give_each_other_no_weight(self) -> None:
        taken = take([brought(1), *(brought(1, weight=0.25) for _ in range(9))])
        assert [one.weight for one in taken.lessons] == [0.5]

    def test_they_are_redacted(self, tmp_path: Path) -> None:
        taken = take([*self.OWN, brought(1, chosen="[1] Ask ann@corp.io.")])
        write(taken, tmp_path)
        assert "corp.io" not in (tmp_path / "snapshot.jsonl").read_text()
        assert taken.redacted == 1

    def test_they_do_not_count_as_rows_that_a_run_wants(self) -> None:
        taken = take([*self.OWN, *(brought(at) for at in range(100))])
        assert shortfall(taken, 20) is None
        missing = shortfall(taken, 21)
        assert missing is not None
        assert "There are 20 rows, of which 20 are edits" in missing
        assert missing.endswith("Imported rows do not count.")
