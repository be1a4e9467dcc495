"""How the process of a local model is started, and what it prints is read."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import IO

LINE_BYTES = 500
"""Longer lines are cut into several."""
_PLACES = re.compile(
    r"treadle: (\w+|[^:]+:\d+ in \S+)|Fatal Python error: [\w ]+|"
    r"(Current thread|Thread) 0x[0-9a-f]+ \(most recent call first\):|"
    r'  File "[^"]+", line \d+ in \S+'
)
"""What `app.models.host` and Python's fault handler write: nothing of it is a value."""
_NEEDED = re.compile(
    r"PATH|HOME|USER|LOGNAME|TMPDIR|LANG|LANGUAGE|TZ|VIRTUAL_ENV|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|"
    r"CURL_CA_BUNDLE|(?i:https?_proxy|all_proxy|no_proxy)|"
    r"PYTHON\w+|(LC|HF|HUGGINGFACE|HUGGING_FACE|TRANSFORMERS|TOKENIZERS|TORCH|PYTORCH|CUDA|CUBLAS|"
    r"NVIDIA|NCCL|HIP|ROCR|HSA|OMP|MKL|GOMP|KMP|OPENBLAS|XDG|LD|DYLD|MALLOC)_\w+"
)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Returns what of an environment the process is given: nothing that it does not need.

    Treadle's own settings, with their secrets, are not; what finds and opens models is.
    """
    needed = {name: value for name, value in variables.items() if _NEEDED.fullmatch(name)}
    # It finds modules where this process does, in the same order.
    paths = [path or os.getcwd() for path in sys.path]  # noqa: PTH109
    return {
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        **needed,
        "PYTHONPATH": os.pathsep.join(paths),
    }


def start(descriptor: int, engine: str) -> "subprocess.Popen[bytes]":
    """Starts the process.

    Args:
        descriptor: of the end of a connection, which it inherits.
        engine: the `module:class` that runs jobs in it.

    Raises:
        OSError: the system starts no process.
    """
    program = [sys.executable, "-P", "-m", "app.models.host"]
    return subprocess.Popen(
        [*program, str(descriptor), str(os.getpid()), engine],
        pass_fds=[descriptor],
        env=environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # A terminal's Ctrl-C is for the parent, which ends this process in order.
        start_new_session=True,
    )


def lines(stream: IO[bytes]) -> Iterator[str]:
    """Reads what the process prints, until its end."""
    while raw := stream.readline(LINE_BYTES):
        yield raw.decode("utf-8", "replace").rstrip("\n")


def is_place(line: str) -> bool:
    """Tells whether a line only names places in code."""
    return _PLACES.fullmatch(line) is not None


def cause(status: int) -> str:
    """Says in words how a process ended."""
    if status >= 0:
        return f"status {status}"
    name = (signal.strsignal(-status) or f"signal {-status}").lower()
    return f"{name}; is there enough memory?" if -status == signal.SIGKILL else name
