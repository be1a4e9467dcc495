"""Runs the start command of a rehearsed image as a container would: own user, read-only root.

Where we are root and may make mounts, the command runs in a mount namespace of its own whose
root is read-only; only the image's /data and an empty /tmp can be written. Elsewhere it runs
without that, and it is said so.
"""

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STARTS_WITHIN, STOPS_WITHIN = 180, 30
WRITABLE = ("/data", "/tmp")


class Broken(Exception):
    """A step that failed; its text says which and why."""


@dataclass(kw_only=True, slots=True)
class Container:
    """What runs: `root` stands for the image's `/`, `uid` for its user."""

    root: Path
    env: Mapping[str, str]
    workdir: Path
    uid: int
    start: Sequence[str]
    health: Sequence[str]
    read_only: bool = field(init=False)

    def __post_init__(self) -> None:
        self.read_only = os.geteuid() == 0 and _may_mount()
        # Found by the image's PATH, not by ours.
        self.start, self.health = (
            [shutil.which(words[0], path=self.env["PATH"]) or words[0], *words[1:]]
            for words in (self.start, self.health)
        )

    def serve(self) -> None:
        """Starts the command, waits for its health check, and stops it with SIGTERM."""
        process = self._started()
        try:
            self._wait_healthy(process)
            print("the health check passes; stopping", flush=True)
            process.send_signal(signal.SIGTERM)
            try:
                status = process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                raise Broken(f"CMD did not stop within {STOPS_WITHIN} s of SIGTERM") from None
            if status not in (0, -signal.SIGTERM, 128 + signal.SIGTERM):
                raise Broken(f"CMD stopped with status {status}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def written(self) -> list[str]:
        """The files that were written, by their paths in the image."""
        files = (path for top in WRITABLE for path in (self.root / top[1:]).rglob("*"))
        return sorted(f"/{path.relative_to(self.root)}" for path in files if path.is_file())

    def _started(self) -> "subprocess.Popen[bytes]":
        if not self.read_only:
            user = self.uid if os.geteuid() == 0 else None
            print("not read-only: that takes root and `unshare`", flush=True)
            return subprocess.Popen(
                self.start,
                cwd=self.workdir,
                env=self.env,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        data, temporary = (self.root / top[1:] for top in WRITABLE)
        temporary.mkdir(mode=0o1777, exist_ok=True)
        temporary.chmod(0o1777)
        steps = [
            ["mount", "--bind", data, data],
            ["mount", "--bind", temporary, "/tmp"],
            ["mount", "-o", "remount,bind,ro", "/"],
            # Else a place that the root's remount does not reach would pass for read-only.
            ["cd", self.workdir],
        ]
        script = " && ".join(shlex.join(map(str, step)) for step in steps)
        user = ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", f'{script} && exec "$@"', "-", *user, *self.start],
            env={**self.env, "PATH": f"{self.env['PATH']}:/usr/sbin:/sbin"},
        )

    def _wait_healthy(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + STARTS_WITHIN
        while True:
            if process.poll() is not None:
                raise Broken(f"CMD ended by itself with status {process.returncode}")
            check = subprocess.run(
                self.health,
                env=self.env,
                user=self.uid if os.geteuid() == 0 else None,
                cwd=self.workdir,
                capture_output=True,
                text=True,
            )
            if not check.returncode:
                return
            if time.monotonic() > until:
                raise Broken(f"HEALTHCHECK never passed:\n{check.stderr}")
            time.sleep(1)


def _may_mount() -> bool:
    """Whether this machine lets us make mounts of our own."""
    try:
        return not subprocess.run(
            ["unshare", "--mount", "mount", "-o", "remount,bind,ro", "/"], capture_output=True
        ).returncode
    except FileNotFoundError:
        return False
