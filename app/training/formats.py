"""Snapshots in TRL's own formats, for training somewhere else.

Each is a file of JSON lines that `datasets.load_dataset("json", ...)` reads, with the columns
that TRL asks for (https://huggingface.co/docs/trl/dataset_formats) and, beside them, `weight`
and where a row comes from. Prompts and answers are plain text, laid out as Treadle lays them
out for a model that reads no chat template.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.training.snapshot import Row, Snapshot

FOLDER = "trl"
"""Where a run's folder has them."""
README = """\
# Feedback of one repository, for TRL

Taken on purpose for training: secrets and addresses were replaced by words in brackets, what
people said twice was joined. SHA-256 of the snapshot: `{hash}`.

| file | rows | for | columns |
| --- | --- | --- | --- |
| `dpo.jsonl` | {dpo} | `DPOTrainer` | `prompt`, `chosen`, `rejected` |
| `unpaired.jsonl` | {unpaired} | `KTOTrainer` | `prompt`, `completion`, `label` |
| `sft.jsonl` | {sft} | `SFTTrainer` | `prompt`, `completion` |

Each row also has `weight`, the trust behind it in (0, 1]; `fold`, in which the gate held it
out, -1 for never; and `thread`, `reply_id`, `imported`, `people`, `urls` and `created_at`: where it
comes from. TRL leaves these alone, but for `remove_unused_columns`, which drops them.

```python
from datasets import load_dataset

rows = load_dataset("json", data_files="dpo.jsonl", split="train")
```
"""


def dpo(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Returns what is preferred to what."""
    return [
        {
            "prompt": row.lesson.prompt,
            "chosen": row.lesson.chosen,
            "rejected": row.lesson.rejected,
            **_beside(row),
        }
        for row in snapshot.rows
        if row.lesson.is_pair
    ]


def unpaired(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Returns each text by itself, with whether it is a good one; a pair gives both."""
    return [
        {"prompt": row.lesson.prompt, "completion": text, "label": good, **_beside(row)}
        for row in snapshot.rows
        for text, good in ((row.lesson.chosen, True), (row.lesson.rejected, False))
        if text
    ]


def sft(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Returns the texts that people left or liked."""
    return [
        {"prompt": row.lesson.prompt, "completion": row.lesson.chosen, **_beside(row)}
        for row in snapshot.rows
        if row.lesson.chosen
    ]


def export(snapshot: Snapshot, folder: Path) -> None:
    """Writes a snapshot in all formats into a folder, with a text that says what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"dpo": dpo(snapshot), "unpaired": unpaired(snapshot), "sft": sft(snapshot)}
    for name, rows in made.items():
        (folder / f"{name}.jsonl").write_text(_lines(rows), "utf-8")
    counts = {name: len(rows) for name, rows in made.items()}
    (folder / "README.md").write_text(README.format(hash=snapshot.hash, **counts), "utf-8")


def _beside(row: Row) -> dict[str, Any]:
    lesson = row.lesson
    return {
        "weight": lesson.weight,
        "fold": row.fold,
        "thread": lesson.thread,
        "reply_id": lesson.reply_id,
        "imported": lesson.imported,
        "people": list(lesson.people),
        "urls": list(lesson.urls),
        "created_at": lesson.created_at.isoformat(),
    }


def _lines(rows: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
