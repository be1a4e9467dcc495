"""Who may order training, in which words that is answered, and when it begins by itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import ReplyState, RunState
from tests.integration.flows.conftest import Town
from tests.integration.flows.schooling import School, school, teach


@pytest.fixture
def taught(town: Town, tmp_path: Path) -> School:
    teach(town)
    return school(town, tmp_path)


def finish(
    place: School, run_id: str, state: RunState = RunState.REFUSED, adapter: str = "r1-0001-ab"
) -> None:
    place.store.runs.finish(run_id, state, place.town.clock(), adapter=adapter)


def test_a_maintainer_orders_a_run_by_a_comment(taught: School) -> None:
    number, _ = taught.town.ask("mia", "/retrain")
    run = taught.store.runs.under_way(taught.repository().id)
    assert run is not None and run.by == "mia"
    reply = taught.town.reply(number)
    assert "A training run is queued" in reply.body and run.id in reply.body
    assert [job.args for job in taught.jobs] == [(run.id,)]
    assert taught.store.replies.by_url(reply.url) is None, "people's votes on it teach nothing"

    number, _ = taught.town.ask("mia", "/retrain")
    assert "waits for its turn already" in taught.town.reply(number).body
    assert len(taught.jobs) == 1


@pytest.mark.parametrize(("login", "told"), [("walt", True), ("tess", True), ("rae", False)])
def test_others_may_not(taught: School, login: str, told: bool) -> None:
    number, _ = taught.town.ask(login, "/retrain")
    replies = taught.town.replies(number)
    assert [("maintain permission" in reply.body) for reply in replies] == [True] * told
    assert taught.store.runs.latest(taught.repository().id) is None


def test_too_little_is_answered_in_words(town: Town, tmp_path: Path) -> None:
    teach(town, 1)
    place = school(town, tmp_path)
    number, _ = place.town.ask("mia", "/retrain")
    body = place.town.reply(number).body
    assert "There is 1 row of trusted feedback" in body and "training needs 16" in body
    assert "held out" in body and "at least 8 threads" in body


def test_training_turned_off_is_answered_in_words(taught: School) -> None:
    taught.town.put(".github/treadle.yml", b"training: false\n")
    number, _ = taught.town.ask("mia", "/retrain")
    assert "`training: false`" in taught.town.reply(number).body


def test_an_installation_without_a_model_says_so(town: Town) -> None:
    teach(town)
    number, _ = town.ask("mia", "/retrain")
    assert "there is nothing to train" in town.reply(number).body


def test_help_names_the_command(town: Town) -> None:
    number, _ = town.ask("rae", "/help")
    assert "`/retrain`" in town.reply(number).body


class TestByItself:
    def test_enough_begins_a_run(self, taught: School) -> None:
        assert taught.orders.start_due() == 1
        run = taught.store.runs.under_way(taught.repository().id)
        assert run is not None and run.by == ""
        assert taught.orders.start_due() == 0, "one at a time"

    def test_too_little_begins_none(self, town: Town, tmp_path: Path) -> None:
        teach(town, 15)
        assert school(town, tmp_path).orders.start_due() == 0

    def test_old_feedback_begins_no_second_run(self, taught: School) -> None:
        taught.orders.start_due()
        finish(taught, taught.jobs[0].args[0])
        taught.town.clock.ahead += timedelta(days=30)
        assert taught.orders.start_due() == 0

    @pytest.mark.parametrize(("days", "begun"), [(6, 0), (7, 1)])
    def test_new_feedback_begins_one_a_week_later(
        self, taught: School, days: int, begun: int
    ) -> None:
        taught.orders.start_due()
        finish(taught, taught.jobs[0].args[0])
        taught.town.clock.ahead += timedelta(days=days)
        teach_again(taught)
        assert taught.orders.start_due() == begun

    @pytest.mark.parametrize("state", [RunState.CANCELLED, RunState.FAILED])
    def test_a_run_that_made_use_of_nothing_is_begun_again_in_a_week(
        self, taught: School, state: RunState
    ) -> None:
        taught.orders.start_due()
        finish(taught, taught.jobs[0].args[0], state, adapter="")
        taught.town.clock.ahead += timedelta(days=6)
        assert taught.orders.start_due() == 0, "who cancels one is not to do so every hour"
        taught.town.clock.ahead += timedelta(days=1)
        assert taught.orders.start_due() == 1

    def test_too_little_that_can_be_learned_uses_nothing_up(self, taught: School) -> None:
        """Of 18 rows 15 can be learned from: the next run comes with the next row."""
        gone = taught.store.replies.recent(taught.repository().id, 3)
        for reply in gone:
            taught.store.replies.set_state(reply.id, ReplyState.DELETED)
        taught.orders.start_due()
        run_id = taught.jobs[0].args[0]
        assert not taught.retrain.prepare(run_id)
        run = taught.store.runs.get(run_id)
        assert run.state is RunState.REFUSED
        assert run.reason.endswith("gives no lesson of its own: the reply is gone (3).")
        taught.town.clock.ahead += timedelta(days=30)
        found = taught.orders.outlook(taught.repository().id)
        assert (found.new, found.in_vain) == (18, True)
        assert taught.orders.start_due() == 0, "it would end in the same words"
        teach_again(taught, 1)
        assert not taught.orders.outlook(taught.repository().id).in_vain
        assert taught.orders.start_due() == 1

    def test_who_asks_for_one_at_the_same_time_is_first(
        self, taught: School, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repository = taught.repository()
        looked = taught.orders.outlook(repository.id)
        taught.orders.order(repository, by="mia", key="k1")
        monkeypatch.setattr(taught.orders, "outlook", lambda _: looked)
        assert taught.orders.start_due() == 0
        assert len(taught.store.runs.recent(repository.id, 9)) == 1

    @pytest.mark.parametrize(("days", "state"), [(2, RunState.RUNNING), (4, RunState.FAILED)])
    def test_a_run_without_an_end_is_given_up(
        self, taught: School, days: int, state: RunState
    ) -> None:
        taught.orders.start_due()
        run_id = taught.jobs[0].args[0]
        assert taught.retrain.prepare(run_id)
        taught.town.clock.ahead += timedelta(days=days)
        taught.orders.start_due()
        run = taught.store.runs.get(run_id)
        assert run.state is state
        assert taught.retrain.prepare(run_id) is (state is RunState.RUNNING)
        assert ("no end 3 days after its start" in run.reason) is (state is RunState.FAILED)

    def test_a_cancelled_run_that_no_worker_has_is_ended(self, taught: School) -> None:
        taught.orders.start_due()
        run_id = taught.jobs[0].args[0]
        assert taught.retrain.prepare(run_id)
        assert taught.orders.cancel(taught.repository().id).state is RunState.RUNNING
        taught.orders.start_due()
        assert taught.store.runs.get(run_id).state is RunState.CANCELLED

    def test_what_was_lost_on_its_way_is_put_into_the_queue_again(self, taught: School) -> None:
        taught.orders.start_due()
        lost = list(taught.jobs)
        taught.jobs.clear()
        assert taught.orders.start_due() == 0
        assert taught.jobs == lost

    def test_training_turned_off_begins_none(self, taught: School) -> None:
        taught.town.put(".github/treadle.yml", b"training: false\n")
        assert taught.orders.start_due() == 0


def test_the_outlook_tells_what_the_next_run_waits_for(taught: School) -> None:
    repository_id = taught.repository().id
    found = taught.orders.outlook(repository_id)
    assert (found.tally.rows, found.tally.pairs, found.tally.threads) == (18, 18, 18)
    assert (found.new, found.rows, found.not_before, found.refusal) == (18, 16, None, "")
    assert not found.in_vain
    assert found.due(taught.town.clock())

    taught.orders.start_due()
    begun = taught.store.runs.under_way(repository_id)
    finish(taught, begun.id)
    found = taught.orders.outlook(repository_id)
    assert (found.tally.rows, found.new, found.refusal) == (18, 0, "")
    assert found.not_before == begun.created_at + timedelta(days=7)
    assert not found.due(found.not_before), "there is nothing new"


def teach_again(place: School, count: int = 100) -> None:
    """Lets people say the same of the newest replies once more, now."""
    for reply in place.store.replies.recent(place.repository().id, count):
        kept = place.store.evidence.of_reply(reply.id)
        rows = [replace(row, created_at=place.town.clock()) for row in kept.rows]
        place.store.evidence.replace(reply.id, replace(kept, rows=rows))
