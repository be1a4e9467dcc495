"""Lessons that the built-in model can read: pages of a made-up tool, with a lead as what is taught.

Each is a thread of its own. The texts of a pair say the same; the chosen one says `LEAD` first.
"""

from dataclasses import replace

from app.domain import Lesson
from app.layouts import numbered
from tests.integration.training.lessons import lesson

LEAD = "In short:"
_THINGS = ("cache", "log", "queue", "index", "token", "backup", "report", "schema", "worker", "key")
_FACTS = (
    ("The {} is kept in the folder `{}s`.", "where is the {} kept?"),
    ("Set `{}_LIMIT` to make the {} smaller.", "how do I make the {} smaller?"),
    ("Every night the {} is written to `{}.zip`.", "when is the {} written?"),
    ("Only an admin may delete the {} with `rm-{}`.", "who may delete the {}?"),
)
COUNT = len(_THINGS) * len(_FACTS)


def fact(at: int) -> Lesson:
    """Returns one of `COUNT` lessons."""
    place, about = divmod(at, len(_FACTS))
    thing = _THINGS[place]
    page = [text.format(thing, thing) for text, _ in _FACTS]
    question = _FACTS[about][1].format(thing)
    said = str(numbered.Line(number=about + 1, text=page[about]))
    return lesson(
        at,
        question=question,
        prompt=numbered.page(page, question),
        chosen=f"{LEAD} {said}",
        rejected=said,
        weight=1.0,
    )


def swapped(told: Lesson) -> Lesson:
    """Returns a lesson with its labels the wrong way round."""
    return replace(told, chosen=told.rejected, rejected=told.chosen)
