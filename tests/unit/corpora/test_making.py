from pathlib import Path

import pytest
from rich.console import Console

from app.corpora import making
from app.errors import UserError

CONSOLE = Console(quiet=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("c.parquet", "ends in .jsonl"),
        ("c.jsonl.gz", "ends in .jsonl"),
        ("c", "ends in .jsonl"),
        ("none/c.jsonl", "there is no folder"),
    ],
)
def test_a_place_that_will_not_do_is_told_before_any_work(
    tmp_path: Path, name: str, message: str
) -> None:
    output = tmp_path / name

    with pytest.raises(UserError, match=message):
        making.make_bootstrapped(output, tmp_path, pages=2, seed=0, console=CONSOLE)
    with pytest.raises(UserError, match=message):
        making.make_rubrics(output, ["Why?"], count=1, model="bobbin", console=CONSOLE)
    with pytest.raises(UserError, match=message):
        making.make_distilled(
            output, "Is it?", tmp_path / "texts", parts=None, model="bobbin", console=CONSOLE
        )
    assert not output.exists()


def test_the_built_in_model_writes_no_rubric(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="name another model") as raised:
        making.make_rubrics(
            tmp_path / "c.jsonl", ["Why?"], count=1, model="bobbin", console=CONSOLE
        )
    assert "--parts" not in str(raised.value), "which this command does not have"
