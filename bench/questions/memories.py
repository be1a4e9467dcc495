"""Corrections that people of a repository could make, and who should be told them.

Each is of an answer to `question` about an installed package, and says what the package's text
does not say: what this team does. `fact` is the part of it that an answer has to carry, one string
of letters that no text of the package has. `paraphrases` ask for the same in other words; `near`
are other questions in the same words. `about` names questions of the sets `dev` and `more` that ask
for the same, so that they are no unrelated ones.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from bench.questions import FOLDER, Package, load

Half = Literal["dev", "held out"]


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One correction; those of `dev` are for tuning, those `held out` are for measuring."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    half: Half
    package: str
    question: str
    correction: str
    fact: str
    paraphrases: tuple[str, ...]
    near: tuple[str, ...]
    about: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """All of them, with the packages that they are about; no package is in both halves."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    packages: dict[str, Package]
    corrections: tuple[Correction, ...]

    def unrelated(self, one: Correction) -> list[str]:
        """Returns questions about the package that a correction does not answer.

        They are its own `near` ones, what the package's other corrections are of, in all words
        that they are asked in, and the questions of the sets `dev` and `more`.
        """
        others = [other for other in self.corrections if other.package == one.package]
        found = list(one.near)
        for other in others:
            if other.id != one.id:
                found += [other.question, *other.paraphrases, *other.near]
        for name in ("dev", "more"):
            known = load(name)
            found += [
                item.question
                for item in (*known.answerable, *known.unanswerable)
                if item.package == one.package and item.id not in one.about
            ]
        return list(dict.fromkeys(found))


def corrections() -> Corrections:
    """Reads the file.

    Raises:
        pydantic.ValidationError: it is not of this shape.
    """
    text = (FOLDER / "memory.json").read_text(encoding="utf-8")
    return TypeAdapter(Corrections).validate_json(text)
