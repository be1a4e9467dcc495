"""Single keys from a terminal, none of them lost, however fast they are pressed.

https://man7.org/linux/man-pages/man3/termios.3.html
"""

import os
import select
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ESCAPE = b"\x1b"


@contextmanager
def keys(terminal: int) -> Iterator[Callable[[], str]]:
    """Lets a terminal give its keys one by one, without showing them, and undoes that.

    Args:
        terminal: the descriptor of one.

    Yields:
        What waits for the next key and returns it; empty where no more will come, or Ctrl-C was
        pressed. A key that sends several characters, such as an arrow, is Escape.
    """
    before = termios.tcgetattr(terminal)
    # Drained, not flushed: what was typed ahead counts.
    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        yield lambda: _pressed(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _pressed(terminal: int) -> str:
    try:
        key = os.read(terminal, 1)
        if key == _ESCAPE and select.select([terminal], [], [], 0)[0]:
            os.read(terminal, 16)
    except (KeyboardInterrupt, OSError):
        return ""
    return key.decode("ascii", "replace")
