"""`treadle forget`: asks, and deletes all of a repository without a GitHub App."""

from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bootstrap.building import build
from app.cli import app
from app.domain import Evidence, PhraseWeight, Revision, RunState
from app.errors import UserError
from app.flows.run_folder import RUNS_FOLDER
from app.github.offline import Offline
from app.settings import load
from app.store import Store, open_store
from tests.databases import put_tables
from tests.scanning import files_with, rows_with
from tests.stored import BEN, NOW, a_mass, a_reply, a_repository, a_run, a_signal, later

RUNNER = CliRunner()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("TREADLE_DATA_DIR", str(folder))
    settings = load({}, data_dir=folder)
    put_tables(settings)
    store = open_store(settings)
    store.repositories.save(a_repository())
    store.repositories.save(a_repository(id=2, name="warp"))
    store.replies.add(a_reply())
    store.close()
    (folder / "knowledge" / "1" / "1" / "a1").mkdir(parents=True)
    return folder


def opened(data: Path) -> Store:
    return open_store(load({}, data_dir=data))


@pytest.mark.parametrize(
    ("options", "typed", "code"), [([], "n\n", 1), ([], "", 1), ([], "y\n", 0), (["--yes"], "", 0)]
)
def test_it_deletes_where_the_answer_is_yes(
    data: Path, options: list[str], typed: str, code: int
) -> None:
    result = RUNNER.invoke(app, ["forget", "Ann/Loom", *options], input=typed)
    assert result.exit_code == code, result.output
    assert "Of ann/loom is kept: 0 questions, 0 training runs" in result.output
    assert "The App is still on it" in result.output
    store = opened(data)
    assert [one.id for one in store.repositories.all()] == ([2] if code == 0 else [1, 2])
    assert (store.replies.by_comment(1, 30) is None) is (code == 0)
    store.close()
    assert (data / "knowledge" / "1" / "1").exists() is (code != 0)


def test_one_that_was_removed_is_found(data: Path) -> None:
    store = opened(data)
    store.repositories.remove(1, NOW)
    store.close()
    result = RUNNER.invoke(app, ["forget", "ann/loom", "--yes"])
    assert result.exit_code == 0
    assert "still on it" not in result.output


def test_all_that_had_the_name_are_deleted(data: Path) -> None:
    store = opened(data)
    store.repositories.remove(1, NOW)
    store.repositories.save(a_repository(id=3, name="Loom"))
    store.close()
    result = RUNNER.invoke(app, ["forget", "ann/loom", "--yes"])
    assert result.exit_code == 0
    assert "2 repositories had this name" in result.output
    assert result.output.count("is kept: 0 questions") == 2
    assert result.output.count("still on it") == 1
    store = opened(data)
    assert [store.repositories.get(number) is None for number in (1, 2, 3)] == [True, False, True]
    store.close()


@pytest.mark.parametrize("name", ["ann/weft", "ann", "", "[red]/x"])
def test_an_unknown_one_is_said(data: Path, name: str) -> None:
    result = RUNNER.invoke(app, ["forget", name, "--yes"])
    assert isinstance(result.exception, UserError)
    assert str(result.exception) == f"Nothing is kept of {name}."


def spoken(data: Path) -> None:
    """Has ben vote for ann's reply and edit it."""
    store = opened(data)
    [reply] = store.replies.on_thread(1, 3)
    store.signals.record(reply.id, [a_signal(person=BEN)], later(1))
    edit = Revision(body="So, a quagga says.", editor=BEN, edited_at=later(2))
    store.revisions.record(reply.id, [edit])
    store.close()


@pytest.mark.parametrize("who", ["ben", "@Ben", "3"])
def test_one_person_is_forgotten(data: Path, who: str) -> None:
    spoken(data)
    assert files_with(data, "quagga")
    result = RUNNER.invoke(app, ["forget", "ann/loom", "--person", who], input="y\n")
    assert result.exit_code == 0, result.output
    assert "Their words and their name were deleted." in result.output
    assert files_with(data, "quagga") == []
    store = opened(data)
    assert store.replies.by_comment(1, 30).question == "How?"
    assert store.signals.of_reply(1) == store.revisions.of_reply(1) == []
    # Workers compute anew what was learned from it.
    assert [one.person_id for one in store.removals.unfinished()] == [BEN.id]
    [entry] = store.audit.newest(1, 9)
    assert (entry.act, entry.person.login) == ("erased", "operator")
    store.close()
    again = RUNNER.invoke(app, ["forget", "ann/loom", "--person", "3", "--yes"])
    assert str(again.exception) == "Nothing is kept that 3 said in ann/loom."


def test_the_rest_goes_when_a_worker_starts(data: Path) -> None:
    spoken(data)
    store = opened(data)
    store.evidence.replace(1, Evidence(masses=(a_mass("quagga", person="ben"),)))
    quagga = PhraseWeight(phrase="quagga", z=1.0, liked=1.0, disliked=0.0)
    for version in ([quagga], []):
        store.weights.save(1, version, NOW)
    store.runs.create(a_run("run1"))
    store.runs.finish("run1", RunState.REFUSED, later(1))
    store.close()
    folder = data / RUNS_FOLDER / "run1"
    folder.mkdir(parents=True)
    (folder / "examples.jsonl").write_text("So, a quagga says.", "utf-8")

    result = RUNNER.invoke(app, ["forget", "ann/loom", "--person", "ben", "--yes"])
    assert "what was computed from it and files, workers delete" in result.output
    assert folder.exists() and rows_with(data, "quagga") == ["treadle.db: dictionary.weights"]

    with closing(build(load({}, data_dir=data), github=Offline())) as worker:
        worker.taking_back.finish_due()
    assert not folder.exists()
    assert files_with(data, "quagga") == rows_with(data, "quagga") == []


def test_one_person_is_forgotten_only_where_the_answer_is_yes(data: Path) -> None:
    spoken(data)
    result = RUNNER.invoke(app, ["forget", "ann/loom", "--person", "ben"], input="n\n")
    assert result.exit_code == 1
    assert files_with(data, "quagga")


def test_opting_out_and_in_by_command(data: Path) -> None:
    spoken(data)
    result = RUNNER.invoke(app, ["opt-out", "ann/loom", "ben"])
    assert result.exit_code == 0, result.output
    assert "Nothing is learned from ben" in result.output
    assert files_with(data, "quagga") == []
    store = opened(data)
    assert store.opt_outs.of(1) == {BEN.id}
    store.close()
    assert RUNNER.invoke(app, ["opt-in", "ann/loom", "3"]).exit_code == 0
    again = RUNNER.invoke(app, ["opt-in", "ann/loom", "3"])
    assert str(again.exception) == "3 has not opted out of ann/loom."
    store = opened(data)
    assert store.opt_outs.of(1) == frozenset()
    assert [one.act for one in store.audit.newest(1, 9)] == ["opted in", "opted out"]
    store.close()


@pytest.mark.parametrize("command", ["opt-out", "opt-in"])
def test_nobody_by_that_name_is_said(data: Path, command: str) -> None:
    result = RUNNER.invoke(app, [command, "ann/loom", "zoe"])
    assert "Nobody called zoe is named in what is kept of ann/loom." in str(result.exception)
