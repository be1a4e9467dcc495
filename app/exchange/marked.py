"""Chain of Hindsight sequences taken apart again: which text is the good one, which the bad."""

from collections.abc import Sequence

from app.exchange.values import Fault
from app.feedback.pairs import hindsight

FORMS = ("p", "n", "pn", "np")


def forms_of(chosen: str, rejected: str) -> Sequence[str]:
    """Returns the forms in which two texts, of which one may be empty, can be told."""
    if chosen and rejected:
        return "pn", "np"
    return ("p",) if chosen else ("n",)


def told(form: str, chosen: str, rejected: str) -> list[tuple[str, bool]]:
    """Returns the texts of a form in its order, each with whether it is the good one."""
    return [(chosen, True) if side == "p" else (rejected, False) for side in form]


def marked(prompt: str, chosen: str, rejected: str, form: str) -> tuple[str, list[tuple[int, int]]]:
    """Writes a sequence of one form; returns it and the (start, end) of each text in it."""
    return hindsight(prompt, told(form, chosen, rejected))


def taken_apart(form: str, text: str, segments: object) -> tuple[str, str]:
    """Returns the chosen and the rejected text of a sequence, empty where it has none.

    Args:
        form: p, n, pn or np.
        text: the sequence.
        segments: a [start, end] for each text in it.

    Raises:
        Fault: form, text and segments do not fit together.
    """
    if form not in FORMS:
        raise Fault(f"“form” has to be one of: {', '.join(FORMS)}")
    if not isinstance(segments, Sequence) or len(segments) != len(form):
        raise Fault(f"“segments” has to have {len(form)} entries, as “form” has")
    sides = {"p": "", "n": ""}
    before = 0
    for side, segment in zip(form, segments, strict=True):
        if not isinstance(segment, Sequence) or len(segment) != 2:
            raise Fault("an entry of “segments” has to be a start and an end")
        start, end = segment
        whole = all(isinstance(one, int) and not isinstance(one, bool) for one in segment)
        if not whole or not before <= start < end <= len(text):
            raise Fault("“segments” has to name stretches of “text”, one after the other")
        sides[side] = text[start:end]
        before = end
    return sides["p"], sides["n"]
