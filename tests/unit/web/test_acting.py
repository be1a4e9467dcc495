"""The buttons of training: what they change, what they refuse, and who may press them."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace

import httpx
import pytest

from app.domain import AdapterVersion, RunState
from app.errors import TransientError
from app.web.acting import BY, LONGEST_REASON
from tests.unit.web import trained
from tests.unit.web.bots import NOW, REPOSITORY, SITE, Shown

HOME = "/repositories/1/training"


def press(
    bot: Shown, act: str, fields: Mapping[str, str], *, origin: str = SITE, signed_in: bool = True
) -> httpx.Response:
    """Sends a form of the page."""
    return bot.client(signed_in=signed_in).post(
        f"{HOME}/{act}", data=fields, headers={"Origin": origin}, follow_redirects=False
    )


def done(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.headers.get("location")) == (303, HOME)


def in_use(bot: Shown) -> str:
    version = bot.store.adapters.active(1)
    return "" if version is None else version.name


@pytest.fixture
def two(school: Shown) -> tuple[AdapterVersion, AdapterVersion]:
    """Two versions that passed, the second one in use after the first."""
    first, second = trained.keep(school, 1), trained.keep(school, 2)
    trained.promote(school, first)
    trained.promote(school, second)
    return first, second


Two = tuple[AdapterVersion, AdapterVersion]


class TestStart:
    def test_it_begins_one_run_however_often_it_is_pressed(self, school: Shown) -> None:
        trained.teach(school, 64)
        page = school.client().get(HOME).text
        after = re.search(r'name="after" value="([^"]*)"', page)
        assert after is not None
        for _ in range(2):
            assert done(press(school, "start", {"after": after[1]}))
        (run,) = school.store.runs.recent(1, 9)
        assert (run.state, run.by) == (RunState.WAITING, BY)
        assert {job.args for job in school.jobs} == {(run.id,)}

    def test_a_page_from_before_the_last_run_begins_none(self, school: Shown) -> None:
        trained.teach(school, 64)
        press(school, "start", {"after": ""})
        run = school.store.runs.under_way(1)
        assert run is not None
        school.store.runs.finish(run.id, RunState.CANCELLED, NOW)
        answer = press(school, "start", {"after": ""})
        assert answer.status_code == 409 and "Load the page again" in answer.text
        assert done(press(school, "start", {"after": run.id}))
        assert len(school.store.runs.recent(1, 9)) == 2

    def test_too_little_is_refused_in_words(self, school: Shown) -> None:
        trained.teach(school, 3)
        answer = press(school, "start", {"after": ""})
        assert answer.status_code == 409
        assert "There are 3 rows of trusted feedback here" in answer.text
        assert f'href="{HOME}"' in answer.text
        assert school.store.runs.latest(1) is None

    def test_a_queue_out_of_reach_is_said_so(
        self, school: Shown, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def order(*_: object, **__: object) -> None:
            raise TransientError("the queue's database cannot be reached")

        monkeypatch.setattr(school.orders, "order", order)
        answer = press(school, "start", {"after": ""})
        assert answer.status_code == 503
        assert "cannot be reached. Try again in a moment." in answer.text.replace("&#39;", "'")


class TestCancel:
    def test_it_asks_the_run_to_stop(self, school: Shown) -> None:
        trained.run(school)
        school.store.runs.start("now", NOW)
        assert done(press(school, "cancel", {"run": "now"}))
        run = school.store.runs.get("now")
        assert run is not None and run.cancel and run.state is RunState.RUNNING

    def test_a_run_that_waits_ends_at_once(self, school: Shown) -> None:
        trained.run(school)
        assert done(press(school, "cancel", {"run": "now"}))
        run = school.store.runs.get("now")
        assert run is not None and run.state is RunState.CANCELLED

    def test_another_run_than_the_page_showed_goes_on(self, school: Shown) -> None:
        trained.run(school, "later")
        answer = press(school, "cancel", {"run": "now"})
        assert answer.status_code == 409 and "not under way any more" in answer.text
        run = school.store.runs.get("later")
        assert run is not None and not run.cancel


class TestRollBack:
    def test_it_goes_back_once_and_says_who_and_why(self, school: Shown, two: Two) -> None:
        first, second = two
        fields = {"leaving": second.name, "reason": "Too  curt.\r\n\0"}
        assert done(press(school, "rollback", fields))
        assert in_use(school) == first.name
        made = school.store.adapters.history(1)[-1]
        assert (made.adapter, made.by, made.reason, made.at) == (first.name, BY, "Too curt.", NOW)
        # The second press of the same button.
        answer = press(school, "rollback", fields)
        assert answer.status_code == 409
        assert f"{second.name} is not in force any more" in answer.text
        assert in_use(school) == first.name

    def test_before_the_first_one_is_the_base_model(self, school: Shown) -> None:
        version = trained.keep(school, 1)
        trained.promote(school, version)
        assert done(press(school, "rollback", {"leaving": version.name}))
        assert in_use(school) == ""
        assert "The base model, without an adapter." in school.client().get(HOME).text

    def test_it_needs_no_files(self, school: Shown, two: Two) -> None:
        shutil.rmtree(school.settings.data_dir / "adapters")
        assert done(press(school, "rollback", {"leaving": two[1].name}))
        assert in_use(school) == two[0].name

    def test_a_reason_has_an_end(self, school: Shown, two: Two) -> None:
        press(school, "rollback", {"leaving": two[1].name, "reason": "ä" * 300})
        assert school.store.adapters.history(1)[-1].reason == "ä" * LONGEST_REASON


class TestPromote:
    def test_answers_use_it(self, school: Shown, two: Two) -> None:
        first, _ = two
        assert done(press(school, "promote", {"adapter": first.name, "reason": "Kinder."}))
        assert in_use(school) == first.name
        made = school.store.adapters.history(1)[-1]
        assert (made.by, made.reason) == (BY, "Kinder.")

    def test_one_that_was_kept_back_is_refused(self, school: Shown) -> None:
        version = trained.keep(school, 1, wins=9)
        answer = press(school, "promote", {"adapter": version.name})
        assert answer.status_code == 409 and "did not pass the gate" in answer.text
        assert in_use(school) == ""

    def test_one_whose_files_changed_is_refused(self, school: Shown) -> None:
        version = trained.keep(school, 1)
        path = school.settings.data_dir / "adapters" / version.name / trained.WEIGHTS
        path.write_text("other weights")
        assert press(school, "promote", {"adapter": version.name}).status_code == 409
        assert in_use(school) == ""

    def test_another_repositorys_is_refused(self, school: Shown) -> None:
        school.store.repositories.save(replace(REPOSITORY, id=2, name="loom"))
        foreign = trained.keep(school, 1, repository_id=2)
        answer = press(school, "promote", {"adapter": foreign.name})
        assert answer.status_code == 409 and "This repository has no adapter" in answer.text
        assert in_use(school) == ""


class TestRetire:
    def test_it_is_never_used_again_and_its_files_are_gone(self, school: Shown, two: Two) -> None:
        first, _ = two
        data = school.settings.data_dir / "training" / first.run_id
        data.mkdir(parents=True)
        assert done(press(school, "retire", {"adapter": first.name}))
        assert not data.exists(), "people's text is in it"
        kept = school.store.adapters.get(first.name)
        assert kept is not None and kept.retired_at == NOW
        assert not (school.settings.data_dir / "adapters" / first.name).exists()

    def test_one_in_use_is_refused(self, school: Shown, two: Two) -> None:
        answer = press(school, "retire", {"adapter": two[1].name})
        assert answer.status_code == 409 and "is in force" in answer.text
        assert (school.settings.data_dir / "adapters" / two[1].name).exists()

    def test_files_out_of_reach_are_told_of(
        self, school: Shown, two: Two, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def delete(name: str) -> None:
            raise TransientError(f"no network to delete {name}")

        monkeypatch.setattr(school.artifacts, "delete", delete)
        answer = press(school, "retire", {"adapter": two[0].name})
        assert answer.status_code == 409
        assert f"treadle adapters retire olivia/shuttle {two[0].name}" in answer.text


ACTS: Sequence[tuple[str, str]] = (
    ("start", "after"),
    ("cancel", "run"),
    ("promote", "adapter"),
    ("rollback", "leaving"),
    ("retire", "adapter"),
)


@pytest.mark.parametrize(("act", "field"), ACTS)
def test_forms_of_others_do_nothing(school: Shown, two: Two, act: str, field: str) -> None:
    trained.run(school)
    fields = {field: {"run": "now", "after": ""}.get(field, two[field == "leaving"].name)}
    assert press(school, act, fields, origin="https://evil.test").status_code == 403
    assert press(school, act, fields, signed_in=False).status_code == 401
    assert in_use(school) == two[1].name
    assert len(school.store.adapters.history(1)) == 2
    run = school.store.runs.get("now")
    assert run is not None and run.state is RunState.WAITING


@pytest.mark.parametrize("act", ["promote", "rollback", "retire"])
@pytest.mark.parametrize("fields", [{}, {"reason": "x" * 5000}])
def test_forms_that_are_not_ours_do_nothing(
    school: Shown, two: Two, act: str, fields: Mapping[str, str]
) -> None:
    answer = press(school, act, fields)
    assert answer.status_code == 400 and "load the page again" in answer.text
    assert in_use(school) == two[1].name


def test_other_addresses_are_none(school: Shown) -> None:
    assert press(school, "delete", {}).status_code == 404
    assert school.client().get(f"{HOME}/rollback").status_code == 405
    answer = school.client().post(
        "/repositories/2/training/start", data={"after": ""}, headers={"Origin": SITE}
    )
    assert answer.status_code == 404
