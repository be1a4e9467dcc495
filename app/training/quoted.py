"""What an answer quotes of its prompt, and what shape it has: from texts alone.

In the numbered layout what is quoted are an answer's sentences, without leads, that stand on the
page word for word. In the passages layout they are its runs of six words that stand in the
sources; case, punctuation and marks of citation do not count, so that a quotation may be set as
a list or in bold. A text shorter than six words quotes nothing there.
"""

import re
from itertools import pairwise

from app.layouts import Layout, numbered
from app.layouts.templates import template
from app.text.words import phrase_tokens

RUN = 6
"""Words of a run that is no accident."""
_REPEAT = 4
"""Words of a run that an answer should not say twice."""
_LONGEST_OPENING = 8
_CITATION = re.compile(r"\[(\d{1,3})\]")


def quotes(answer: str, prompt: str, layout: Layout) -> frozenset[str]:
    """Returns what an answer quotes, each sentence or run once."""
    if layout is Layout.NUMBERED:
        lines = numbered.read(answer) or []
        return frozenset(line.text for line in lines if f"] {line.text}\n" in prompt)
    return _runs(answer) & _runs(_sources(prompt))


def kept(before: frozenset[str], after: frozenset[str]) -> float | None:
    """Returns the share of what was quoted that still is; None where nothing was."""
    return len(before & after) / len(before) if before else None


def cited(answer: str) -> int | None:
    """Returns the number of the source that an answer cites first; None where it cites none."""
    found = _CITATION.search(answer)
    return int(found[1]) if found else None


def repeated(answer: str) -> float:
    """Returns the share in [0, 1] of an answer's runs of four words that stood in it before."""
    words = answer.casefold().split()
    runs = [tuple(words[at : at + _REPEAT]) for at in range(len(words) - _REPEAT + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def doubled(answer: str) -> bool:
    """Tells whether an answer opens with the same words twice, or leads in two lines alike."""
    words = answer.casefold().split()
    if any(words[:n] == words[n : 2 * n] for n in range(1, _LONGEST_OPENING + 1) if words[n:]):
        return True
    leads = [line.lead for line in numbered.read(answer) or []]
    return any(one and one == other for one, other in pairwise(leads))


def _runs(text: str) -> frozenset[str]:
    words = phrase_tokens(_CITATION.sub(" ", text))
    return frozenset(" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _sources(prompt: str) -> str:
    """Returns what stands at the place of the sources; the whole prompt where that is not found."""
    above, below = template("answer").split("{{sources}}")
    above, below = above.rpartition("}}")[2], below.partition("{{")[0]
    after = prompt.partition(above)[2]
    return after.rpartition(below)[0] or prompt
