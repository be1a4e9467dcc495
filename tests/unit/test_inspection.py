"""What `treadle ask` prints of a folder."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from app.inspection import ask_folder


def test_the_nearest_files_are_named_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / "pages[" / "id].md"
    place.parent.mkdir()
    place.write_text("# Looms\n\nA loom weaves cloth out of threads.\n", "utf-8")
    printed = StringIO()

    status = ask_folder(
        "How many looms does the museum of Lyon own?",
        tmp_path,
        console=Console(file=printed, width=200),
        as_json=False,
    )

    assert status == 1
    assert "pages[/id].md" in printed.getvalue()
