"""Puts a bot together from settings."""

from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

from app.artifacts import open_artifacts
from app.artifacts.folder import Folder
from app.artifacts.opening import FOLDER
from app.bootstrap.bot import Bot
from app.bootstrap.composers import composer, constitution_extent, lessons_config
from app.bootstrap.models import follower_of, foundation_of, trained_weights
from app.domain import Job
from app.flows.active import Active
from app.flows.another import Another
from app.flows.ask import AskFlow
from app.flows.backfill import Backfill
from app.flows.backfill_orders import PastOrders
from app.flows.blocks import Blocks
from app.flows.budget import Budget
from app.flows.columns import Bounds
from app.flows.context import Context
from app.flows.deciding import Deciding
from app.flows.deliveries import Deliveries
from app.flows.forget_command import ForgetCommand, opting_verbs
from app.flows.forgetting import Forgetting, Keeping, Places
from app.flows.intake import Intake
from app.flows.learn import Learn
from app.flows.learned import Learned
from app.flows.learned_ticks import Ticking
from app.flows.learned_verb import learned_verb
from app.flows.missed import Effort, Missed
from app.flows.orders import Orders, Terms
from app.flows.people import People
from app.flows.phrase_verbs import phrase_verbs
from app.flows.policies import Policies
from app.flows.preferring import Preferring
from app.flows.refresh import Refresh
from app.flows.retrain import Retrain
from app.flows.run_folder import RUNS_FOLDER
from app.flows.sweep import Sweep
from app.flows.tainted import Shelf
from app.flows.taking_back import TakingBack
from app.flows.verbs import Verbs
from app.flows.why import WhyFlow
from app.flows.workshop import Workshop
from app.github.client import connect
from app.knowledge.archive import Limits
from app.knowledge.library import Library
from app.models.present import Present
from app.models.trainable import fetch, untrainable
from app.models.trainer import PROGRAM, Trainer
from app.ports.clock import Clock
from app.ports.github import GitHub, Ledger
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.signing import signing_keys
from app.store import Store, open_store
from app.weave.constitution import standing


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def build(
    settings: Settings,
    *,
    github: GitHub | None = None,
    clock: Clock = now,
    training: Sequence[str] = PROGRAM,
    ledger: Ledger | None = None,
) -> Bot:
    """Puts the bot together; the database must have been migrated.

    Args:
        settings: as `settings.load` returns them.
        github: another GitHub than the one that the settings name, for tests.
        clock: another clock, for tests.
        training: another program than the training process, for tests.
        ledger: another place to count what sweeps cost, for tests.

    Raises:
        ConfigError: what talking to GitHub needs is missing, or the recipe or the constitution
            has faults.
    """
    store = open_store(settings)
    hub, hang_up = _hub(settings, store, clock) if github is None else (github, ())
    model = Present(settings)
    artifacts = open_artifacts(settings)
    foundation = foundation_of(settings, model)
    texts = library(settings)
    context = Context(
        github=hub,
        store=store,
        knowledge=texts,
        answerer=lambda policy, adapter="": composer(settings, policy, model, adapter),
        active=Active(store, artifacts, foundation),
        model=model,
        keys=signing_keys(settings),
        web_url=settings.web_url,
        clock=clock,
        sweep_youngest=timedelta(seconds=settings.sweep_youngest),
    )
    # Read now, so that a faulty file stops the start.
    standing(settings.constitution)
    policies = Policies(hub, store, constitution_extent(settings))
    people = People(hub, clock)
    refresh = Refresh(context, policies)
    terms = Terms(
        rows=settings.training_rows,
        interval=timedelta(days=settings.training_interval_days),
        longest=timedelta(days=settings.training_give_up_days),
        untrainable=untrainable(settings),
    )
    learn = Learn(context, policies)
    deciding = Deciding(store, learn, clock)
    learned = Learned(
        context,
        policies,
        Ticking(store, people, deciding),
        timedelta(minutes=settings.learned_minutes),
    )
    shelf = Shelf(
        artifacts=artifacts,
        runs=settings.data_dir / RUNS_FOLDER,
        at_once=settings.training_on_removal == "retire",
    )
    taking_back = TakingBack(store, learn, shelf, clock)
    verbs = Verbs(
        store,
        people,
        {**phrase_verbs(deciding), **learned_verb(learned), **opting_verbs(taking_back)},
    )
    orders = Orders(store, policies, terms, put=lambda job: _put(settings, job), clock=clock)
    other = Another(context, policies, put=lambda job: _put(settings, job))
    intake = Intake(context, people, learn, policies, other.consider)
    past = PastOrders(
        store,
        hub,
        people,
        taking_back=lambda then: TakingBack(store, learn, shelf, then),
        verbs=phrase_verbs(deciding),
    )
    workshop = Workshop(
        root=settings.data_dir / RUNS_FOLDER,
        trainer=Trainer(program=training, hours=settings.training_hours),
        artifacts=artifacts,
        foundation=foundation,
        weights=trained_weights(settings),
        rows=settings.training_rows,
        imported=settings.training_imported,
        bounds=Bounds(
            questions=settings.training_questions,
            seconds=settings.training_question_minutes * 60,
        ),
        fetch=lambda: fetch(settings, model),
        config=lambda policy: lessons_config(settings, policy, model),
    )
    places = Places(
        queue=lambda: closing(WorkQueue(settings)),
        artifacts=artifacts,
        copies=Folder(settings.data_dir / FOLDER),
        library=texts,
        runs=workshop.root,
    )
    keeping = Keeping(
        repository=timedelta(days=settings.forget_days),
        dictionaries=timedelta(days=settings.keep_dictionaries_days),
        trees=timedelta(days=settings.keep_trees_days),
    )
    return Bot(
        settings=settings,
        model=model,
        context=context,
        policies=policies,
        ask=AskFlow(context, policies, people, refresh, orders, verbs),
        deliveries=Deliveries(context, policies, people, ForgetCommand(store, people, taking_back)),
        backfill=Backfill(context, intake, learn, past),
        sweep=Sweep(
            context,
            intake,
            Budget(ledger or store.limits, settings.sweep_points),
        ),
        refresh=refresh,
        blocks=Blocks(store, context.keys),
        why=WhyFlow(context, policies),
        orders=orders,
        retrain=Retrain(context, policies, refresh, workshop),
        missed=Missed(
            hub,
            lambda guids: _known(settings, guids),
            Effort(
                tries=settings.missed_tries,
                pause=timedelta(minutes=settings.missed_pause),
                at_once=settings.missed_at_once,
            ),
            clock,
        ),
        deciding=deciding,
        learned=learned,
        preferring=Preferring(store, follower_of(settings, model), clock),
        verbs=verbs,
        artifacts=artifacts,
        forgetting=Forgetting(store, hub, places, keeping, clock),
        taking_back=taking_back,
        closing=(model.close, artifacts.close, store.close, *hang_up),
    )


def _hub(
    settings: Settings, store: Store, clock: Clock
) -> tuple[GitHub, tuple[Callable[[], None]]]:
    """Connects to the GitHub of the settings; returns it with what ends the connections."""
    client = connect(settings, ledger=store.limits, clock=clock)
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


def _put(settings: Settings, job: Job) -> bool:
    """Puts a job into the queue; that is rare here, so that no connection is kept for it."""
    with closing(WorkQueue(settings)) as queue:
        return queue.put_job(job)


def _known(settings: Settings, guids: Sequence[str]) -> Collection[str]:
    """Looks deliveries up in the queue; rare as well."""
    with closing(WorkQueue(settings)) as queue:
        return queue.known(guids)
