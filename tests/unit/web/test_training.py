"""The page of a repository's training: what there is, what goes on, what came of it."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import Progress, RunState
from app.web.durations import duration
from app.web.training import phase
from tests.unit.web import trained
from tests.unit.web.bots import EVIL, NOW, REPOSITORY, Shown, make_bot, make_reply
from tests.unit.web.test_dashboard import words

HOME = "/repositories/1/training"


def page(bot: Shown, path: str = HOME) -> str:
    answer = bot.client().get(path)
    assert answer.status_code == 200
    return answer.text


def part(text: str, name: str) -> str:
    """The words of one section, from its id to the next section."""
    start = text.index(f'id="{name}"')
    ends = [text.find("<section", start), text.find("</main>", start)]
    return words("<main " + text[start : min(end for end in ends if end > 0)])


class TestNext:
    def test_too_little_is_said_in_words_and_figures(self, school: Shown) -> None:
        trained.teach(school, 40, pairs=10)
        text = page(school)
        said = part(text, "next")
        for figure in (
            "rows of trusted feedback 40 of 64",
            "of these, pairs 10 of 16",
            "threads with pairs 10 of 8",
            "rows since the last adapter 40 of 64",
        ):
            assert figure in said
        assert "No run can begin now. There are 40 rows of trusted feedback here" in said
        assert "training needs 64" in said
        assert "at least 16, from at least 8 threads" in said
        assert "Retrain now" not in text

    def test_enough_can_begin(self, school: Shown) -> None:
        trained.teach(school, 64, pairs=16)
        said = part(page(school), "next")
        assert "Retrain now" in said and "No run can begin" not in said
        assert "By itself a run begins once 64 rows came since the last adapter." in said

    def test_a_run_holds_the_next_one_back(self, school: Shown) -> None:
        trained.teach(school, 64)
        at = NOW - timedelta(days=2)
        trained.ended(school, "old", RunState.REFUSED, "No.", created_at=at)
        said = part(page(school), "next")
        # A week after the 8th of March, 12 o'clock.
        assert "and not before 15 Mar 2026, 12:00" in said
        assert "Retrain now" in said, "people need not wait"

    def test_feedback_is_new_once(self, school: Shown) -> None:
        trained.teach(school, 64)
        trained.ended(school, "old", RunState.REFUSED, "No.", adapter="r1-0001-ab")
        assert "rows since the last adapter 0 of 64" in part(page(school), "next")

    def test_a_refusal_for_too_little_waits_for_the_next_row(self, school: Shown) -> None:
        trained.teach(school, 64)
        trained.ended(school, "old", RunState.REFUSED, "Not counted: the reply is gone (3).")
        said = part(page(school), "next")
        assert "rows since the last adapter 64 of 64" in said
        assert "and a row since the last run, which found too little in these" in said
        assert "the reply is gone (3)" in part(page(school), "runs")

    def test_without_a_model_there_is_nothing_to_train(self, data: Path) -> None:
        bot = make_bot(data, model="extract")
        bot.store.repositories.save(REPOSITORY)
        trained.teach(bot, 64)
        text = page(bot)
        bot.store.close()
        assert "there is nothing to train" in part(text, "next")
        assert "Retrain now" not in text

    def test_training_may_be_off(self, school: Shown) -> None:
        trained.teach(school, 64)
        school.store.repositories.save_policy(1, "repository", "s", "training: false\n", [])
        assert "Training is off in this repository" in part(page(school), "next")


class TestRun:
    def test_how_far_it_is(self, school: Shown) -> None:
        trained.run(school)
        school.store.runs.start("now", NOW - timedelta(seconds=200))
        progress = Progress(phase="fold 2 of 4, dpo", step=31, steps=72, loss=0.6125)
        school.store.runs.set_progress("now", progress)
        text = page(school)
        said = part(text, "run")
        assert "running fold 2 of 4: preferring what people chose (DPO) , step 31 of 72" in said
        assert "3 min 20 s so far, loss 0.613" in said or "loss 0.612" in said
        assert "asked for by max, 10 Mar 2026, 11:50 · run now" in said
        assert re.search(r'<progress aria-labelledby="phase" value="31" max="72">', text)
        assert "No run can begin while one is under way." in part(text, "next")
        assert "Retrain now" not in text

    def test_a_waiting_run_has_no_bar(self, school: Shown) -> None:
        trained.run(school, by="")
        text = page(school)
        assert "waiting for its turn" in part(text, "run")
        assert "asked for by the schedule" in part(text, "run")
        assert "<progress" not in text

    def test_work_without_steps_has_a_bar_without_an_end(self, school: Shown) -> None:
        trained.run(school)
        school.store.runs.start("now", NOW)
        assert '<progress aria-labelledby="phase">' in page(school)

    def test_the_page_renews_itself_until_it_is_told_not_to(self, school: Shown) -> None:
        renewing = '<meta http-equiv="refresh" content="5">'
        assert renewing not in page(school)
        trained.run(school)
        text = page(school)
        assert renewing in text and f'<a id="still" href="{HOME}?still=1">' in text
        text = page(school, f"{HOME}?still=1")
        assert renewing not in text and f'<a id="move" href="{HOME}">' in text

    def test_one_that_is_cancelled_cannot_be_cancelled_again(self, school: Shown) -> None:
        trained.run(school)
        school.store.runs.start("now", NOW)
        assert "Cancel the run" in page(school)
        school.store.runs.request_cancel("now")
        text = page(school)
        assert "It is being cancelled" in text and "Cancel the run" not in text

    def test_past_runs_say_how_they_ended(self, school: Shown) -> None:
        trained.ended(school, "one", RunState.FAILED, "There is not enough memory.")
        version = trained.keep(school, 1)
        trained.run(school, "two")
        school.store.runs.start("two", NOW)
        school.store.runs.finish(
            "two", RunState.PROMOTED, NOW, reason="It passed the gate.", adapter=version.name
        )
        text = page(school)
        said = part(text, "runs")
        assert "failed There is not enough memory." in said
        assert "asked for by max · took 1 min 35 s · run one" in said
        assert f"promoted It passed the gate. {version.name}" in said
        assert f'<a href="{HOME}/1">{version.name}</a>' in text


class TestUse:
    def test_nothing_yet(self, school: Shown) -> None:
        text = page(school)
        assert "The base model, without an adapter. No adapter was ever in use" in part(text, "use")
        assert "Nothing was trained yet." in text and "No run has ended yet." in text
        assert "Roll back" not in text and 'id="changes"' not in text

    def test_what_is_in_use_since_when_and_why(self, school: Shown) -> None:
        version = trained.keep(school, 1, wins=14)
        trained.promote(school, version)
        text = page(school)
        said = part(text, "use")
        # (C(16,14) + C(16,15) + 1) / 2^16 = (120 + 16 + 1) / 65536
        assert f"{version.name} : prefers what people chose in 14 of 16 held-out pairs" in said
        assert "p = 0.002" in said
        assert "Of 16 questions that were not taught, 16 are answered as taught with all" in said
        assert "by max: It passed the gate." in said
        assert "Roll back" in said
        assert f'name="leaving" value="{version.name}"' in text

    def test_one_of_another_model_is_said_to_rest(self, school: Shown) -> None:
        trained.promote(school, trained.keep(school, 1, base="thimble"))
        said = part(page(school), "use")
        assert "It was trained on thimble, and answers are drafted by bobbin now." in said

    def test_one_that_replies_could_not_use_is_said_so(self, school: Shown) -> None:
        version = trained.keep(school, 1)
        trained.promote(school, version)
        assert "adapter.unused" not in page(school)
        school.store.replies.add(make_reply(block={"without": version.name}))
        assert "adapter.unused" in part(page(school), "use")

    def test_the_history_has_every_change(self, school: Shown) -> None:
        version = trained.keep(school, 1)
        trained.promote(school, version, by="", reason="")
        school.store.adapters.rollback(1, by="ann", reason="Too curt.", at=NOW)
        said = part(page(school), "changes")
        assert said.index("The base model") < said.index(version.name), "newest first"
        assert "from 10 Mar 2026, 12:00 , by ann: Too curt." in said
        assert "by the training run itself" in said

    def test_the_first_page_names_it(self, school: Shown) -> None:
        assert "adapter none" in words(page(school, "/"))
        trained.promote(school, trained.keep(school, 1))
        assert "adapter version 1" in words(page(school, "/"))


class TestVersions:
    def test_each_with_its_verdict(self, school: Shown) -> None:
        trained.keep(school, 1, wins=9)
        trained.promote(school, trained.keep(school, 2, wins=16))
        trained.keep(school, 3, wins=13)
        school.store.adapters.retire(1, "r1-0001-10000000", NOW)
        said = part(page(school), "versions")
        assert re.findall(r"r1-000(\d)-\S+ ([a-z ]+?) It prefers", said) == [
            ("3", "passed"),
            ("2", "in use passed"),
            ("1", "retired kept back"),
        ]
        assert "in 9 of 16 held-out pairs" in said
        assert "in 9 of 16 held-out threads (56 %" in said, "why it was kept back"
        assert "it may be promoted" in said

    def test_a_picture_of_how_sure_that_is(self, school: Shown) -> None:
        trained.keep(school, 1, wins=16)
        text = page(school)
        # Clopper and Pearson: of 16 of 16 the lower end is .025 ^ (1/16) = .794.
        assert '<rect class="range" x="79.4" y="2.5" width="20.6" height="5"/>' in text
        assert 'aria-label="100 %, between 79 % and 100 %"' in text

    def test_one_that_nothing_is_known_of(self, school: Shown) -> None:
        trained.keep(school, 1, verdict=replace(trained.verdict(), findings=()), metrics={})
        text = page(school)
        assert "Nothing was measured." in part(text, "versions")
        assert 'id="preferences"' not in text


def test_what_people_wrote_stays_text(school: Shown) -> None:
    trained.teach(school, 2, text=EVIL)
    version = trained.keep(school, 1)
    trained.promote(school, version, by=EVIL, reason=EVIL)
    trained.ended(school, "old", RunState.FAILED, EVIL, by=EVIL)
    trained.run(school, by=EVIL)
    school.store.runs.start("now", NOW)
    school.store.runs.set_progress("now", Progress(phase=EVIL, step=1, steps=2))
    for path in (HOME, f"{HOME}/1"):
        text = page(school, path)
        assert "<script" not in text and "<img" not in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "preparing"),
        ("model", "loading the model"),
        ("sft", "imitating what people wrote (SFT)"),
        ("fold 1 of 4, measuring", "fold 1 of 4: measuring what it learned"),
        ("kept, dpo", "with everything: preferring what people chose (DPO)"),
        ("something new", "something new"),
    ],
)
def test_phases_in_words(given: str, said: str) -> None:
    assert phase(Progress(phase=given)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-3, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3600, "1 h 0 min"),
        (90_061, "25 h 1 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said
