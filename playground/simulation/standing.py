"""How far a simulation is, for pages, programs and the terminal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """What a simulation is at. The last three are final."""

    ASKING = "asking"
    JUDGING = "judging"
    DONE = "done"
    STOPPED = "stopped"
    BROKEN = "broken"

    @property
    def final(self) -> bool:
        """Whether nothing more happens."""
        return self in (Phase.DONE, Phase.STOPPED, Phase.BROKEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Late:
    """A question whose reply did not come in time, and the number of its issue."""

    number: int
    question: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How far a simulation is.

    Attributes:
        repository: `owner/name` of where it asks.
        wanted: How many questions it is to ask.
        asked, answered: How many it asked, and got a reply to in time.
        edited, voted, left: What was done to the replies so far; `left` were left alone.
        late: What was not answered in time.
        said: Why it ended as it did, in words.
    """

    repository: str
    wanted: int
    phase: Phase = Phase.ASKING
    asked: int = 0
    answered: int = 0
    edited: int = 0
    voted: int = 0
    left: int = 0
    late: tuple[Late, ...] = ()
    said: str = ""

    @property
    def judged(self) -> int:
        """How many replies were looked at."""
        return self.edited + self.voted + self.left

    @property
    def steps(self) -> int:
        """How many steps there are in all: a reply to each question, a judgement of each."""
        return 2 * self.wanted

    @property
    def step(self) -> int:
        """How many of them are over; what came too late is over twice."""
        return self.answered + self.judged + 2 * len(self.late)

    @property
    def words(self) -> str:
        """Says in one line where it stands."""
        parts = [f"{self.asked} of {self.wanted} asked", f"{self.answered} answered"]
        parts += [f"{self.edited} edited", f"{self.voted} given 👍", f"{self.left} left alone"]
        if self.late:
            parts.append(f"{len(self.late)} without a reply in time")
        return ", ".join(parts)

    def json(self) -> dict[str, Any]:
        """As programs are told it."""
        return asdict(self)


def from_json(values: Mapping[str, Any]) -> Standing:
    """Reads what `Standing.json` wrote."""
    late = tuple(Late(**one) for one in values["late"])
    return Standing(**{**values, "phase": Phase(values["phase"]), "late": late})
