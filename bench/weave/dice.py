"""Chance that depends on what is asked alone, never on the order of asking.

So every method meets the same draws at the same places, which makes their differences sharp.
"""

import math
import struct
from hashlib import blake2b

_NUMBERS = struct.Struct("<10I")


class Dice:
    """Chance of one problem; equal seeds give equal throws."""

    def __init__(self, seed: str) -> None:
        self._key = blake2b(seed.encode(), digest_size=32).digest()

    def throw(self, about: str) -> tuple[float, ...]:
        """Returns 10 uniform numbers in [0, 1), always the same ones for the same `about`."""
        digest = blake2b(about.encode(), key=self._key, digest_size=_NUMBERS.size).digest()
        return tuple([number / 2**32 for number in _NUMBERS.unpack(digest)])

    def normal(self, about: str) -> float:
        """Returns a standard normal number (Box and Muller 1958)."""
        first, second, *_ = self.throw(about)
        return math.sqrt(-2 * math.log(1 - first)) * math.cos(2 * math.pi * second)
