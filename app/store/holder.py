"""Who holds something: this process, told apart from all others on all machines."""

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

_TOKEN = secrets.token_hex(8)


def place() -> str:
    """Names where process ids mean the same: a machine, or a container on it."""
    namespace = ""
    with suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    return f"{socket.gethostname()[:128]}:{namespace}"


def this_process() -> str:
    """Returns the name of this process, at most 200 characters; a restart makes another."""
    return f"{place()}/{os.getpid()}/{_TOKEN}"


def gone(process: str) -> bool:
    """Tells whether a process has surely ended; False where that cannot be known from here.

    Args:
        process: what `this_process` returned, there or here, with or without more behind it.
    """
    where, _, rest = process.partition("/")
    number, _, token = rest.partition("/")
    if where != place() or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return not token.startswith(_TOKEN)
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
