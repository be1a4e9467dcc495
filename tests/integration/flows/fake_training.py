"""Stands for the training process: `fake_training.py MODE FOLDER`.

`good` and `bad` measure an adapter that prefers what people prefer, or what they do not; `dies`
ends before its time once and is good when it is started again; `fails` says why in words;
`long` goes on until it is cancelled.
"""

import os
import sys
import time
from pathlib import Path

from app.domain import Lesson
from app.training import snapshot
from app.training.measured import (
    AnswerMeasure,
    Measured,
    PairMeasure,
    Said,
    TextMeasure,
    to_json,
)
from app.training.spec import Spec
from app.training.watch import ADAPTER, CHECKPOINT, fold_place, put

FINE = Said(tokens=20, finished=True, repeated=0.0, doubled=False)


def pair(lesson: Lesson, gain: float) -> PairMeasure:
    return PairMeasure(
        reply_id=lesson.reply_id,
        thread=lesson.thread,
        weight=lesson.weight,
        chosen=gain - 10,
        rejected=-10,
        base_chosen=-10,
        base_rejected=-10,
    )


def measured(held_out: list[Lesson], gain: float) -> Measured:
    return Measured(
        pairs=[pair(lesson, gain) for lesson in held_out],
        answers=[
            *(
                AnswerMeasure(
                    reply_id=lesson.reply_id,
                    thread=lesson.thread,
                    base=FINE,
                    led=FINE,
                    kept=1.0,
                    wanted=20,
                )
                for lesson in held_out
            ),
            *(
                AnswerMeasure(
                    probe=f"page.{at}", base=FINE, led=FINE, kept=1.0, base_right=True, right=True
                )
                for at in range(300)
            ),
        ],
        texts=[TextMeasure(tokens=100, base=-300.0, led=-300.0)],
        change=0.4,
    )


def keep(folder: Path, words: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_text(words)


def main(mode: str, folder: Path) -> int:
    spec = Spec.read(folder)
    taken = snapshot.read(folder)
    put(folder / "progress.json", {"phase": "sft", "step": 1, "steps": 2, "loss": 0.5})
    with (folder.parent / "starts").open("a") as starts:
        starts.write(f"{folder.name}\n")
    if mode == "fails":
        put(folder / "failure.json", {"reason": "There is not enough memory."})
        return 2
    if mode == "dies" and not (folder / "died").exists():
        (folder / "died").touch()
        os.abort()
    while mode == "long":
        if (folder / "cancel").exists():
            return 3
        time.sleep(0.01)
    held = [taken.held_out(fold) for fold in range(taken.count)]
    if taken.count > 1:
        for fold in range(taken.count):
            place = folder / CHECKPOINT / fold_place(fold)
            keep(place / "dpo" / "done", f"{spec.adapter} {fold}")
    keep(folder / ADAPTER, spec.adapter)
    gain = -1.0 if mode == "bad" else 1.0
    put(
        folder / "result.json",
        {
            "measured": [to_json(measured(lessons, gain)) for lessons in held],
            "seconds": 1.0,
            "steps": 2,
            "losses": {"dpo": [0.7, 0.5]},
            "too_long": 0,
            "base_hash": "a" * 64,
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
