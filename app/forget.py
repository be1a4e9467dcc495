"""What `treadle forget`, `opt-out` and `opt-in` do: they delete what is kept, after asking."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from app.bootstrap.bot import Bot
from app.bootstrap.offline import offline
from app.domain import OPERATOR, Person, Repository
from app.errors import UserError
from app.known import kept
from app.settings import Settings
from app.store import Store
from app.takeout import person_of

REST = (
    "The rest, what was computed from it and files, workers delete within a few minutes, or when "
    "they start."
)


def forget(
    settings: Settings, full_name: str, *, agreed: Callable[[str], bool], console: Console
) -> int:
    """Deletes all of a repository now, whether or not the App is still on it.

    Where several had the name, one after the other, all of them are meant.

    Args:
        settings: as `settings.load` returns them; an App is not needed.
        full_name: OWNER/REPO.
        agreed: puts a question and returns whether the answer is yes.
        console: where all is shown.

    Returns:
        The exit status: 1 where the answer was no.

    Raises:
        UserError: nothing is kept of such a repository.
        TransientError: the queue, or where adapters are kept, cannot be reached; what is not
            deleted by then is deleted by the next call.
    """
    with offline(settings) as bot:
        repositories = kept(bot.store, full_name)
        if len(repositories) > 1:
            console.print(f"{len(repositories)} repositories had this name, one after the other.")
        installed = bot.store.repositories.installed()
        for repository in repositories:
            console.print(
                f"Of {escape(repository.full_name)} is kept: {_kept(bot.store, repository.id)}."
            )
            if repository.id in installed:
                console.print(
                    "The App is still on it, as far as is known here: what happens there from now "
                    "on is kept anew. Take the App off it to end that."
                )
        if not agreed("Delete all of it, for good?"):
            console.print("Nothing was deleted.")
            return 1
        for repository in repositories:
            bot.forgetting.repository(repository)
        console.print(
            "All of it was deleted here. Other workers delete what is on their disks within ten "
            "minutes, or when they start."
        )
    return 0


def forget_person(
    settings: Settings,
    full_name: str,
    who: str,
    *,
    agreed: Callable[[str], bool],
    console: Console,
) -> int:
    """Deletes all that one person ever said or asked in a repository.

    Args:
        settings: as `settings.load` returns them; an App is not needed.
        full_name: OWNER/REPO.
        who: login, or the number of the account.
        agreed: puts a question and returns whether the answer is yes.
        console: where all is shown.

    Returns:
        The exit status: 1 where the answer was no.

    Raises:
        UserError: nothing is kept of such a repository, or of such a person.
    """
    with _of(settings, full_name, who) as (bot, repository, person):
        if not bot.store.removals.has_words(repository.id, person.id):
            raise UserError(f"Nothing is kept that {who} said in {full_name}.")
        if not agreed(f"Delete all that {who} said and asked in {full_name}, for good?"):
            console.print("Nothing was deleted.")
            return 1
        bot.taking_back.words(repository, person, key=_key(), by=OPERATOR)
        bot.taking_back.erase()
        console.print(f"Their words and their name were deleted. {REST}")
        console.print(
            "What they say from now on is learned from, unless they opt out: `treadle opt-out`."
        )
    return 0


def opt_out(settings: Settings, full_name: str, who: str, *, console: Console) -> None:
    """Lets a person's words be used for nothing.

    Raises:
        UserError: nothing is kept of such a repository, or of such a person.
    """
    with _of(settings, full_name, who) as (bot, repository, person):
        bot.taking_back.opt_out(repository, person, key=_key(), by=OPERATOR)
        bot.taking_back.erase()
    console.print(f"Nothing is learned from {who} in {full_name} from now on. {REST}")


def opt_in(settings: Settings, full_name: str, who: str, *, console: Console) -> None:
    """Lets a person's words count that are said from now on.

    Raises:
        UserError: they count already, or nothing is kept of such a repository or person.
    """
    with _of(settings, full_name, who) as (bot, repository, person):
        if not bot.taking_back.opt_in(repository, person, key=_key(), by=OPERATOR):
            raise UserError(f"{who} has not opted out of {full_name}.")
    console.print(f"What {who} says in {full_name} from now on is learned from again.")


@contextmanager
def _of(settings: Settings, full_name: str, who: str) -> Iterator[tuple[Bot, Repository, Person]]:
    with offline(settings) as bot:
        repository = kept(bot.store, full_name)[0]
        yield bot, repository, person_of(bot.store, repository, who)


def _key() -> str:
    """Names an order of the command line, each one anew."""
    return f"command:{uuid.uuid4().hex}"


def _kept(store: Store, repository_id: int) -> str:
    """Says what is kept of a repository, in numbers."""
    counts = {
        "questions": len(store.forgotten.asks(repository_id)),
        "training runs": len(store.forgotten.runs(repository_id)),
        "adapters": len(store.adapters.versions(repository_id)),
        "versions of its dictionary": len(store.weights.versions(repository_id)),
    }
    return ", ".join(f"{many} {what}" for what, many in counts.items())
