"""The process that trains, as the worker sees it that started it and waits for its end.

It works in the folder of its run alone (`app.training.work`): what it is to do stands there,
how far it is, and what came of it. So it is started anew in the same folder after any crash,
of its own or of the worker's, and goes on from its last checkpoint. It ends with the worker:
it is told to when the worker stops in order, and sees for itself when the worker is gone.
"""

import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

import structlog

from app.domain import Progress
from app.errors import TransientError
from app.models.spawn import cause, environment, is_place

log = structlog.get_logger()

PROGRAM = (sys.executable, "-P", "-m", "app.training.work")
"""What trains; the folder of the run is its one argument."""

CANCEL, FAILURE, PROGRESS, RESULT = "cancel", "failure.json", "progress.json", "result.json"
LOCK, LOG = "lock", "log.txt"
_CANCELLED, _FAILED = 3, 2

LINES = 20
"""Lines of what a process printed that are logged where it died: places in code, nothing else.

What libraries print besides may hold people's text, and stays in the run's folder with it."""
LOOK_SECONDS = 0.5
"""Time between two looks at the process, its progress, and whether it is still wanted."""
CANCEL_SECONDS = 60.0
"""Time that the process has to see that it is cancelled: a step of training, at most."""
END_SECONDS = 10.0
"""Time that it has to end once it is told to, before it is killed."""
ORPHAN_SECONDS = 30.0
"""Time that a process whose worker is gone has to end, before another starts in its folder."""


class Wish(StrEnum):
    """What is wanted of a training that goes on."""

    GO_ON = "go on"
    CANCEL = "cancel"
    STOP = "stop"


class Ending(StrEnum):
    """How a training came to its end; `STOPPED` can be taken up again."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The end of a training; `reason` says in words why it failed."""

    ending: Ending
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trainer:
    """Runs training processes.

    `program` is what is started; `hours` is the longest that one may take in one go.
    """

    program: Sequence[str] = PROGRAM
    hours: float = 24.0

    def run(self, folder: Path, look: Callable[[Progress | None], Wish]) -> Ended:
        """Trains in a run's folder and waits for the end.

        Args:
            folder: with the files of a run; where a training there was cut off, it goes on.
            look: asked every half second what is wanted, given how far the training is; None
                where it has not said so yet.

        Raises:
            TransientError: the process died, and another may go on from its checkpoint; or it
                cannot be started now.
        """
        with _alone(folder) as lock:
            if (folder / RESULT).exists():
                return Ended(ending=Ending.DONE)
            (folder / FAILURE).unlink(missing_ok=True)
            process = self._start(folder, lock)
            try:
                return self._watch(process, folder, look)
            finally:
                _end(process)

    def _start(self, folder: Path, lock: int) -> "subprocess.Popen[bytes]":
        with (folder / LOG).open("ab") as output:
            try:
                process = subprocess.Popen(
                    [*self.program, str(folder)],
                    env=environment(os.environ),
                    # As long as it lives it holds the folder, even where its worker is gone.
                    pass_fds=[lock],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # A terminal's Ctrl-C is for the worker, which ends this process in order.
                    start_new_session=True,
                )
            except OSError as error:
                raise TransientError("no process can be started to train") from error
        log.info("training.started", run=folder.name, pid=process.pid)
        return process

    def _watch(
        self,
        process: "subprocess.Popen[bytes]",
        folder: Path,
        look: Callable[[Progress | None], Wish],
    ) -> Ended:
        deadline = time.monotonic() + self.hours * 3600
        while True:
            with suppress(subprocess.TimeoutExpired):
                return _ended(process.wait(LOOK_SECONDS), folder)
            wish = look(read_progress(folder))
            if wish is Wish.STOP:
                log.info("training.stopped", run=folder.name)
                return Ended(ending=Ending.STOPPED)
            if wish is Wish.CANCEL:
                (folder / CANCEL).touch()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(CANCEL_SECONDS)
                return Ended(ending=Ending.CANCELLED)
            if time.monotonic() >= deadline:
                reason = (
                    f"Training took longer than {self.hours:g} hours (TREADLE_TRAINING_HOURS): "
                    "raise that, or take a smaller model or a faster machine."
                )
                return Ended(ending=Ending.FAILED, reason=reason)


def read_progress(folder: Path) -> Progress | None:
    """Returns how far a training is; None where it has not said so."""
    try:
        values = json.loads((folder / PROGRESS).read_text("utf-8"))
        loss = values.get("loss")
        return Progress(
            phase=str(values.get("phase", "")),
            step=int(values.get("step", 0)),
            steps=int(values.get("steps", 0)),
            loss=None if loss is None else float(loss),
        )
    except (OSError, ValueError, TypeError, AttributeError):
        # Nothing hangs on it: a training without progress is seen to go on by its process.
        return None


def _ended(status: int, folder: Path) -> Ended:
    """Says how a process ended.

    Raises:
        TransientError: another may go on where it stopped.
    """
    log.info("training.ended", run=folder.name, cause=cause(status))
    if status == 0 and (folder / RESULT).exists():
        return Ended(ending=Ending.DONE)
    if status == _CANCELLED:
        return Ended(ending=Ending.CANCELLED)
    if status == _FAILED and (reason := _reason(folder)):
        return Ended(ending=Ending.FAILED, reason=reason)
    log.warning("training.died", run=folder.name, cause=cause(status), places=_places(folder))
    raise TransientError(f"the training process ended before its time ({cause(status)})")


def _reason(folder: Path) -> str:
    try:
        return str(json.loads((folder / FAILURE).read_text("utf-8"))["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _places(folder: Path) -> list[str]:
    with (folder / LOG).open(encoding="utf-8", errors="replace") as file:
        return list(deque(filter(is_place, map(str.rstrip, file)), maxlen=LINES))


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    """Holds a run's folder; gives the descriptor of the lock, for the process to inherit.

    Raises:
        TransientError: the process of a worker that is gone still has it.
    """
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + ORPHAN_SECONDS
        while True:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise TransientError("an earlier training process still runs") from None
                time.sleep(LOOK_SECONDS)
        yield lock
    finally:
        os.close(lock)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process that has not ended by itself."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
