import pytest

from app.training.bobbin.gather import Seen, capped, documents
from app.training.bobbin.pages import Document
from app.training.bobbin.sections import Section

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def said(first: int, count: int) -> tuple[str, ...]:
    """Returns sentences that share no words but the first."""
    return tuple(
        f"Says {LETTERS[at // 26]}{LETTERS[at % 26]}x." for at in range(first, first + count)
    )


def section(name: str, first: int, count: int, place: str = "one.py") -> Section:
    return Section(place=place, name=name, sentences=said(first, count))


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        # Three and six are neighbours, and together enough.
        ([("a", 0, 3), ("b", 3, 6)], [("a", 9)]),
        # The second stands alone once the first is enough.
        ([("a", 0, 8), ("b", 8, 4)], [("a", 8), ("b", 4)]),
        # Enough of its own begins a document, if what came before can stand too.
        ([("a", 0, 4), ("b", 4, 8)], [("a", 4), ("b", 8)]),
        # Three at the end of a file cannot stand.
        ([("a", 0, 8), ("b", 8, 3)], [("a", 8)]),
        # Ninety are cut after forty and eighty.
        ([("a", 0, 90)], [("a", 40), ("a", 40), ("a", 10)]),
        ([], []),
    ],
)
def test_neighbours_make_a_document(
    sections: list[tuple[str, int, int]], expected: list[tuple[str, int]]
) -> None:
    found = documents("toy", [section(*each) for each in sections], Seen())

    assert [(each.name, len(each.sentences)) for each in found] == expected


def test_files_are_not_joined() -> None:
    parts = [section("a", 0, 4, "one.py"), section("b", 4, 4, "two.py")]

    assert [each.name for each in documents("toy", parts, Seen())] == ["a", "b"]


def test_a_sentence_stands_once_and_its_near_copies_twice() -> None:
    seen = Seen()

    assert seen.take("The port is 1.")
    assert not seen.take("The port is 1.")
    assert seen.take("The port is 2.")
    assert not seen.take("The port is 3.")


def test_what_is_held_out_is_not_taken_in_other_numbers_either() -> None:
    elsewhere = Seen()
    elsewhere.read([Section(place="x.py", name="x", sentences=("The port is 1.",))])

    assert not Seen(elsewhere.keys).take("The port is 2.")


def made(package: str, first: int, count: int) -> list[Document]:
    """Returns documents of four sentences each."""
    return [
        Document(package=package, name=str(at), sentences=said(4 * at, 4))
        for at in range(first, first + count)
    ]


def test_a_package_keeps_its_share_of_what_is_kept() -> None:
    found = {"large": made("large", 0, 60), "b": made("b", 60, 10), "c": made("c", 70, 10)}

    # 240, 40 and 40 sentences: half of the kept is 80 of 160.
    kept = capped(found, 0.5)

    assert {name: len(each) for name, each in kept.items()} == {"large": 20, "b": 10, "c": 10}
    assert kept["large"] == sorted(kept["large"], key=lambda document: int(document.name))
    assert kept["large"] != found["large"][:20]
    assert capped(found, 0.5) == kept


def test_few_packages_cannot_all_stay_below_a_share() -> None:
    found = {"a": made("a", 0, 2), "b": made("b", 2, 1), "empty": []}

    assert capped(found, 0.12) == {"a": found["a"], "b": found["b"]}
