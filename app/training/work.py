"""The process that trains: `python -P -m app.training.work FOLDER`.

```
FOLDER/spec.json       what to do             snapshot.jsonl   what is learned from
       cancel          ends it (status 3)     progress.json    how far it is
       checkpoint/     what going on needs    adapter/         what it made
       result.json     what was measured, written last (status 0)
       failure.json    why it failed, where people can act on that (status 2)
```
Started again in the same folder it goes on from the last checkpoint, with the same data in the
same order. It needs no network, stands back for other processes, and ends with the process
that started it. Where something goes wrong it prints places in code and never a value, which
may be people's text.
"""

import faulthandler
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType

from app.errors import TreadleError
from app.training.spec import Spec
from app.training.watch import FAILURE, Cancelled, Watch, put

DONE, ABANDONED, FAILED, CANCELLED = 0, 1, 2, 3
LOOK_SECONDS = 2.0
"""Time between two looks at whether the process that started this one is still there."""
MARK = "treadle: "
"""What a line of this process begins with, whoever else writes there."""


def main(arguments: list[str]) -> int:
    """Works in a run's folder; returns the exit status."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -P -m app.training.work FOLDER\n")
        return FAILED
    faulthandler.enable()
    sys.excepthook = _trace
    folder = Path(arguments[0])
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    try:
        spec = Spec.read(folder)
        os.nice(spec.nice)
        # Before anything reads them.
        os.environ.update(
            HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false"
        )
        from app.training.course import run  # noqa: PLC0415 - it imports what reads them

        run(folder, spec, Watch(folder))
    except Cancelled:
        return CANCELLED
    except TreadleError as error:
        put(folder / FAILURE, {"reason": str(error)})
        return FAILED
    return DONE


def _follow(parent: int) -> None:
    """Ends this process soon after its parent; what is lost is what came after a checkpoint."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(ABANDONED)


def _trace(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    """Prints where something went wrong, without what it says."""
    frames = traceback.extract_tb(trace)
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    for line in (*lines, kind.__name__):
        sys.stderr.write(f"{MARK}{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
