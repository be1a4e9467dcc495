"""What becomes of adapters that learned from what people took back, and of runs that did."""

from pathlib import Path

import pytest

from app.artifacts.folder import Folder
from app.domain import AdapterVersion, Removal, RunState
from app.errors import UserError
from app.flows.clearing import clear
from app.flows.tainted import REASON, Shelf, retire_marked
from app.store import Store
from app.training import snapshot
from tests.stored import BEN, NOW, a_reply, a_repository, a_run, a_signal, a_version, later


def kept_files(root: Path, version: AdapterVersion) -> None:
    folder = root / version.name
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"weights")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(artifacts=Folder(tmp_path / "adapters"), runs=tmp_path / "runs", at_once=True)


@pytest.fixture
def versions(store: Store, tmp_path: Path) -> list[AdapterVersion]:
    """Three versions, one after the other in force; Ben asked what the last two learned from."""
    store.repositories.save(a_repository())
    reply = store.replies.add(a_reply(asker=BEN))
    made = []
    for number in (1, 2, 3):
        read = (reply.url,) if number > 1 else ("http://h/other",)
        made.append(store.adapters.add(a_version(number, trained_on=read, created_at=later(9))))
        kept_files(tmp_path / "adapters", made[-1])
        store.adapters.promote(1, made[-1].name, by="ann", reason="", at=later(number))
    return made


def take_back(store: Store) -> None:
    store.removals.add(Removal(repository_id=1, person_id=BEN.id, at=later(100)), "k")
    [removal] = store.removals.unfinished()
    store.erasing.carry_out(removal)


def now() -> object:
    return later(200)


def test_at_once_answers_use_the_newest_that_did_not_learn_it(
    store: Store, versions: list[AdapterVersion], shelf: Shelf, tmp_path: Path
) -> None:
    assert retire_marked(store, shelf, now) == 0
    take_back(store)
    assert retire_marked(store, shelf, now) == 2
    assert store.adapters.active(1).name == versions[0].name
    last = store.adapters.history(1)[-1]
    assert (last.by, last.reason) == ("", REASON)
    left = [path.name for path in (tmp_path / "adapters").iterdir()]
    assert left == [versions[0].name]
    assert store.adapters.taken_back() == []
    told = [(one.act, one.subject) for one in store.audit.newest(1, 9)]
    assert told == [("deleted", versions[2].name), ("deleted", versions[1].name)]
    assert retire_marked(store, shelf, now) == 0


def test_where_all_learned_it_answers_use_none(
    store: Store, versions: list[AdapterVersion], shelf: Shelf
) -> None:
    store.adapters.rollback(1, by="", reason="", at=later(10))
    store.adapters.rollback(1, by="", reason="", at=later(11))
    store.adapters.retire(1, versions[2].name, later(12))
    store.adapters.rollback(1, by="", reason="", at=later(13))
    store.adapters.promote(1, versions[1].name, by="", reason="", at=later(14))
    store.adapters.retire(1, versions[0].name, later(15))
    take_back(store)
    assert retire_marked(store, shelf, now) == 1
    assert store.adapters.active(1) is None


@pytest.mark.parametrize(
    ("begun", "state", "retired"),
    [
        (later(50), RunState.PROMOTED, 0),
        (later(150), RunState.PROMOTED, 2),
        (later(150), RunState.REFUSED, 2),
        (later(150), None, 0),
    ],
)
def test_at_the_next_run_they_go_when_it_ended(
    store: Store,
    versions: list[AdapterVersion],
    shelf: Shelf,
    begun: object,
    state: RunState | None,
    retired: int,
) -> None:
    take_back(store)
    store.runs.create(a_run(created_at=begun))
    if state is not None:
        store.runs.finish("one", state, later(160), reason="", adapter="")
    patient = Shelf(artifacts=shelf.artifacts, runs=shelf.runs, at_once=False)
    assert retire_marked(store, patient, now) == retired
    assert store.adapters.active(1).name == versions[0 if retired else 2].name


def test_none_that_learned_it_comes_into_force_again(
    store: Store, versions: list[AdapterVersion]
) -> None:
    take_back(store)
    with pytest.raises(UserError, match="took back"):
        store.adapters.promote(1, versions[1].name, by="ann", reason="", at=later(101))
    assert store.adapters.rollback(1, by="", reason="", at=later(102)).adapter == versions[0].name


def test_a_run_that_may_have_read_it_is_stopped_and_leaves_no_folder(
    store: Store, versions: list[AdapterVersion], shelf: Shelf
) -> None:
    for run_id in ("old", "new"):
        folder = shelf.runs / run_id
        folder.mkdir(parents=True)
        (folder / snapshot.LINES).write_text("quagga")
    store.runs.create(a_run("old", created_at=later(20)))
    store.runs.start("old", later(30))
    take_back(store)
    assert store.runs.get("old").cancel
    clear(store, shelf.runs)
    assert (shelf.runs / "old").exists(), "its worker still reads it"
    store.runs.finish("old", RunState.CANCELLED, later(120), reason="", adapter="")
    store.runs.create(a_run("new", created_at=later(130)))
    store.runs.finish("new", RunState.CANCELLED, later(140), reason="", adapter="")
    clear(store, shelf.runs)
    assert [path.name for path in shelf.runs.iterdir()] == ["new"]


def test_a_run_that_reads_nothing_of_theirs_goes_on(store: Store) -> None:
    store.repositories.save(a_repository())
    reply = store.replies.add(a_reply())
    store.signals.record(reply.id, [a_signal(person=BEN)], NOW)
    store.runs.create(a_run("one", created_at=later(20)))
    store.runs.start("one", later(30))
    take_back(store)
    assert not store.runs.get("one").cancel
