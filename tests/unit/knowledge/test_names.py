from pathlib import Path

import pytest

from app.knowledge.names import LONGEST, Gathering, Names, names_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pass --dry-run.", {"pass", "--dry-run", "dry-run", "dry", "run"}),
        ("self.max_retries = 3", {"self", "max_retries"}),
        ("`-v` and read-only", {"-v", "v", "and", "read-only", "read", "only"}),
        ("HTTPServer(1.5, 0x)", {"httpserver", "0x"}),
        ("12 34 _ -", set()),
        ("ümlaut", {"ümlaut"}),
        ("x" * (LONGEST + 1), set()),
        ("", set()),
    ],
)
def test_names_of_a_text(text: str, found: set[str]) -> None:
    assert names_of(text) == found


def packed(*texts: str) -> bytes:
    gathering = Gathering()
    for text in texts:
        gathering.see(text)
    return gathering.packed()


def test_finds_every_name_and_no_other() -> None:
    every = [f"name_{number}" for number in range(100)]
    names = Names(packed(*every[::2]))
    assert [name in names for name in every] == [number % 2 == 0 for number in range(100)]
    assert "NAME_2" in names
    for other in ("", "name", "name_", "a", "z", "\n", "name_0\nname_10", 5):
        assert other not in names


def test_names_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(packed("Set `max_size` or --fast."))
    names = Names.at(file)
    file.unlink()
    assert "--fast" in names
    assert "--slow" not in names


def test_a_tree_without_text_has_no_names(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(packed())
    assert "a" not in Names.at(file)
    with pytest.raises(FileNotFoundError):
        Names.at(tmp_path / "other.txt")
