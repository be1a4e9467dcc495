"""Forms of questions: pieces of text with slots between them, by kind."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.training.bobbin.reading import Reading
from app.training.bobbin.verbs import is_third

_SLOT = re.compile(r"\{([^}]+)\}")
_NEEDS = {
    "act": ("act", "aim"),
    "condition": ("condition",),
    "name": ("names", "parameter"),
    "name_only": ("names",),
    "subject": ("subject",),
    "deed": ("subject",),
    "error": ("errors",),
    "default": ("default",),
    "noun": ("nouns",),
    "keys": ("words",),
    "plight": ("nouns",),
}
"""What of a reading there must be for a kind; the kinds not here need a cue of their name."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A form of questions: texts and slots in turn, one text more than slots."""

    texts: tuple[str, ...]
    slots: tuple[str, ...]


@cache
def frames() -> dict[str, tuple[float, tuple[Frame, ...]]]:
    """Returns the share of each kind of question, and its forms."""
    found: dict[str, tuple[float, list[Frame]]] = {}
    kind = ""
    for line in (Path(__file__).parent / "frames.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            _, kind, share = line.split()
            found[kind] = (float(share), [])
        elif line and not line.startswith("#"):
            pieces = _SLOT.split(line)
            found[kind][1].append(Frame(tuple(pieces[::2]), tuple(pieces[1::2])))
    return {name: (share, tuple(forms)) for name, (share, forms) in found.items()}


def kinds(reading: Reading) -> tuple[list[str], list[float]]:
    """Returns the kinds of questions that a sentence may answer, and their shares."""
    known = [
        kind for kind, needs in _NEEDS.items() if any(getattr(reading, need) for need in needs)
    ]
    known += reading.cues
    if reading.verb:
        third_person = is_third(reading.verb[0].low)
        known = [kind for kind in known if kind != ("subject" if third_person else "deed")]
    return known, [frames()[kind][0] for kind in known]
