"""A local model's process: its life, its batches, its failures; with an engine for tests."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from app.domain import Piece, Prompt, Question
from app.errors import TooLong, TransientError, UserError
from app.models import child as child_module
from app.models import local as local_module
from app.models.jobs import ModelSpec
from app.models.local import LocalModel
from app.models.metering import Meter, Prices

ENGINE = "tests.integration.models.engines:Fake"
WAIT = 60.0
Make = Callable[..., LocalModel]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(child_module, "TICK_SECONDS", 0.05)
    models: list[LocalModel] = []

    def one(source: str = "fake", *, rows: int = 64, **more: object) -> LocalModel:
        given: dict[str, object] = {"name": "fake", "timeout": WAIT, "engine": ENGINE, **more}
        models.append(LocalModel(ModelSpec(source=source, rows=rows), **given))  # type: ignore[arg-type]
        return models[-1]

    yield one
    for model in models:
        model.close()


def prompt(text: str) -> Prompt:
    return Prompt(text=text, question=Question(text=""), sources=())


def pid(model: LocalModel) -> int:
    session = model.session(prompt("who"))
    return int(session.yes_no([""], "pid")[0])


def gone(process: int, *, ours: bool = True) -> None:
    """Waits until a process is no more and, where it is ours, until that has been noticed."""
    end = time.monotonic() + WAIT
    while psutil.pid_exists(process) and (ours or psutil.Process(process).status() != "zombie"):
        assert time.monotonic() < end, "the process lives on"
        time.sleep(0.02)


def test_a_session_is_answered_and_counted(make: Make) -> None:
    model = make(meter=lambda: Meter(Prices(read=1.0, written=10.0)))
    session = model.session(prompt("p"), seed=3)

    pieces = session.expand(["", "a"], [2, 1])

    assert [[piece.text for piece in row] for row in pieces] == [
        ["p|||0|1|1", "p|||1|1|1"],
        ["p||a|0|1|1"],
    ]
    assert pieces[0][1] == Piece(text="p|||1|1|1", finished=False, logprob=-0.1)
    assert list(session.yes_no(["x", "y"], "four")) == [4.0, 4.0]
    assert list(session.logprob(["abc"])) == [-3.0]
    assert not session.whole
    # 100 + 10 + 5 read, 3 written; 115 * 1 + 3 * 10 of a million
    usage = session.usage
    assert (usage.read, usage.cached, usage.written) == (115, 90, 3)
    assert usage.cost == pytest.approx(145e-6)


def test_nothing_starts_before_the_first_use_or_for_nothing(make: Make) -> None:
    model = make()
    session = model.session(prompt("p"))

    assert session.expand([], []) == []
    assert session.expand(["a"], [0]) == [()]
    assert session.yes_no([], "q") == () == session.logprob([])
    session.close()
    assert model.loaded is None
    assert model.describe().parameters == 12_345
    assert str(model.loaded).startswith("fake on cpu in float32, 12,345 parameters, no chat")
    assert model.context() == 4096
    with pytest.raises(ValueError, match="1 prefixes and 2 counts"):
        session.expand([""], [1, 1])


def test_a_spent_session_drafts_no_more_and_still_judges(make: Make) -> None:
    # The first call costs 100 - 90 + 1 = 11 tokens.
    session = make(meter=lambda: Meter(max_tokens=11)).session(prompt("p"))

    assert len(session.expand([""], [1])[0]) == 1
    assert session.expand(["", "a"], [1, 1]) == [(), ()]
    assert list(session.yes_no(["x"], "four")) == [4.0]


def test_another_prompt_of_the_same_ask_counts_on_the_same_meter(make: Make) -> None:
    first = make(meter=lambda: Meter(max_tokens=11)).session(prompt("p"), seed=3)
    second = first.again(prompt("q"))

    assert second.expand([""], [1])[0][0].text.startswith("q|||")
    assert first.usage == second.usage
    assert first.expand([""], [1]) == [()], "the limit holds for both together"
    assert list(first.yes_no(["x"], "four")) == [4.0]
    second.close()
    first.close()


def test_asks_of_many_threads_share_runs_and_none_is_confused(make: Make) -> None:
    model = make("fake 0.3")
    model.describe()
    rounds, asks = 5, 6
    together = threading.Barrier(asks)

    def ask(number: int) -> list[str]:
        session = model.session(prompt(f"p{number}"), seed=number)
        together.wait(WAIT)
        said = [session.expand([f"x{turn}"], [1])[0][0].text for turn in range(rounds)]
        session.close()
        return said

    with ThreadPoolExecutor(asks) as pool:
        answers = list(pool.map(ask, range(asks)))

    for number, said in enumerate(answers):
        for turn, text in enumerate(said):
            assert text.split("|")[:3] == [f"p{number}", "", f"x{turn}"]
    runs = {text.split("|")[4] for said in answers for text in said}
    # 30 jobs in 5 full runs, but for the first and what a busy machine holds up.
    assert len(runs) <= 15
    assert max(int(text.split("|")[5]) for said in answers for text in said) >= asks - 1


def test_closed_sessions_are_forgotten_each_by_itself(make: Make) -> None:
    model = make()
    first, double, other = (model.session(prompt(text)) for text in ("same", "same", "other"))
    for session in (first, double, other):
        session.expand([""], [1])

    first.close()
    assert list(other.yes_no([""], "forgotten")) == [1.0]
    double.close()
    double.close()
    assert list(other.yes_no([""], "forgotten")) == [2.0]


def test_adapters_are_loaded_once_and_again_after_a_restart(make: Make, tmp_path: Path) -> None:
    model = make()
    with pytest.raises(UserError, match="not known"):
        model.session(prompt("p"), adapter="a1")
    with pytest.raises(UserError, match="has no folder"):
        model.add_adapter("a1", tmp_path / "missing")
    with pytest.raises(UserError, match="not known"):
        model.session(prompt("p"), adapter="a1")

    model.add_adapter("a1", tmp_path)
    model.add_adapter("a1", tmp_path)
    with pytest.raises(UserError, match="another folder"):
        model.add_adapter("a1", tmp_path / "other")
    session = model.session(prompt("p"), adapter="a1")
    base = model.session(prompt("p"))
    assert session.expand([""], [1])[0][0].text.startswith("p|a1|")
    assert base.expand([""], [1])[0][0].text.startswith("p||")
    assert list(base.yes_no([""], "adapters")) == [1.0]

    killed = pid(model)
    os.kill(killed, signal.SIGKILL)
    gone(killed)
    # What is sent before the end is noticed is lost.
    with suppress(TransientError):
        base.yes_no([""], "pid")
    assert session.expand([""], [1])[0][0].text.startswith("p|a1|")

    model.remove_adapter("a1")
    model.remove_adapter("a1")
    assert list(base.yes_no([""], "adapters")) == [0.0]
    with pytest.raises(UserError, match="not known"):
        session.expand([""], [1])


@pytest.mark.parametrize(("how", "words"), [("kill", "killed"), ("segfault", "segmentation")])
def test_a_death_is_told_and_the_next_use_starts_anew(make: Make, how: str, words: str) -> None:
    model = make()
    before = pid(model)

    with capture_logs() as logs, pytest.raises(TransientError, match=words):
        model.session(prompt(how)).expand([""], [1])

    assert [entry["waiting"] for entry in logs if entry["event"] == "model.ended"] == [1]
    assert pid(model) != before


def test_a_model_that_does_not_load_is_told_to_all_and_tried_later(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make("broken")
    with capture_logs() as logs:
        for call in (model.describe, lambda: model.session(prompt("p")).expand([""], [1])):
            with pytest.raises(UserError, match="no weights in this folder"):
                call()
        with pytest.raises(UserError, match="no weights"):
            model.start()
        model.close()

    events = [entry["event"] for entry in logs]
    assert events.count("model.loading") == 1
    assert [entry["line"] for entry in logs if entry["event"] == "model.said"] == [
        "a library's words while loading"
    ]

    monkeypatch.setattr(local_module, "PAUSE_SECONDS", 0.0)
    again = make("broken")
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(UserError, match="no weights"):
                again.describe()
    assert [entry["event"] for entry in logs].count("model.loading") == 2


def test_unexpected_failures_of_loading_are_told_in_their_words(make: Make) -> None:
    with pytest.raises(UserError, match="ValueError: unknown architecture Foo"):
        make("odd").describe()
    with pytest.raises(UserError, match="package that local models need is missing"):
        make(engine="no_such_package:Engine").describe()


def test_a_death_while_loading_is_not_repeated_at_once(make: Make) -> None:
    model = make("deadly")
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(TransientError, match="killed; is there enough memory"):
                model.describe()
    assert [entry["event"] for entry in logs].count("model.loading") == 1


def test_a_slow_load_is_waited_for_no_longer_than_a_call_may_take(make: Make) -> None:
    model = make("sluggish", timeout=0.3)
    with pytest.raises(TransientError, match="still loading"):
        model.session(prompt("p")).expand([""], [1])
    model.close()
    with pytest.raises(TransientError, match="closed"):
        model.describe()


def test_a_call_that_takes_too_long_is_given_up_and_a_stuck_process_killed(make: Make) -> None:
    model = make(timeout=0.5)
    with capture_logs() as logs:
        model.describe(WAIT)
        with pytest.raises(TransientError, match=r"within 0.5 s \(TREADLE_MODEL_TIMEOUT\)"):
            model.session(prompt("hang")).expand([""], [1])
        with pytest.raises(TransientError):
            model.session(prompt("next")).expand([""], [1])
        pid = next(entry["pid"] for entry in logs if entry["event"] == "model.loading")
        gone(pid)
        # Another one takes its place.
        model.describe(WAIT)

    # A model of an earlier test may end meanwhile.
    causes = [one["cause"] for one in logs if one["event"] == "model.ended" and one["pid"] == pid]
    assert causes == ["it did not answer for long"]


def test_a_job_given_up_is_not_run(make: Make) -> None:
    model = make(timeout=0.6)
    model.describe(WAIT)
    with ThreadPoolExecutor(2) as pool:
        # Runs for a second: both are given up meanwhile.
        first = pool.submit(model.session(prompt("long")).expand, [""], [1])
        time.sleep(0.1)
        second = pool.submit(model.session(prompt("second")).expand, [""], [1])
        for call in (first, second):
            with pytest.raises(TransientError, match="did not answer within"):
                call.result(WAIT)

    asking = model.session(prompt("third"))
    seen: list[float] = []
    while not seen:
        with suppress(TransientError):
            seen = list(asking.yes_no([""], "seen"))
    assert seen == [0.0]


def test_errors_of_single_jobs_reach_their_asks_alone(make: Make) -> None:
    model = make("fake 0.2")
    model.describe()
    with ThreadPoolExecutor(4) as pool:
        calls = {
            text: pool.submit(model.session(prompt(text)).expand, [""], [1])
            for text in ("user", "later", "fault", "fine")
        }
        with pytest.raises(TooLong, match="too long for the model"):
            calls["user"].result(WAIT)
        with pytest.raises(TransientError, match="out of memory"):
            calls["later"].result(WAIT)
        with pytest.raises(TransientError, match=r"the model failed: KeyError at engines.py:\d+"):
            calls["fault"].result(WAIT)
        assert calls["fine"].result(WAIT)[0][0].text.startswith("fine|")


def test_faults_in_a_row_end_the_process(make: Make) -> None:
    model = make()
    before = pid(model)
    faulty = model.session(prompt("fault"))
    for _ in range(3):
        with pytest.raises(TransientError):
            faulty.expand([""], [1])
    gone(before)
    model.describe()
    assert pid(model) != before


def test_what_people_wrote_is_not_logged(make: Make) -> None:
    model = make()
    secret = "the words that somebody asked"
    with capture_logs() as logs:
        model.describe()
        model.session(prompt(f"noise: {secret}")).expand([""], [1])
        with pytest.raises(TransientError):
            model.session(prompt(f"fault: {secret}")).expand([f"{secret} at length"], [1])
        model.close()

    assert secret not in repr(logs)
    said = [entry["line"] for entry in logs if entry["event"] == "model.said"]
    assert "treadle: KeyError" in said
    assert any("engines.py:" in line for line in said)
    assert [entry["withheld"] for entry in logs if entry["event"] == "model.said_more"] == [1]


def test_the_process_has_no_settings_of_ours(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_WEBHOOK_SECRET", "s")
    session = make().session(prompt("p"))
    assert list(session.yes_no([""], "secrets")) == [0.0]


def test_an_unused_process_ends_and_a_used_one_does_not(make: Make) -> None:
    model = make("fake 0.4", idle=0.2)
    session = model.session(prompt("p"))
    with capture_logs() as logs:
        session.expand([""], [1])
        process = pid(model)
        gone(process)
        while not logs or logs[-1]["event"] != "model.ended":
            time.sleep(0.01)
    assert logs[-1]["cause"] == "unused"
    # Runs take longer than that, and the session goes on in another process.
    assert session.expand([""], [1])
    assert model.loaded is not None


def test_close_tells_those_who_wait_and_ends_the_process(make: Make) -> None:
    model = make()
    loaded = model.describe()
    assert loaded.seconds > 0
    process = psutil.Process(pid(model))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(model.session(prompt("hang")).expand, [""], [1])
        time.sleep(0.2)
        model.close()
        with pytest.raises(TransientError, match="closed"):
            waiting.result(WAIT)
    assert not process.is_running()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_process_leaves_a_stop_to_its_parent(make: Make, number: signal.Signals) -> None:
    model = make()
    process = pid(model)
    assert os.getsid(process) != os.getsid(0)

    os.kill(process, number)

    assert pid(model) == process


PARENT = """
import sys
from app import logs
from app.domain import Prompt, Question
from app.models.jobs import ModelSpec
from app.models.local import LocalModel
logs.configure("error")
model = LocalModel(ModelSpec(source=sys.argv[1]), name="m", engine=sys.argv[2])
session = model.session(Prompt(text="p", question=Question(text=""), sources=()))
print(int(session.yes_no([""], "pid")[0]), flush=True)
session.expand(["", "x"], [1, 1])
{end}
"""


def _parent(source: str, end: str = "") -> "subprocess.Popen[str]":
    program = PARENT.format(end=end)
    return subprocess.Popen(
        [sys.executable, "-c", program, source, ENGINE],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_process_ends_with_a_parent_that_is_killed() -> None:
    with _parent("fake 0.01", "import time; time.sleep(60)") as parent:
        assert parent.stdout is not None
        process = int(parent.stdout.readline())
        assert psutil.pid_exists(process)
        parent.kill()
    gone(process, ours=False)


def test_the_process_ends_with_a_parent_that_forgot_it() -> None:
    with _parent("fake") as parent:
        assert parent.stdout is not None
        process = int(parent.stdout.readline())
        assert parent.wait(WAIT) == 0
    gone(process, ours=False)
