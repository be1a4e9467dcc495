"""Which processes have surely ended."""

import os
import subprocess
import sys

from app.store import holder


def another() -> str:
    """Returns the name of a process that has ended."""
    program = "from app.store.holder import this_process; print(this_process())"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_this_process_is_there() -> None:
    assert not holder.gone(holder.this_process())
    assert not holder.gone(f"{holder.this_process()}/more")
    assert len(holder.this_process()) <= 200


def test_one_that_ended_here_is_gone() -> None:
    assert holder.gone(another())
    assert holder.gone(f"{another()}/more")


def test_an_earlier_process_of_the_same_number_is_gone() -> None:
    assert holder.gone(f"{holder.place()}/{os.getpid()}/0123456789abcdef/more")


def test_one_that_lives_here_is_not_gone() -> None:
    assert not holder.gone(f"{holder.place()}/{os.getppid()}/0123456789abcdef")
    assert not holder.gone(f"{holder.place()}/1/0123456789abcdef")


def test_what_happens_elsewhere_is_not_known() -> None:
    assert not holder.gone("other:pid:[1]/999999/0123456789abcdef")
    assert not holder.gone("")
    assert not holder.gone(f"{holder.place()}/x/y")
