"""Training runs from the order to the answer that uses the adapter; only training is played."""

import io
import json
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from rich.console import Console

from app.domain import Progress, ReplyState, RunState
from app.errors import TransientError, UserError
from app.feedback import metadata
from app.flows import standing
from app.flows.clearing import clear
from app.flows.standing import CANCELLED, INACCESSIBLE, TURNED_OFF
from app.flows.why import WhyFlow
from app.models import trainer
from app.registry import roll_back
from app.store.imported import address_of
from app.training import snapshot
from tests.integration.flows.conftest import Town
from tests.integration.flows.schooling import LEAD, TAUGHT, UNTAUGHT, School, school, teach
from tests.stored import NOW, a_row

QUESTION = "/ask When does the ferry leave the northern pier?"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(standing, "LOOK_SECONDS", 0.0)


@pytest.fixture
def taught(town: Town, tmp_path: Path) -> School:
    teach(town)
    return school(town, tmp_path)


def order(place: School) -> str:
    return place.orders.order(place.repository(), by="mia", key="k1").id


def block_of(place: School, number: int, node_id: str) -> dict[str, object]:
    reply = place.town.reply(number)
    found = metadata.read(reply.body, keys=place.town.bot.context.keys, trigger_node_id=node_id)
    assert isinstance(found, metadata.Block)
    return dict(found.values)


def test_a_run_that_passes_is_used_by_the_next_answer(taught: School) -> None:
    run_id = order(taught)
    assert [(job.name, job.args) for job in taught.jobs] == [("retrain", (run_id,))]
    taught.run(run_id)
    run = taught.store.runs.get(run_id)
    assert (run.state, run.reason) == (RunState.PROMOTED, "It passed the gate.")
    active = taught.store.adapters.active(taught.repository().id)
    assert active.name == run.adapter
    assert active.verdict.passed and active.run_id == run_id and active.base == "tiny"
    assert len(active.metrics["columns"]["asked"]) == len(TAUGHT)
    assert active.metrics["lessons"] == len(TAUGHT)
    folder = taught.workshop.folder(run_id)
    assert active.data_hash == snapshot.read(folder.path).hash
    assert not {"checkpoint", "adapter"} & {path.name for path in folder.path.iterdir()}
    exported = (folder.path / "trl" / "dpo.jsonl").read_text("utf-8").splitlines()
    assert len(exported) == active.metrics["pairs"]
    assert {"prompt", "chosen", "rejected", "weight"} <= json.loads(exported[0]).keys()

    number, posted = taught.town.ask("rae", QUESTION)
    assert f"{LEAD} {UNTAUGHT}" in taught.town.reply(number).body
    block = block_of(taught, number, posted.node_id)
    assert block["adapter"] == run.adapter and "without" not in block


def test_imported_rows_teach_and_are_not_asked(taught: School) -> None:
    home = taught.repository().id
    rows = [
        a_row(
            prompt=f"Who wrote the {name}?",
            chosen=f"{name} was written by {name * 2}.",
            rejected=f"Nobody knows of {name * 3}.",
            weight=0.5,
            people=(),
            urls=(),
        )
        for name in ("quilt", "amber", "fjord")
    ]
    taught.store.imported.add(home, "one", NOW, rows)
    run_id = order(taught)
    taught.run(run_id)
    run = taught.store.runs.get(run_id)
    assert run.state is RunState.PROMOTED
    assert run.reason == "It passed the gate. 3 imported rows were among its lessons."
    active = taught.store.adapters.active(home)
    assert (active.metrics["imported"], active.metrics["lessons"]) == (3, len(TAUGHT) + 3)
    assert len(active.metrics["columns"]["asked"]) == len(TAUGHT)
    assert {address_of(row) for row in rows} <= set(active.trained_on)
    taken = snapshot.read(taught.workshop.folder(run_id).path)
    assert taken.imported == 3
    assert not any(one.imported for fold in range(taken.count) for one in taken.held_out(fold))


def test_imported_rows_are_not_enough_to_train_on(town: Town, tmp_path: Path) -> None:
    teach(town, 15)
    place = school(town, tmp_path)
    rows = [a_row(chosen=f"use {at}", urls=()) for at in range(50)]
    place.store.imported.add(place.repository().id, "one", NOW, rows)
    with pytest.raises(UserError, match="There are 15 rows"):
        order(place)


def test_what_was_held_out_is_in_no_column(taught: School) -> None:
    run_id = order(taught)
    taught.asked.clear()
    taught.run(run_id)
    before, learned, alone, everything = (taught.asked[at::4] for at in range(4))
    assert len(before) == len(TAUGHT)
    assert set(before) == {("", 0, 0)}
    assert all(name and (memories, phrases) == (0, 0) for name, memories, phrases in alone)
    for one, both in zip(learned, everything, strict=True):
        assert one[0] == "" and both[0] != "" and one[1:] == both[1:]
        # 18 threads in four folds: four or five of them are held out, and their memories.
        assert one[1] in {len(TAUGHT) - 5, len(TAUGHT) - 4} and one[2] == one[1]
    assert taught.model.folders == {}, "what was only tried is taken off the model again"


def test_a_run_that_does_not_pass_is_kept_and_not_used(town: Town, tmp_path: Path) -> None:
    teach(town)
    place = school(town, tmp_path, mode="bad")
    run_id = order(place)
    place.run(run_id)
    run = place.store.runs.get(run_id)
    assert run.state is RunState.REFUSED and "0 of 18 held-out pairs" in run.reason
    [version] = place.store.adapters.versions(place.repository().id)
    assert version.name == run.adapter and not version.verdict.passed
    assert place.store.adapters.active(place.repository().id) is None
    number, posted = place.town.ask("rae", QUESTION)
    assert block_of(place, number, posted.node_id)["adapter"] == ""


def test_one_that_is_worth_no_more_than_memory_and_phrases_is_not_used(
    town: Town, tmp_path: Path
) -> None:
    """It prefers what people prefer, in all pairs, and answers stay as they are without it."""
    teach(town)
    place = school(town, tmp_path, lead="")
    run_id = order(place)
    place.run(run_id)
    run = place.store.runs.get(run_id)
    assert run.state is RunState.REFUSED
    assert "Training is not worth it here yet. Of 18 questions" in run.reason
    [version] = place.store.adapters.versions(place.repository().id)
    failed = {one.name for one in version.verdict.findings if not one.passed}
    assert failed == {"worth", "alone"}
    assert place.store.adapters.active(place.repository().id) is None


def test_too_little_is_refused_in_words(town: Town, tmp_path: Path) -> None:
    teach(town, 15)
    place = school(town, tmp_path)
    with pytest.raises(UserError) as refused:
        order(place)
    words = str(refused.value)
    assert "There are 15 rows" in words and "training needs 16" in words
    assert "At least 16 of them" in words and "at least 8 threads" in words
    assert place.jobs == [] and place.store.runs.latest(place.repository().id) is None


def test_too_little_that_can_be_laid_out_is_refused_before_training(
    taught: School, tmp_path: Path
) -> None:
    for reply in taught.store.replies.recent(taught.repository().id, 5):
        taught.store.replies.set_state(reply.id, ReplyState.DELETED)
    run_id = order(taught)
    assert not taught.retrain.prepare(run_id)
    run = taught.store.runs.get(run_id)
    assert run.state is RunState.REFUSED and "too little feedback" in run.reason
    assert not (tmp_path / "training" / run_id).exists()


def test_one_run_of_a_repository_at_a_time(taught: School) -> None:
    run_id = order(taught)
    assert order(taught) == run_id, "the same order is no second run"
    with pytest.raises(UserError, match="waits for its turn"):
        taught.orders.order(taught.repository(), by="mia", key="k2")
    taught.retrain.prepare(run_id)
    taught.store.runs.set_progress(run_id, Progress(phase="sft", step=2, steps=9))
    with pytest.raises(UserError, match=r"under way already \(sft, 2 of 9\)"):
        taught.orders.order(taught.repository(), by="mia", key="k2")


def test_progress_and_cancel(town: Town, tmp_path: Path) -> None:
    teach(town)
    place = school(town, tmp_path, mode="long")
    run_id = order(place)
    assert place.retrain.prepare(run_id)
    done = threading.Thread(target=place.retrain.train, args=(run_id, threading.Event()))
    done.start()
    while not place.store.runs.get(run_id).progress.steps:
        assert done.is_alive()
    assert place.orders.cancel(place.repository().id).state is RunState.RUNNING
    done.join(60)
    run = place.store.runs.get(run_id)
    assert (run.state, run.reason) == (RunState.CANCELLED, CANCELLED)
    assert run.progress == Progress(phase="sft", step=1, steps=2, loss=0.5)
    assert not (tmp_path / "training" / run_id).exists()
    with pytest.raises(UserError, match="No training run is under way"):
        place.orders.cancel(place.repository().id)


def test_a_waiting_run_is_cancelled_at_once(taught: School) -> None:
    run_id = order(taught)
    assert taught.orders.cancel(taught.repository().id).state is RunState.CANCELLED
    assert not taught.retrain.prepare(run_id)


def test_one_that_was_cancelled_as_it_began_leaves_no_text_behind(
    taught: School, tmp_path: Path
) -> None:
    run_id = order(taught)
    assert taught.retrain.prepare(run_id)
    # Who cancelled it saw it wait, and ended it.
    taught.store.runs.finish(run_id, RunState.CANCELLED, taught.town.clock(), reason=CANCELLED)
    assert (tmp_path / "training" / run_id).exists()
    assert not taught.retrain.train(run_id, threading.Event())
    assert taught.store.runs.get(run_id).state is RunState.CANCELLED
    assert not (tmp_path / "training" / run_id).exists()


@pytest.mark.parametrize("step", ["prepare", "train"])
def test_a_run_ends_where_nobody_wants_it_any_more(town: Town, tmp_path: Path, step: str) -> None:
    teach(town)
    place = school(town, tmp_path)
    run_id = order(place)
    if step == "train":
        assert place.retrain.prepare(run_id)
    town.put(".github/treadle.yml", b"training: false\n")
    with pytest.raises(UserError, match=r"training: false"):
        place.orders.order(place.repository(), by="mia", key="k2")
    stop = threading.Event()
    goes_on = (
        place.retrain.prepare(run_id) if step == "prepare" else place.retrain.train(run_id, stop)
    )
    assert not goes_on
    run = place.store.runs.get(run_id)
    assert (run.state, run.reason) == (RunState.CANCELLED, TURNED_OFF)


def test_a_repository_that_is_gone_is_not_trained_on(taught: School) -> None:
    run_id = order(taught)
    assert taught.retrain.prepare(run_id)
    repository = taught.repository()
    taught.store.repositories.remove(repository.id, NOW)
    assert not taught.retrain.train(run_id, threading.Event())
    assert taught.store.runs.get(run_id).reason == INACCESSIBLE
    assert taught.orders.start_due() == 0


def test_an_adapter_of_a_repository_that_is_gone_is_not_promoted(taught: School) -> None:
    run_id = order(taught)
    repository = taught.repository()
    assert taught.retrain.judge(run_id, threading.Event())
    taught.store.repositories.remove(repository.id, NOW)
    assert not taught.retrain.finish(run_id, threading.Event())
    run = taught.store.runs.get(run_id)
    assert (run.state, run.reason) == (RunState.CANCELLED, INACCESSIBLE)
    assert taught.store.adapters.history(repository.id) == []
    assert taught.store.adapters.versions(repository.id) == []


def test_a_training_that_dies_goes_on_in_its_folder(town: Town, tmp_path: Path) -> None:
    teach(town)
    place = school(town, tmp_path, mode="dies")
    run_id = order(place)
    assert place.retrain.prepare(run_id)
    with pytest.raises(TransientError):
        place.retrain.train(run_id, threading.Event())
    assert place.store.runs.get(run_id).state is RunState.RUNNING
    place.run(run_id)
    assert place.store.runs.get(run_id).state is RunState.PROMOTED


def test_a_run_that_is_given_up_says_why(town: Town, tmp_path: Path) -> None:
    teach(town)
    place = school(town, tmp_path, mode="dies")
    run_id = order(place)
    with pytest.raises(TransientError):
        place.retrain.train(run_id, threading.Event())
    place.retrain.fail(run_id)
    run = place.store.runs.get(run_id)
    assert run.state is RunState.FAILED and "ended before its time" in run.reason
    place.retrain.fail(run_id)
    assert place.store.runs.get(run_id) == run


def test_what_people_can_mend_is_told(town: Town, tmp_path: Path) -> None:
    teach(town)
    place = school(town, tmp_path, mode="fails")
    run_id = order(place)
    assert not place.retrain.train(run_id, threading.Event())
    run = place.store.runs.get(run_id)
    assert (run.state, run.reason) == (RunState.FAILED, "There is not enough memory.")


def test_a_model_that_was_changed_under_a_run_ends_it(town: Town, tmp_path: Path) -> None:
    teach(town)
    place = school(town, tmp_path, base_hash="b" * 64)
    run_id = order(place)
    with pytest.raises(UserError, match="train again"):
        place.retrain.judge(run_id, threading.Event())
    run = place.store.runs.get(run_id)
    assert run.state is RunState.FAILED and "other weights now (tiny)" in run.reason


def test_a_stop_ends_nothing_for_good(town: Town, tmp_path: Path) -> None:
    teach(town)
    place = school(town, tmp_path, mode="long")
    run_id = order(place)
    stop = threading.Event()
    stop.set()
    assert place.retrain.train(run_id, stop)
    assert place.store.runs.get(run_id).state is not RunState.CANCELLED
    assert (tmp_path / "training" / run_id / "spec.json").exists()


def test_another_machine_does_all_again(taught: School, tmp_path: Path) -> None:
    """What was recorded as done stands in a folder that the other one does not have."""
    run_id = order(taught)
    assert taught.retrain.prepare(run_id)
    spec = taught.workshop.folder(run_id).spec()
    # The first machine was lost between keeping the files and keeping the version.
    leftover = tmp_path / "leftover"
    leftover.mkdir()
    (leftover / "adapter_config.json").write_text('{"trained": "there"}')
    taught.workshop.artifacts.put(spec.adapter, leftover)
    other = school(taught.town, tmp_path / "elsewhere")
    assert other.retrain.finish(run_id, threading.Event())
    assert other.store.runs.get(run_id).state is RunState.PROMOTED
    [version] = other.store.adapters.versions(other.repository().id)
    assert set(version.files) == {"adapter_config.json", "adapter_model.safetensors"}


def test_a_version_that_was_kept_is_promoted_wherever_the_run_goes_on(
    taught: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise TransientError("the database cannot be reached")

    run_id = order(taught)
    with monkeypatch.context() as patched:
        patched.setattr(taught.store.adapters, "promote", lost)
        with pytest.raises(TransientError):
            taught.retrain.finish(run_id, threading.Event())
    [version] = taught.store.adapters.versions(taught.repository().id)
    elsewhere = school(taught.town, tmp_path / "elsewhere")
    assert elsewhere.retrain.finish(run_id, threading.Event())
    assert taught.store.adapters.active(taught.repository().id) == version
    assert taught.store.runs.get(run_id).adapter == version.name
    assert not (tmp_path / "elsewhere").exists(), "nothing is trained twice"


def test_a_cancel_while_files_are_kept_leaves_nothing_of_it(
    taught: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = order(taught)
    keep, kept = taught.workshop.artifacts.put, []

    def put(name: str, folder: Path) -> Mapping[str, str]:
        taught.orders.cancel(taught.repository().id)
        kept.append(name)
        return keep(name, folder)

    monkeypatch.setattr(taught.workshop.artifacts, "put", put)
    assert not taught.retrain.finish(run_id, threading.Event())
    run = taught.store.runs.get(run_id)
    assert (run.state, run.reason, len(kept)) == (RunState.CANCELLED, CANCELLED, 1)
    assert taught.store.adapters.history(taught.repository().id) == []
    assert taught.store.adapters.versions(taught.repository().id) == []
    assert list(taught.workshop.artifacts.names("")) == []


def test_one_that_was_promoted_and_rolled_back_is_not_promoted_again(
    taught: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is lost between the promotion and the run's end."""

    def lost(*_: object, **__: object) -> None:
        raise TransientError("the database cannot be reached")

    run_id, repository_id = order(taught), taught.repository().id
    with monkeypatch.context() as patched:
        patched.setattr(taught.store.runs, "finish", lost)
        with pytest.raises(TransientError):
            taught.retrain.finish(run_id, threading.Event())
    at = taught.town.clock()
    taught.store.adapters.rollback(repository_id, by="mia", reason="Too curt.", at=at)
    assert taught.retrain.finish(run_id, threading.Event())
    assert taught.store.adapters.active(repository_id) is None
    run = taught.store.runs.get(run_id)
    assert run.state is RunState.PROMOTED and run.adapter


class TestDataOfARun:
    @pytest.mark.parametrize("ends", ["promoted", "cancelled"])
    def test_it_goes_when_a_newer_run_has_ended(
        self, taught: School, tmp_path: Path, ends: str
    ) -> None:
        first = order(taught)
        taught.run(first)
        assert (tmp_path / "training" / first / "snapshot.jsonl").exists()
        taught.town.clock.ahead += timedelta(days=1)
        second = taught.orders.order(taught.repository(), by="mia", key="k2").id
        assert taught.retrain.prepare(second)
        assert (tmp_path / "training" / first).exists(), "the newer one may still fail"
        if ends == "cancelled":
            taught.orders.cancel(taught.repository().id)
        goes_on = taught.retrain.finish(second, threading.Event())
        assert goes_on is (ends == "promoted")
        assert taught.store.runs.get(second).state.value == ends
        assert not (tmp_path / "training" / first).exists()
        there = (tmp_path / "training" / second / "snapshot.jsonl").exists()
        assert there is (ends == "promoted")

    def test_it_goes_from_other_disks_with_its_version(
        self, taught: School, tmp_path: Path
    ) -> None:
        run_id, repository_id = order(taught), taught.repository().id
        taught.run(run_id)
        store, at = taught.store, taught.town.clock()
        store.adapters.rollback(repository_id, by="mia", reason="", at=at)
        clear(store, tmp_path / "training")
        assert (tmp_path / "training" / run_id).exists()
        name = store.runs.get(run_id).adapter
        store.adapters.retire(repository_id, name, at)
        clear(store, tmp_path / "training")
        assert not (tmp_path / "training" / run_id).exists()


class TestAnswersWithAnAdapter:
    @pytest.fixture
    def promoted(self, taught: School) -> School:
        taught.run(order(taught))
        return taught

    def test_a_fault_of_the_adapter_costs_no_answer(self, promoted: School) -> None:
        promoted.faults.append(UserError("The adapter is damaged."))
        number, posted = promoted.town.ask("rae", QUESTION)
        body = promoted.town.reply(number).body
        assert UNTAUGHT in body and LEAD not in body
        block = block_of(promoted, number, posted.node_id)
        active = promoted.store.adapters.active(promoted.repository().id)
        assert (block["adapter"], block["without"]) == ("", active.name)
        assert "damaged" not in json.dumps(block)

    @pytest.mark.parametrize("fault", ["refused", "damaged", "missing", "other base"])
    def test_one_that_cannot_be_loaded_is_done_without(
        self, promoted: School, tmp_path: Path, fault: str
    ) -> None:
        name = promoted.store.adapters.active(promoted.repository().id).name
        kept = tmp_path / "adapters" / name
        place = promoted
        if fault == "refused":
            promoted.model.refuses = "It was made for another model."
        elif fault == "damaged":
            (kept / "adapter_model.safetensors").write_text("other weights")
        elif fault == "missing":
            promoted.town.bot.artifacts.delete(name)
        else:
            place = school(promoted.town, tmp_path, base_hash="b" * 64)
        with structlog.testing.capture_logs() as logs:
            asked = [place.town.ask("rae", QUESTION) for _ in range(2)]
        for number, posted in asked:
            body = place.town.reply(number).body
            assert UNTAUGHT in body and LEAD not in body
            block = block_of(place, number, posted.node_id)
            assert (block["adapter"], block["without"]) == ("", name)
        [told] = [line for line in logs if line["event"] == "adapter.unused"]
        assert told["adapter"] == name and told["cause"]

    def test_a_rollback_holds_from_the_next_answer_on(self, promoted: School) -> None:
        # Another process does it; the bot that answers is the same before and after.
        console = Console(file=io.StringIO())
        roll_back(promoted.town.bot.settings, "olivia/loom", reason="", console=console)
        number, posted = promoted.town.ask("rae", QUESTION)
        block = block_of(promoted, number, posted.node_id)
        assert block["adapter"] == "" and "without" not in block

    def test_an_older_answer_is_explained_with_its_own_adapter(self, promoted: School) -> None:
        number, _ = promoted.town.ask("rae", QUESTION)
        url = promoted.town.reply(number).url
        explains = WhyFlow(promoted.town.bot.context, promoted.town.bot.policies)
        assert explains.reply(url).repeated
        at = promoted.town.clock()
        promoted.store.adapters.rollback(promoted.repository().id, by="mia", reason="", at=at)
        why = explains.reply(url)
        assert why.repeated and why.now.text.startswith(LEAD)
