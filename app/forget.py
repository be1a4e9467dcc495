"""What `treadle forget` does: deletes all that is kept of a repository, after asking."""

from collections.abc import Callable
from contextlib import closing

from rich.console import Console
from rich.markup import escape

from app.bootstrap import build
from app.errors import UserError
from app.github.offline import Offline
from app.settings import Settings
from app.store import Store, migrate


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
    migrate(settings)
    with closing(build(settings, github=Offline())) as bot:
        owner, _, name = full_name.partition("/")
        repositories = bot.store.forgotten.named(owner, name)
        if not repositories:
            raise UserError(f"Nothing is kept of {full_name}.")
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


def _kept(store: Store, repository_id: int) -> str:
    """Says what is kept of a repository, in numbers."""
    counts = {
        "questions": len(store.forgotten.asks(repository_id)),
        "training runs": len(store.forgotten.runs(repository_id)),
        "adapters": len(store.adapters.versions(repository_id)),
        "versions of its dictionary": len(store.weights.versions(repository_id)),
    }
    return ", ".join(f"{many} {what}" for what, many in counts.items())
