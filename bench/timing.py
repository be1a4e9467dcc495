"""Times of short pieces of work, in this process's own time on a processor."""

import os
import time
from collections.abc import Callable


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """Returns the shortest time of some rounds, in milliseconds.

    Time of the processor, so that what else the machine does counts little; the shortest, since
    all that disturbs makes it longer.
    """
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return 1000 * min(times)


def load() -> float:
    """Returns how many processes wanted a processor in the last minute, on average."""
    return round(os.getloadavg()[0], 1)
