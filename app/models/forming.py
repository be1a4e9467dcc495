"""One whole text in a format: sampled until one has it, by back ends that can promise and others.

A back end that holds its texts to the format needs one try, unless the text was cut at its limit.
"""

from collections.abc import Callable

from app.domain import Piece
from app.errors import UserError
from app.layouts.formats import Format

_SHOWN = 200


def formed(sample: Callable[[], Piece | None], wanted: Format, tries: int) -> str:
    """Returns the first of some samples that has a format.

    Args:
        sample: gives one text as a piece; None where a limit of the ask is reached.
        wanted: the format.
        tries: samples at most.

    Raises:
        UserError: none had it; says what came last.
    """
    fault, said = "nothing may be written any more within the limits of the ask", ""
    for _ in range(tries):
        piece = sample()
        if piece is None:
            break
        said = piece.text
        fault = wanted.fault(said)
        if not fault:
            return said
        if not piece.finished:
            fault = "it was cut at its limit of tokens"
    raise UserError(
        f"The model wrote nothing in the format that was asked for: {fault}. It wrote "
        f"{_shown(said)}. Set TREADLE_MODEL to a larger model, or raise "
        f"TREADLE_MODEL_FORMAT_TRIES."
    )


def _shown(text: str) -> str:
    """Shows what a model wrote, so that it can neither end the quotation nor steer a terminal."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …") if text else "nothing"
