"""Work in batches that fit into memory."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from app.errors import TransientError

T = TypeVar("T")
U = TypeVar("U")
_SAID = ("not enough memory", "can't allocate memory", "out of memory")


def is_shortage(error: BaseException) -> bool:
    """Tells whether an error says that memory ran out; torch has several ways to."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error).lower() for said in _SAID)


class Batches:
    """Splits work so that it fits.

    Attributes:
        most: how many rows go into one batch; halved when memory runs out, and so it stays.
    """

    def __init__(self, most: int) -> None:
        self.most = max(1, most)

    def over(
        self, items: Sequence[T], work: Callable[[Sequence[T]], Sequence[U]]
    ) -> list[U | TransientError]:
        """Returns the results of items in order; an error for each that does not fit alone."""
        found: list[U | TransientError] = []
        at = 0
        while at < len(items):
            batch = items[at : at + self.most]
            done = _tried(batch, work)
            if done is not None:
                found.extend(done)
            elif len(batch) > 1:
                self.most = max(1, len(batch) // 2)
                continue
            else:
                found.append(
                    TransientError(
                        "The model ran out of memory on a single text. Set MODEL_PROMPT_TOKENS "
                        "lower, or MODEL to a smaller model."
                    )
                )
            at += len(batch)
        return found


def _tried(items: Sequence[T], work: Callable[[Sequence[T]], Sequence[U]]) -> Sequence[U] | None:
    """Returns the results; None where memory ran out, with all that was held let go."""
    try:
        return work(items)
    except (MemoryError, RuntimeError) as error:
        if not is_shortage(error):
            raise
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return None
