"""`/treadle VERB words`: what people tell the bot about what it learns, and what it says then.

```
argument = verb [ space words ]        the first line of the command's argument
verb     = a name of `Verbs`           case does not matter
words    = the rest of the line, without the quotes that stand around all of it
```
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain import Ask, Comment, Permission, Person, Repository
from app.errors import UserError
from app.flows.admission import WINDOW, Refusal
from app.flows.people import People
from app.store import Store

TREADLE = "treadle"
PER_DAY = 10
"""Times in `WINDOW` that a person who may not write is heard in a repository."""

_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What one person told the bot: `words` behind the verb, `url` of the comment.

    `at` is when, where that is not just now.
    """

    repository: Repository
    number: int
    person: Person
    words: str
    url: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """What a verb does, for whom: `usage` is how it is written, `act` returns what is posted.

    `act` may run again after a crash. It raises `UserError` where the person can put it right.
    """

    usage: str
    needed: Permission
    act: Callable[[Told], str]


class Verbs:
    """The verbs of `/treadle`, by name."""

    def __init__(self, store: Store, people: People, verbs: Mapping[str, Verb]) -> None:
        self._store = store
        self._people = people
        self._verbs = verbs

    def refusal(
        self, ask: Ask, argument: str, comment: Comment, repository: Repository
    ) -> Refusal | None:
        """Returns why a person is not heard, or None."""
        name, _ = parts(argument)
        verb = self._verbs.get(name)
        permission = self._people.permission(repository, comment.author)
        if verb is not None and permission < verb.needed:
            reason = (
                f"`/{TREADLE} {name}` is for people with {verb.needed.name.lower()} permission or "
                "more in this repository."
            )
            return Refusal(reason=reason, tell=permission >= Permission.TRIAGE)
        if permission < Permission.WRITE:
            since = ask.created_at - WINDOW
            if self._store.asks.earlier(ask, since=since, helping=False) >= PER_DAY:
                return Refusal(reason="", tell=False)
        return None

    def obey(self, ask: Ask, argument: str, comment: Comment, repository: Repository) -> str:
        """Does what a person tells the bot; returns what is posted.

        Raises:
            UserError: there is no such verb, or it cannot be done, with why.
        """
        name, words = parts(argument)
        verb = self._verbs.get(name)
        if verb is None:
            known = "\n".join(f"- `/{TREADLE} {one.usage}`" for one in self._verbs.values())
            raise UserError(f"`/{TREADLE}` is told what to do by one of these:\n\n{known}")
        return verb.act(
            Told(
                repository=repository,
                number=ask.number,
                person=comment.author,
                words=words,
                url=comment.url,
            )
        )


def parts(argument: str) -> tuple[str, str]:
    """Splits a command's argument into its verb, in small letters, and the words behind it."""
    verb, _, rest = argument.partition("\n")[0].strip().partition(" ")
    words = rest.strip()
    if len(words) > 1 and words[-1] == _QUOTES.get(words[0]):
        words = words[1:-1].strip()
    return verb.lower(), words
