"""What `treadle backfill` does: asks, reads a repository's past, and says what is gone of it."""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.domain import Repository
from app.domain.backfill import Lost
from app.errors import GoneError, TransientError, UserError
from app.flows.backfill import Plan, Tell
from app.flows.backfill_compare import Comparing, Difference
from app.github.throttle import background
from app.settings import Settings, require_app
from app.store import copying, migrate

SHOWN = 20
"""Lines of a kind that are shown; the rest is counted."""
NEVER_SHOWN = (
    "GitHub never shows: reactions that were taken back, replies and questions that were deleted, "
    "what people were allowed to do before, and since when a reply is hidden."
)


def backfill(
    settings: Settings,
    full_name: str,
    *,
    since: datetime | None,
    agreed: Callable[[str], bool],
    console: Console,
) -> int:
    """Reads and learns the past of a repository; where an earlier call was cut off, goes on.

    Args:
        settings: with an App.
        full_name: OWNER/REPO.
        since: leaves out what was posted before.
        agreed: puts a question and returns whether the answer is yes.
        console: where all is shown.

    Returns:
        The exit status: 1 where the answer was no.

    Raises:
        UserError: the App is not on the repository.
        TransientError: GitHub does not answer; calling again goes on from there.
    """
    with closing(_bot(settings)) as bot, background():
        repository = _repository(bot, full_name)
        _announce(bot.backfill.plan(repository, since), full_name, console)
        if not agreed("Go on?"):
            console.print("Nothing was read.")
            return 1
        lost = _run(bot, repository, since, console)
        replies = len(bot.store.replies.ids(repository.id))
        console.print(f"{replies} replies of {full_name} are kept, with all that they taught.")
        _list("Not shown any more:", [f"{one.url}: {one.what}" for one in lost], console)
        console.print(NEVER_SHOWN)
    return 0


def check(
    settings: Settings,
    full_name: str,
    *,
    since: datetime | None,
    agreed: Callable[[str], bool],
    console: Console,
) -> int:
    """Compares what is kept of a repository with what GitHub shows; changes nothing here.

    The past is read into a database of its own, which is thrown away, and both are compared row
    by row. What only this database can know is copied into it first: what people decided and
    took back, and the configuration.

    Returns:
        The exit status: 1 where something differs that should not, or the answer was no.
    """
    with (
        closing(_bot(settings)) as bot,
        tempfile.TemporaryDirectory(prefix="treadle-") as folder,
        background(),
    ):
        repository = _known(bot, full_name)
        aside = settings.model_copy(
            update={"database_url": f"sqlite:///{Path(folder) / 'shown.db'}"}
        )
        migrate(aside)
        with closing(build(aside, github=bot.context.github)) as other:
            copying.repository(bot.store.engine, other.store.engine, repository.id)
            _announce(other.backfill.plan(repository, since), full_name, console)
            if not agreed("Go on?"):
                console.print("Nothing was read.")
                return 1
            lost = _run(
                other,
                repository,
                since,
                console,
                before=lambda: copying.removals(
                    bot.store.engine, other.store.engine, repository.id
                ),
            )
            login = bot.context.github.login
            comparing = Comparing(bot.store, other.store, repository.id, own_login=login, lost=lost)
            found = comparing.differences(since)
    return _show(found, full_name, console)


def _run(
    bot: Bot,
    repository: Repository,
    since: datetime | None,
    console: Console,
    before: Callable[[], None] = lambda: None,
) -> Sequence[Lost]:
    """Reads and learns, and shows how far it is; `before` is called between the two."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    shown = console if console.is_terminal else Console(stderr=True)
    with Progress(*columns, console=shown, transient=True) as progress:
        task = progress.add_task("Reading comments", total=None)

        def tell(doing: str, done: int, of: int) -> None:
            progress.update(task, description=doing, completed=done, total=of or None)

        told: Tell = tell
        try:
            state = bot.backfill.read(repository, since, told)
        except TransientError as error:
            raise TransientError(f"{error}. The same command goes on from there.") from error
        before()
        return bot.backfill.learn(repository, state, told)


def _announce(plan: Plan, full_name: str, console: Console) -> None:
    """Says what is ahead."""
    if plan.begun is not None:
        console.print(
            f"It goes on where it was cut off: {plan.begun.comments} comments are read, and "
            f"{plan.begun.replies} replies kept."
        )
    console.print(
        f"{full_name} has up to {plan.comments} comments to read. Calls of GitHub's REST "
        f"interface: {plan.calls}, and one for each person who voted or edited. Points of "
        f"GraphQL: up to {plan.points}. GitHub allows 5,000 of each an hour; answers go first, "
        "and over a limit it waits."
    )


def _show(found: Sequence[Difference], full_name: str, console: Console) -> int:
    """Prints what differs; returns the exit status."""
    faults = [one for one in found if not one.reason]
    if not faults:
        console.print(f"What is kept of {full_name} is what GitHub shows of it.")
    _list("Different:", [_line(one) for one in faults], console)
    reasons = Counter(one.reason for one in found if one.reason)
    _list(
        "Different, as it must be:",
        [f"{count} times: {reason}" for reason, count in reasons.most_common()],
        console,
    )
    if faults:
        console.print(f"`treadle backfill {full_name}` takes over what is shown and not kept.")
    return 1 if faults else 0


def _line(one: Difference) -> str:
    return f"{one.url}: {one.what}" if one.url else one.what


def _list(title: str, lines: Sequence[str], console: Console) -> None:
    if not lines:
        return
    console.print(title)
    for line in lines[:SHOWN]:
        console.print(f"  {line}", markup=False)
    if len(lines) > SHOWN:
        console.print(f"  and {len(lines) - SHOWN} more")


def _bot(settings: Settings) -> Bot:
    require_app(settings)
    migrate(settings)
    return build(settings)


def _repository(bot: Bot, full_name: str) -> Repository:
    """Looks the repository up at GitHub, and notes it here: nothing may be known of it yet."""
    owner, _, name = full_name.partition("/")
    try:
        found = bot.context.github.repository(owner, name)
    except (GoneError, ValueError) as error:
        raise UserError(
            f"GitHub shows this App no {full_name}: install the App there first"
        ) from error
    bot.store.repositories.save(found)
    bot.store.repositories.set_installation_state(
        found.installation_id, "active", bot.context.clock()
    )
    return found


def _known(bot: Bot, full_name: str) -> Repository:
    owner, _, name = full_name.partition("/")
    found = bot.store.repositories.by_name(owner, name)
    if found is None:
        raise UserError(f"Nothing is kept of {full_name}: there is nothing to compare.")
    return found
