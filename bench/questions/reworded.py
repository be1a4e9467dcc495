"""Questions of the sets `dev` and `more` in other words, each with a correction: to fit on.

They are about packages of which no correction is held out. `correction` is what a team could put
into the answer; whether its words stand elsewhere does not matter here.
"""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from bench.questions import FOLDER, load
from bench.questions.memories import Correction


@dataclass(frozen=True, kw_only=True)
class Reworded:
    """A question, by its id in the other sets, in other words."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    correction: str
    paraphrases: tuple[str, ...]


def reworded() -> list[Correction]:
    """Reads the file, as corrections of the half `dev`.

    Raises:
        pydantic.ValidationError: it is not of this shape.
        KeyError: a question is in neither set.
    """
    text = (FOLDER / "other_words.json").read_text(encoding="utf-8")
    known = {one.id: one for name in ("dev", "more") for one in load(name).answerable}
    return [
        Correction(
            id=one.id,
            half="dev",
            package=known[one.id].package,
            question=known[one.id].question,
            correction=one.correction,
            fact="",
            paraphrases=one.paraphrases,
            near=(),
            about=(one.id,),
        )
        for one in TypeAdapter(dict[str, list[Reworded]]).validate_json(text)["questions"]
    ]
