from dataclasses import replace
from pathlib import Path

import pytest

from app.training.bobbin.kept import Entry, differences, read, table, write

TOY = Entry(
    name="toy", version="1.0", licence="MIT", files=2, documents=1, sentences=8, sha256="aa"
)


@pytest.mark.parametrize(
    ("kept", "found", "expected"),
    [
        ([TOY], [TOY], []),
        ([], [TOY], ["toy is read, and the list does not have it"]),
        ([TOY], [], ["toy 1.0 is on the list, and nothing of it is read"]),
        ([TOY], [replace(TOY, version="1.1")], ["toy is 1.1, and 1.0 on the list"]),
        ([TOY], [replace(TOY, licence="ISC")], ["toy is under ISC, and under MIT on the list"]),
        (
            [TOY],
            [replace(TOY, sentences=9, sha256="bb")],
            ["toy 1.0 gives another text: 9 sentences, 8 on the list"],
        ),
    ],
)
def test_differences_are_said_in_words(
    kept: list[Entry], found: list[Entry], expected: list[str]
) -> None:
    assert differences(kept, found) == expected


def test_a_list_is_read_as_it_was_written_by_name(tmp_path: Path) -> None:
    other = replace(TOY, name="abacus")

    write([TOY, other], tmp_path / "list.json")

    assert read(tmp_path / "list.json") == (other, TOY)


def test_the_table_begins_with_the_largest_and_ends_with_the_sum() -> None:
    lines = table([TOY, replace(TOY, name="more", sentences=9)]).splitlines()

    assert [line.split()[0] for line in lines[1:3]] == ["more", "toy"]
    assert lines[3] == "2 packages, 2 documents, 17 sentences"
