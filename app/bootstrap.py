"""The one composition root: settings in, a working bot out. Used by web, worker, CLI and tests."""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import ConfigError
from app.flows.ask import AskFlow
from app.flows.context import Context
from app.flows.deliveries import Deliveries
from app.flows.learn import Learn
from app.flows.people import People
from app.flows.policies import Policies
from app.flows.policy import Policy
from app.flows.refresh import Refresh
from app.flows.sweep import Sweep
from app.flows.why import WhyFlow
from app.github.client import connect
from app.knowledge.archive import Limits
from app.knowledge.library import Library
from app.models.catalogue import EXTRACT, addresses, layout_of
from app.models.extract import Extract
from app.models.present import Present
from app.ports import Answerer, Clock, GitHub
from app.settings import Settings
from app.store import Store, open_store
from app.weave.answer import Composer, ComposerConfig, ModelUse

KEYS_FILE = "signing-keys"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bot:
    """All flows over one database, one GitHub App and one language model.

    `closing` ends what `build` opened, in that order.
    """

    settings: Settings
    model: Present
    context: Context
    policies: Policies
    ask: AskFlow
    deliveries: Deliveries
    sweep: Sweep
    refresh: Refresh
    why: WhyFlow
    closing: Sequence[Callable[[], None]]

    @property
    def store(self) -> Store:
        return self.context.store

    def close(self) -> None:
        """Ends the model, then the connections; the bot is not used again."""
        for close in self.closing:
            close()


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def build(settings: Settings, *, github: GitHub | None = None, clock: Clock = now) -> Bot:
    """Puts the bot together; the database must have been migrated.

    Args:
        settings: as `settings.load` returns them.
        github: another GitHub than the one that the settings name, for tests.
        clock: another clock, for tests.

    Raises:
        ConfigError: what talking to GitHub needs is missing.
    """
    hub, hang_up = _hub(settings) if github is None else (github, ())
    store = open_store(settings)
    model = Present(settings)
    context = Context(
        github=hub,
        store=store,
        knowledge=library(settings),
        answerer=lambda policy: composer(settings, policy, model),
        model=model,
        keys=signing_keys(settings),
        web_url=settings.web_url,
        clock=clock,
        sweep_youngest=timedelta(seconds=settings.sweep_youngest),
    )
    policies = Policies(hub, store)
    people = People(hub, clock)
    refresh = Refresh(context, policies)
    return Bot(
        settings=settings,
        model=model,
        context=context,
        policies=policies,
        ask=AskFlow(context, policies, people, refresh),
        deliveries=Deliveries(context, policies, people),
        sweep=Sweep(context, people, Learn(context, policies), policies),
        refresh=refresh,
        why=WhyFlow(context, policies),
        closing=(model.close, store.close, *hang_up),
    )


def _hub(settings: Settings) -> tuple[GitHub, tuple[Callable[[], None]]]:
    """Connects to the GitHub of the settings; returns it with what ends the connections."""
    client = connect(settings)
    return client, (client.close,)


def library(settings: Settings) -> Library:
    """Opens the folder of searchable repository text."""
    return Library(
        settings.data_dir,
        Limits(
            file_bytes=settings.index_max_file_bytes,
            files=settings.index_max_files,
            archive_bytes=settings.index_max_archive_bytes,
        ),
    )


def composer(settings: Settings, policy: Policy, model: Present) -> Answerer:
    """Makes what composes answers under a repository's policy; `model` is the process's own."""
    config = ComposerConfig(
        seed=settings.seed,
        sentences=policy.answer_sentences,
        min_score=policy.min_score,
        max_restarts=policy.max_restarts,
        prompt_tokens=settings.model_prompt_tokens,
    )
    if settings.model == EXTRACT:
        return Composer(Extract(), config)
    use = ModelUse(
        layout=layout_of(settings),
        pieces=settings.model_pieces,
        addresses=addresses(settings),
    )
    return Composer.of(model.opened(), use, config)


def signing_keys(settings: Settings) -> Mapping[str, str]:
    """Returns the keys of the hidden block, making and keeping one where none is set.

    Raises:
        ConfigError: several machines share the database, so none may make its own.
    """
    if settings.signing_keys:
        return {key_id: key.get_secret_value() for key_id, key in settings.signing_keys.items()}
    if not settings.database.startswith("sqlite"):
        raise ConfigError(
            [
                "TREADLE_SIGNING_KEYS is not set: with a database that machines share, each "
                "needs the same keys, such as k1:" + secrets.token_urlsafe(24)
            ]
        )
    path = settings.data_dir / KEYS_FILE
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: of two that start at once, one makes the key.
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"k1:{secrets.token_urlsafe(32)}\n")
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    pairs = (line.partition(":") for line in path.read_text("ascii").split())
    return {key_id: key for key_id, _, key in pairs}
