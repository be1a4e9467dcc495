import json
from pathlib import Path

import pytest

from app.training.watch import CANCEL, PROGRESS, Cancelled, Watch, put


def test_progress_is_told_by_part_and_phase(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    watch.step("sft", 1, 8)
    told = json.loads((tmp_path / PROGRESS).read_text())
    assert told == {"phase": "sft", "step": 1, "steps": 8, "loss": None}
    watch.part = "fold-1, "
    watch.step("dpo", 2, 8, 0.25)
    told = json.loads((tmp_path / PROGRESS).read_text())
    assert told == {"phase": "fold-1, dpo", "step": 2, "steps": 8, "loss": 0.25}


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_none(tmp_path: Path, loss: float) -> None:
    Watch(tmp_path).step("sft", 1, 8, loss)
    assert json.loads((tmp_path / PROGRESS).read_text())["loss"] is None


def test_a_run_that_is_not_wanted_ends(tmp_path: Path) -> None:
    (tmp_path / CANCEL).touch()
    with pytest.raises(Cancelled):
        Watch(tmp_path).step("sft", 1, 8)
    assert not (tmp_path / PROGRESS).exists()


def test_what_is_put_replaces_what_was_there(tmp_path: Path) -> None:
    put(tmp_path / "x.json", [1])
    put(tmp_path / "x.json", {"a": None})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": None}
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_what_is_no_json_leaves_what_was_there(tmp_path: Path) -> None:
    put(tmp_path / "x.json", [1])
    with pytest.raises(ValueError, match="JSON compliant"):
        put(tmp_path / "x.json", float("nan"))
    assert json.loads((tmp_path / "x.json").read_text()) == [1]
