import json
from pathlib import Path
from typing import Any

import pytest

from app.training.formats import dpo, export, sft, unpaired
from app.training.snapshot import Snapshot, take
from tests.unit.training.told import lesson


@pytest.fixture(scope="module")
def taken() -> Snapshot:
    return take([lesson(1), lesson(2, rejected="", weight=0.5), lesson(3, chosen="")])


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_row_has_the_columns_of_its_format(taken: Snapshot) -> None:
    beside = {"weight", "fold", "thread", "reply_id", "imported", "people", "urls", "created_at"}
    assert [set(row) - beside for row in dpo(taken)] == [{"prompt", "chosen", "rejected"}]
    assert [(row["thread"], row["label"]) for row in unpaired(taken)] == [
        (1, True),
        (1, False),
        (2, True),
        (3, False),
    ]
    assert [(row["thread"], row["weight"]) for row in sft(taken)] == [(1, 1.0), (2, 0.5)]
    assert all(beside < set(row) for row in (*dpo(taken), *unpaired(taken), *sft(taken)))


def test_files_are_written_with_what_they_are(taken: Snapshot, tmp_path: Path) -> None:
    export(taken, tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert read(folder / "dpo.jsonl") == dpo(taken)
    assert read(folder / "unpaired.jsonl") == unpaired(taken)
    assert read(folder / "sft.jsonl") == sft(taken)
    text = (folder / "README.md").read_text("utf-8")
    assert taken.hash in text and "| `unpaired.jsonl` | 4 |" in text


def test_datasets_and_trl_read_them(taken: Snapshot, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    data_utils = pytest.importorskip("trl.data_utils")
    export(taken, tmp_path)

    def loaded(name: str) -> Any:
        file = str(tmp_path / f"{name}.jsonl")
        return datasets.load_dataset(
            "json", data_files=file, split="train", cache_dir=str(tmp_path / "cache")
        )

    pairs = loaded("dpo")
    assert not data_utils.is_conversational(pairs[0])
    # A prompt that TRL would have to find itself is the same as ours.
    implicit = {side: pairs[0]["prompt"] + pairs[0][side] for side in ("chosen", "rejected")}
    assert pairs[0]["prompt"].startswith(data_utils.extract_prompt(implicit)["prompt"].rstrip())
    assert data_utils.maybe_extract_prompt(pairs[0])["prompt"] == pairs[0]["prompt"]
    # TRL's own way from pairs to rows of one text each gives what we write of pairs.
    columns = ["prompt", "chosen", "rejected"]
    theirs = data_utils.unpair_preference_dataset(pairs.select_columns(columns))
    ours = [row for row in loaded("unpaired") if row["thread"] == 1]
    assert sorted((row["completion"], row["label"]) for row in theirs) == sorted(
        (row["completion"], row["label"]) for row in ours
    )
    assert set(loaded("sft").column_names) >= {"prompt", "completion", "weight"}
