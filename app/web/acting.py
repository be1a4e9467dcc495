"""What the buttons of the training pages do: begin and cancel runs, choose and retire adapters.

Every change of what answers use stands in the repository's history, with who made it and why. The
dashboard knows nobody by name: whoever has its token is the operator.
"""

from collections.abc import Callable, Mapping

import structlog

from app.domain import Repository
from app.errors import TransientError, UserError
from app.flows.clearing import retire
from app.flows.run_folder import RUNS_FOLDER
from app.ports.clock import Clock
from app.text.clean import clean
from app.web.bot import Bot
from app.web.forms import required

log = structlog.get_logger()

BY = "the dashboard"
"""Who did it, where a login would stand; no login has a space."""
LONGEST_REASON = 200
"""Characters of a reason that are kept."""

Act = Callable[[Repository, Mapping[str, str]], None]


class Acting:
    """Does what a form asks for. All raise `UserError` where that cannot be done, with why."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot = bot
        self._clock = clock
        self.acts: Mapping[str, Act] = {
            "start": self.start,
            "cancel": self.cancel,
            "promote": self.promote,
            "rollback": self.roll_back,
            "retire": self.retire,
        }

    def start(self, repository: Repository, form: Mapping[str, str]) -> None:
        """Begins a training run; the same form sent twice begins one.

        `after` is the newest run that the page knew of, empty where there was none.
        """
        key = f"dashboard:{form.get('after', '')}"
        run = self._bot.orders.order(repository, by=BY, key=key)
        if run.ended_at is not None:
            raise UserError(
                f"The run that this page asked for ended already ({run.state}). Load the page "
                "again to begin another."
            )

    def cancel(self, repository: Repository, form: Mapping[str, str]) -> None:
        """Cancels the run that the page showed."""
        run = self._bot.store.runs.under_way(repository.id)
        if run is None or run.id != required(form, "run"):
            raise UserError("This run is not under way any more.")
        self._bot.orders.cancel(repository.id)

    def promote(self, repository: Repository, form: Mapping[str, str]) -> None:
        """Lets answers use a version, once its files are found whole."""
        name = required(form, "adapter")
        adapters = self._bot.store.adapters
        version = adapters.get(name)
        if version is not None and version.repository_id == repository.id:
            self._bot.artifacts.fetch(name, version.files)
        adapters.promote(repository.id, name, by=BY, reason=_reason(form), at=self._clock())
        log.info("adapter.promoted", repository=repository.id, adapter=name)

    def roll_back(self, repository: Repository, form: Mapping[str, str]) -> None:
        """Lets answers use what they used before the version that the page showed in use."""
        leaving = required(form, "leaving")
        made = self._bot.store.adapters.rollback(
            repository.id, by=BY, reason=_reason(form), at=self._clock(), leaving=leaving
        )
        log.info("adapter.rolled_back", repository=repository.id, left=leaving, to=made.adapter)

    def retire(self, repository: Repository, form: Mapping[str, str]) -> None:
        """Takes a version out for good; its files and its run's data go, what is known stays."""
        name = required(form, "adapter")
        store, artifacts = self._bot.store, self._bot.artifacts
        runs = self._bot.settings.data_dir / RUNS_FOLDER
        try:
            retire(store, artifacts, runs, repository.id, name, self._clock())
        except TransientError as error:
            raise UserError(
                f"{name} is retired, but its files could not be deleted now: "
                f"`treadle adapters retire {repository.full_name} {name}` deletes them later."
            ) from error
        log.info("adapter.retired", repository=repository.id, adapter=name)


def _reason(form: Mapping[str, str]) -> str:
    """Returns why, as people wrote it: one line of bounded length."""
    return " ".join(clean(form.get("reason", "")).split())[:LONGEST_REASON]
