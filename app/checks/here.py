"""Checks of what runs on our side: the model, a worker, and whether a question was answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.checks.finding import Finding
from app.domain import LearnedState
from app.errors import TransientError, TreadleError
from app.models.local import LocalModel
from app.models.present import Present
from app.settings import Settings
from app.store import Store

MODEL_PART, WORKER_PART, FIRST_PART = "model", "worker", "first question"
LEARNED_PART = "learned issue"


def model(present: Present, settings: Settings) -> Finding:
    """Tells whether the process's model is loaded; begins to load it, and does not wait.

    A model behind a server is not asked: the first question does that.
    """
    part = MODEL_PART
    if settings.model == "extract":
        told = "extract: answers are quotations, and no language model is needed"
        return Finding(part=part, state="ok", told=told)
    if settings.model_url:
        told = f"{present.name}: every draft is asked of {settings.model_url}"
        return Finding(part=part, state="ok", told=told)
    try:
        opened = present.opened()
        assert isinstance(opened, LocalModel)
        loaded = opened.describe(wait=0.0)
    except TransientError:
        return Finding(part=part, state="open", told=f"{present.name} is being loaded")
    except TreadleError as error:
        remedy = "docs/models.md says how a model is set; TREADLE_MODEL=extract needs none"
        return Finding(part=part, state="fault", told=str(error).rstrip("."), remedy=remedy)
    told = f"{present.name}, loaded on {loaded.device} in {loaded.seconds:.1f} s"
    return Finding(part=part, state="ok", told=told)


def worker(store: Store, settings: Settings, now: datetime) -> Finding:
    """Tells whether a worker gave a sign of life lately."""
    part = WORKER_PART
    living = store.workers.living(now - timedelta(seconds=settings.worker_silence))
    if not living:
        return Finding(
            part=part,
            state="open",
            told="none is running",
            remedy="start `treadle serve --with-worker`, or `treadle work` beside it",
        )
    return Finding(part=part, state="ok", told=f"{', '.join(living)} running")


def first_question(store: Store) -> Finding:
    """Tells whether any question was answered yet."""
    part = FIRST_PART
    newest = store.replies.newest()
    if newest is None:
        return Finding(
            part=part,
            state="open",
            told="none was answered yet",
            remedy="write `/ask` and a question on an issue of a repository that the App is "
            "installed on",
        )
    return Finding(part=part, state="ok", told=f"the newest reply is {newest.url}")


def learned(store: Store) -> Iterator[Finding]:
    """Tells of repositories that want an issue of what was learned, and where GitHub takes none."""
    for issue in store.learned.all():
        repository = store.repositories.get(issue.repository_id)
        if issue.state is LearnedState.REFUSED and repository is not None:
            yield Finding(
                part=LEARNED_PART,
                state="open",
                told=f"GitHub takes none in {repository.full_name}, where issues are off, or which "
                "is archived",
                remedy="switch issues on in its settings, or take “learned: true” out of its file",
            )
