"""What people took back of what they taught, and whose words are used for nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """That words were taken back at a time. It has none of them, and stays as long as its
    repository: GitHub still shows them, and they are not to be learned again.

    `reply_id` with `person_id`: what one person said of one reply, or asked there. `reply_id`
    alone: all that the reply taught. `person_id` alone: all that the person ever said in the
    repository. `done_at` is None until all of it is deleted here. `id` is 0 until stored.
    """

    id: int = 0
    repository_id: int
    reply_id: int | None = None
    person_id: int | None = None
    at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Barred:
    """The words of one repository that must not be learned from, whatever GitHub shows.

    `out` are the account ids of those who opted out; `removals` are of persons.
    """

    out: Collection[int] = frozenset()
    removals: Sequence[Removal] = ()

    def covers(self, reply_id: int, person_id: int, said_at: datetime) -> bool:
        """Tells whether what a person said of a reply at a time must not be learned from."""
        if not person_id:
            return False
        return person_id in self.out or any(
            one.person_id == person_id and one.reply_id in (None, reply_id) and said_at <= one.at
            for one in self.removals
        )
