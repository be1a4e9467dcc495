"""Forgetting a repository: everywhere, on both databases, at its time and not before."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from githubkit import Response
from githubkit.exception import RequestFailed
from structlog.testing import capture_logs

from app.artifacts.folder import Folder
from app.domain import AskTree, Delivery, Outcome, Repository, RunState
from app.errors import GoneError, TransientError
from app.flows.forgetting import NOTED, PAUSE, Forgetting, Keeping, Places
from app.flows.run_folder import RunFolder
from app.github.errors_of import BadRequest, translated
from app.inbox import facts
from app.knowledge.archive import Limits
from app.knowledge.library import Library
from app.queue.names import DELIVERY, RETRAIN, START_DUE
from app.queue.work_queue import WorkQueue
from app.settings import Settings
from app.store import Store, open_store
from tests.archives import packed
from tests.stored import NOW, a_reply, a_repository, a_run, a_version, an_ask, later

DAYS = timedelta(days=30)
OTHER = a_repository(id=77, name="warp")


def answered(status: int, path: str) -> Exception:
    """Returns the error that an answer of GitHub's becomes."""
    request = httpx.Request("GET", f"http://127.0.0.1{path}")
    try:
        with translated():
            raise RequestFailed(Response(httpx.Response(status, request=request), Any))
    except (GoneError, BadRequest) as error:
        return error


class Hub:
    """A GitHub that knows the repositories that the App is on."""

    def __init__(self) -> None:
        self.known: list[Repository] = []
        self.down = False
        self.refused: dict[str, Exception] = {}
        self.asked = 0

    def repository(self, owner: str, name: str) -> Repository:
        self.asked += 1
        if self.down:
            raise TransientError("down")
        if name in self.refused:
            raise self.refused[name]
        for one in self.known:
            if (one.owner, one.name) == (owner, name):
                return one
        raise answered(404, "/repos/ann/loom/installation")


class Machine:
    """One worker's disk, and the flow over it."""

    def __init__(self, data: Path, settings: Settings, store: Store, hub: Any) -> None:
        self.data = data
        self.now = NOW
        self.library = Library(data, Limits())
        self.copies = Folder(data / "adapters")
        self.artifacts = self.copies
        places = Places(
            queue=lambda: closing(WorkQueue(settings)),
            artifacts=self.copies,
            copies=self.copies,
            library=self.library,
            runs=data / "training",
        )
        keeping = Keeping(repository=DAYS, dictionaries=DAYS, trees=DAYS)
        self.flow = Forgetting(store, hub, places, keeping, lambda: self.now)

    def fill(self, repository_id: int, *runs: str) -> None:
        """Puts something of a repository wherever there may be something."""
        self.library.build(repository_id, "a1", [packed({"README.md": b"# Loom\n\nIt weaves.\n"})])
        adapter = self.copies_of(repository_id) / "adapter_config.json"
        adapter.parent.mkdir(parents=True)
        adapter.write_text("{}")
        for run in runs:
            RunFolder(self.data / "training" / run).make()

    def copies_of(self, repository_id: int) -> Path:
        return self.data / "adapters" / f"r{repository_id}-0001-0badc0de"

    def left(self) -> set[str]:
        """Returns what there is on this disk, by repository or run."""
        found = {f"index {number}" for number in self.library.kept()}
        found |= {f"adapter {name.split('-')[0]}" for name in self.copies.names("")}
        runs = self.data / "training"
        return found | {f"run {run.name}" for run in (runs.iterdir() if runs.exists() else ())}


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def here(tmp_path: Path, settings: Settings, store: Store, hub: Hub) -> Machine:
    return Machine(tmp_path / "here", settings, store, hub)


@pytest.fixture
def there(tmp_path: Path, settings: Settings, store: Store, hub: Hub) -> Machine:
    return Machine(tmp_path / "there", settings, store, hub)


@pytest.fixture
def queue(settings: Settings) -> Iterator[WorkQueue]:
    with closing(WorkQueue(settings)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _kept(store: Store, here: Machine, there: Machine) -> None:
    """Two repositories with all that comes of using them, on two machines."""
    for repository in (a_repository(), OTHER):
        number = repository.id
        store.repositories.save(repository)
        store.asks.open(an_ask(f"N{number}", repository_id=number))
        store.replies.add(a_reply(number * 100, repository_id=number))
        store.runs.create(a_run(f"run{number}", repository_id=number))
        store.adapters.add(a_version(repository_id=number))
        for machine in (here, there):
            machine.fill(number, f"run{number}")


def work(queue: WorkQueue, number: int) -> set[str]:
    """Puts in work of every kind about a repository; returns its keys."""
    delivery = Delivery(
        guid=f"g{number}", event="push", action="", installation_id=7, repository_id=number
    )
    puts: list[tuple[str, str, Any]] = [
        (DELIVERY, delivery.guid, facts(delivery)),
        ("ask", f"ask:N{number}:c1", f"ask:N{number}:c1"),
        ("refresh", f"refresh:{number}:g", number),
        (RETRAIN, f"retrain:run{number}", f"run{number}"),
    ]
    for name, key, argument in puts:
        assert queue.put(name, key, [argument])
    assert queue.put("sweep_thread", f"sweep:g{number}", [number, 3])
    return {key for _, key, _ in puts} | {f"sweep:g{number}"}


OF_OTHER = {"index 77", "adapter r77", "run run77"}
OF_BOTH = OF_OTHER | {"index 1", "adapter r1", "run run1"}


def test_data_of_a_version_that_was_retired_elsewhere_goes(there: Machine, store: Store) -> None:
    [version] = store.adapters.versions(1)
    store.runs.finish("run1", RunState.REFUSED, NOW, adapter=version.name)
    there.flow.tidy()
    assert "run run1" in there.left()
    store.adapters.retire(1, version.name, NOW)
    there.flow.tidy()
    assert there.left() == OF_BOTH - {"run run1"}


def test_nothing_is_left_anywhere(
    here: Machine, there: Machine, store: Store, queue: WorkQueue
) -> None:
    work(queue, 1)
    others = work(queue, 77)
    assert queue.put(START_DUE, "due", ["2026-05-04T03:00:00Z", None])
    here.flow.repository(a_repository())
    assert store.repositories.get(1) is None
    assert set(queue.unfinished()) == others | {"due"}
    assert here.left() == OF_OTHER
    assert there.left() == OF_BOTH
    there.flow.tidy()
    assert there.left() == OF_OTHER
    assert store.repositories.all() == [OTHER]
    assert store.adapters.versions(77)


def test_it_is_done_at_its_time(here: Machine, store: Store) -> None:
    store.repositories.remove(1, NOW)
    for at, gone in ((NOW, 0), (NOW + DAYS - timedelta(seconds=1), 0), (NOW + DAYS, 1)):
        here.now = at
        assert here.flow.forget_due() == gone
        assert (store.repositories.get(1) is None) is bool(gone)
    assert here.flow.forget_due() == 0


def test_what_is_back_before_has_all_that_it_had(here: Machine, store: Store) -> None:
    store.repositories.set_installation_state(7, "removed", NOW)
    here.flow.tidy()
    # The text of the repository's files may not be kept, and is soon read again.
    assert here.left() == OF_BOTH - {"index 1", "index 77"}
    store.repositories.save(a_repository(installation_id=8))
    here.now = NOW + 2 * DAYS
    assert here.flow.forget_due() == 1, "the other one"
    assert store.repositories.active(1)
    assert store.replies.by_comment(1, 100) is not None
    assert store.runs.get("run1") is not None
    assert here.left() == {"adapter r1", "run run1"}


def test_github_is_asked_before(here: Machine, store: Store, hub: Hub) -> None:
    # The delivery that said that the App is back was lost.
    store.repositories.set_installation_state(7, "removed", NOW)
    hub.known = [a_repository(installation_id=9), a_repository(id=78, name="warp")]
    here.now = NOW + DAYS
    assert here.flow.forget_due() == 1
    assert store.repositories.get(1) == a_repository(installation_id=9)
    assert store.repositories.active(1)
    assert store.repositories.get(77) is None, "another repository has its name now"


def test_one_that_is_back_in_its_old_installation_is_asked_for_once(
    here: Machine, store: Store, hub: Hub
) -> None:
    store.repositories.set_installation_state(7, "removed", NOW)
    hub.known = [a_repository(), OTHER]
    here.now = NOW + DAYS
    for _ in range(3):
        assert here.flow.forget_due() == 0
    assert hub.asked == 2
    assert store.repositories.active(1)
    assert store.repositories.active(77)


@pytest.mark.parametrize(
    "refused",
    [
        answered(422, "/repos/ann/loom/installation"),
        answered(403, "/repos/ann/loom/installation"),
        answered(451, "/repos/ann/loom/installation"),
        answered(404, "/repos/ann/loom"),
        answered(404, "/app/installations/7/access_tokens"),
        GoneError("the installation on ann/loom is suspended"),
    ],
    ids=str,
)
def test_one_that_is_refused_is_kept_and_holds_up_no_other(
    here: Machine, store: Store, hub: Hub, refused: Exception
) -> None:
    store.repositories.set_installation_state(7, "removed", NOW)
    hub.refused["loom"] = refused
    here.now = NOW + DAYS
    with capture_logs() as logs:
        assert here.flow.forget_due() == 1
    assert [log["cause"] for log in logs if log["event"] == "repository.not_forgotten"] == [
        type(refused).__name__
    ]
    assert store.repositories.get(1) is not None
    assert store.repositories.get(77) is None
    assert here.flow.forget_due() == 0
    assert hub.asked == 2
    hub.refused.clear()
    here.now += PAUSE
    assert here.flow.forget_due() == 1


def test_what_cannot_be_asked_is_kept_and_asked_again_later(
    here: Machine, store: Store, hub: Hub
) -> None:
    store.repositories.remove(1, NOW)
    hub.down = True
    here.now = NOW + DAYS
    assert here.flow.forget_due() == here.flow.forget_due() == 0
    assert hub.asked == 1
    hub.down = False
    here.now += PAUSE
    assert here.flow.forget_due() == 1


def test_what_cannot_be_deleted_elsewhere_stays_due(
    here: Machine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.repositories.remove(1, NOW)
    here.now = NOW + DAYS
    with monkeypatch.context() as patch:

        def refuse(self: Folder, prefix: str) -> list[str]:
            raise TransientError("down")

        patch.setattr(Folder, "names", refuse)
        assert here.flow.forget_due() == 0
    assert store.repositories.get(1) is not None
    here.now += PAUSE
    assert here.flow.forget_due() == 1
    assert here.left() == OF_OTHER


def test_an_index_that_is_begun_meanwhile_stays(
    here: Machine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = store.repositories.installed

    def look() -> frozenset[int]:
        found = installed()
        store.repositories.save(a_repository(id=3, name="weft"))
        here.fill(3)
        return found

    monkeypatch.setattr(store.repositories, "installed", look)
    here.flow.tidy()
    assert "index 3" in here.left()


def test_suspended_repositories_are_kept(here: Machine, store: Store) -> None:
    store.repositories.set_installation_state(7, "suspended", NOW)
    here.now = NOW + 10 * DAYS
    here.flow.tidy()
    assert here.flow.forget_due() == 0
    assert here.left() == OF_BOTH


def test_what_came_back_after_keeps_what_is_new(
    here: Machine, there: Machine, store: Store
) -> None:
    here.flow.repository(a_repository())
    store.repositories.save(a_repository())
    old = there.copies_of(1)
    new = old.with_name("r1-0002-0badc0de")
    new.mkdir()
    for place, at in ((old, later(-9)), (new, later(9))):
        os.utime(place, (at.timestamp(), at.timestamp()))
    there.flow.tidy()
    assert (old.exists(), new.exists()) == (False, True)
    assert there.left() == OF_OTHER | {"adapter r1", "index 1"}


def test_notes_and_old_dictionaries_go(here: Machine, store: Store) -> None:
    here.flow.repository(a_repository())
    here.now = NOW + NOTED
    here.flow.prune()
    assert len(store.forgotten.notes()) == 1
    here.now += timedelta(seconds=1)
    here.flow.prune()
    assert store.forgotten.notes() == []


def test_what_was_tried_for_answers_goes_after_its_time(here: Machine, store: Store) -> None:
    store.asks.open(an_ask())
    tree = AskTree(
        ask_key=an_ask().key,
        repository_id=1,
        question="How?",
        outcome=Outcome.UNKNOWN,
        min_score=0.0,
        tried=(),
        created_at=NOW,
    )
    store.trees.save(tree)
    for ahead, left in ((timedelta(), 1), (timedelta(seconds=1), 0)):
        here.now = NOW + DAYS + ahead
        here.flow.prune()
        assert len(store.trees.known([tree.ask_key])) == left


def test_a_training_run_under_way_ends(here: Machine, store: Store) -> None:
    seen: list[bool] = []
    store_remove = store.repositories.remove

    def look(repository_id: int, at: datetime) -> None:
        store_remove(repository_id, at)
        seen.append(store.repositories.active(repository_id))

    assert store.repositories.active(1)
    store.repositories.remove = look  # type: ignore[method-assign]
    here.flow.repository(a_repository())
    assert seen == [False]


def test_doing_it_again_does_no_harm(here: Machine, store: Store) -> None:
    for _ in range(2):
        here.flow.repository(a_repository())
    assert here.left() == OF_OTHER
    assert [note.runs for note in store.forgotten.notes()] == [["run1"]]


def test_a_reinstalled_repository_starts_with_nothing(
    here: Machine, settings: Settings, store: Store
) -> None:
    here.flow.repository(a_repository())
    store.repositories.save(a_repository())
    again = open_store(settings)
    assert again.replies.by_comment(1, 100) is None
    assert again.adapters.next_number(1) == 1
    again.close()
