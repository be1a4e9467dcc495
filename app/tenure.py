"""A worker's hold on its name: no other that lives has the same one.

Work in hand is known by the name of its worker, and whoever starts under that name takes it
up. So two of one name would do the same work twice.
"""

import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from app.errors import ConfigError
from app.settings import Settings
from app.store.holder import gone, place, this_process
from app.store.workers import Workers

_POLL_SECONDS = 0.2


class Tenure:
    """One worker's hold on its name, from `take` to `end`.

    On one machine a locked file in `DATA_DIR` stands for it, which the system gives back when
    the process ends in whatever way. Beyond that there is only the worker's sign of life.
    """

    def __init__(self, settings: Settings, workers: Workers, name: str) -> None:
        self._path = settings.data_dir / f"worker-{quote(name, safe='')[:200]}.lock"
        self._silence = settings.worker_silence
        self._workers = workers
        self._name = name
        self._instance = this_process()
        self._file: int | None = None

    def take(self) -> None:
        """Takes the name, and gives the first sign of life.

        Where another machine had it lately, this waits for half of `worker_silence`, in which
        one that lives is heard of.

        Raises:
            ConfigError: a worker of that name lives.
        """
        self._file = _locked(self._path)
        if self._file is None or self._lives_elsewhere():
            self.end()
            raise ConfigError([self.taken])
        self._workers.beat(self._name, datetime.now(UTC), self._instance)

    def keep(self) -> bool:
        """Gives a sign of life; False where another has taken the name in the meantime."""
        return self._workers.beat_again(self._name, datetime.now(UTC), self._instance)

    def end(self) -> None:
        """Leaves the name to others on this machine."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @property
    def taken(self) -> str:
        """Says that somebody else has the name, and what to do."""
        return (
            f"a worker named {self._name} is running already: give each worker a name of its "
            "own with TREADLE_WORKER_ID, or stop the other one first"
        )

    def _lives_elsewhere(self) -> bool:
        first = self._workers.newest_beat(self._name)
        if first is None or first.retired or not first.instance or gone(first.instance):
            return False
        if first.instance == self._instance:
            return False
        age = (datetime.now(UTC) - first.at).total_seconds()
        if age > self._silence:
            return False
        if first.instance.partition("/")[0] == place():
            # It is not gone, so it lives: with another `DATA_DIR`, since its lock is not here.
            return True
        deadline = time.monotonic() + self._silence / 2
        while time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            newest = self._workers.newest_beat(self._name)
            if newest is None or newest.retired:
                return False
            if newest.at != first.at:
                return True
        return False


def _locked(path: Path) -> int | None:
    """Opens and locks a file; None where another holds it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
