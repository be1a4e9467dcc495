"""The terminal's commands about the dictionary, by an operator without any key of the App's."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.domain import OPERATOR, RulingKind, RulingWhat
from app.errors import UserError
from app.flows.deciding import By
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_deciding import edited
from tests.integration.flows.test_why import taught

RUNNER = CliRunner()
HOME = "olivia/loom"
PHRASE = ".config/loom.yml"


@pytest.fixture
def known(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A bot that was corrected once, whose data the commands look at."""
    taught(town)
    monkeypatch.setenv("TREADLE_DATA_DIR", str(town.bot.settings.data_dir))
    monkeypatch.setenv("TREADLE_MODEL", "extract")
    return town


def run(*arguments: str) -> str:
    result = RUNNER.invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def as_json(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


def z(*arguments: str) -> dict[str, float]:
    return {row["phrase"]: row["z"] for row in as_json("weights", HOME, *arguments)["phrases"]}


def newest() -> int:
    return int(as_json("weights", HOME)["newest"])


@pytest.mark.usefixtures("known")
def test_a_phrase_is_ruled_on_and_freed() -> None:
    before = z()
    assert before[PHRASE] > 2
    assert "not to be written" in run("phrase", "forbid", HOME, f"`{PHRASE}`")
    assert z()[PHRASE] == -6.0
    assert "forbidden" in run("weights", HOME)
    assert "not in the dictionary" in run("phrase", "delete", HOME, PHRASE)
    assert PHRASE not in z()
    assert as_json("weights", HOME)["deleted"] == [PHRASE]
    assert f"Deleted by a ruling: {PHRASE}" in run("weights", HOME)
    run("phrase", "free", HOME, PHRASE)
    assert z() == before
    run("phrase", "pin", HOME, "use nox")
    assert z()["use nox"] == 6.0

    log = as_json("audit", HOME, "--decided")
    assert [(one["person"], one["act"], one["subject"]) for one in log] == [
        ("operator", "pinned", "use nox"),
        ("operator", "freed", PHRASE),
        ("operator", "deleted", PHRASE),
        ("operator", "forbade", PHRASE),
    ]
    assert len(as_json("audit", HOME, "--limit", "2", "--decided")) == 2
    assert "pinned" in run("audit", HOME, "--decided")


@pytest.mark.usefixtures("known")
def test_where_one_phrase_comes_from() -> None:
    run("phrase", "pin", HOME, PHRASE)
    found = as_json("weights", HOME, "--phrase", PHRASE)
    assert found["z"] == 6.0 and found["ruling"]["what"] == "pinned"
    assert [(one["person"], one["kind"]) for one in found["from"]] == [("mia", "edit")]
    told = run("weights", HOME, "--phrase", PHRASE)
    assert "mia" in told and "pinned by operator" in told
    assert "not in the dictionary" in run("weights", HOME, "--phrase", "never said")


def test_a_ruling_on_something_else_of_that_name_is_none_on_the_phrase(known: Town) -> None:
    repository = known.bot.store.repositories.by_name(*HOME.split("/"))
    assert repository is not None
    by = By(person=OPERATOR)
    known.bot.deciding.rule(repository.id, RulingKind.ADAPTER, "loom-3", RulingWhat.VETOED, by)
    assert as_json("weights", HOME, "--phrase", "loom-3")["ruling"] is None


def test_what_changed_between_versions_and_why(known: Town) -> None:
    first = newest()
    edited(known, "/ask How do I run the tests?", "make check", "make test")
    run("phrase", "pin", HOME, "use nox")
    last = newest()
    found = as_json("weights", HOME, "--diff", str(first), str(last))
    changed = {one["phrase"]: one for one in found["phrases"]}
    assert changed["use nox"]["before"] is None and changed["use nox"]["after"] == 6.0
    assert [one["act"] for one in changed["use nox"]["decided"]] == ["pinned"]
    assert changed["make test"]["before"] is None
    assert [one["person"] for one in changed["make test"]["from"]] == ["mia"]
    # What others said of other phrases moves this one a little, and that is not said to be why.
    assert changed.get(PHRASE, {"from": []})["from"] == []
    told = run("weights", HOME, "--diff", str(first), str(last))
    assert "pinned by operator" in told and "edit by mia" in told
    assert "1 more changed less" in run(
        "weights", HOME, "--diff", str(first), str(last), "--limit", str(len(changed) - 1)
    )
    back = as_json("weights", HOME, "--diff", str(last), str(first))
    assert {one["phrase"] for one in back["phrases"]} == changed.keys()
    assert [one["act"] for one in {r["phrase"]: r for r in back["phrases"]}["use nox"]["decided"]]
    assert "alike" in run("weights", HOME, "--diff", str(last), str(last))
    assert PHRASE in z("--version", str(first)) and "make test" not in z("--version", str(first))
    assert z("--version", "0") == {}


def test_going_back_and_on(known: Town) -> None:
    first, before = newest(), z()
    edited(known, "/ask How do I run the tests?", "make check", "make test")
    assert "make test" in z()
    said = run("weights", HOME, "--roll-back", str(first))
    assert f"as in version {first} again; that is version {newest()}" in said
    assert z() == before
    assert f"Rolled back to version {first}" in run("weights", HOME)
    assert as_json("weights", HOME)["rolled_back_to"] == first
    told = run("weights", HOME, "--diff", str(first), str(newest()))
    assert "rolled back by operator" in told and "alike" in told
    assert "counts again" in run("weights", HOME, "--resume")
    assert "make test" in z()
    assert [one["act"] for one in as_json("audit", HOME, "--decided")] == ["resumed", "rolled back"]


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("weights", HOME, "--version", "99"), "Version 99 is not kept"),
        (("weights", HOME, "--diff", "1", "99"), "Version 99 is not kept"),
        (("weights", HOME, "--roll-back", "99"), "Version 99 is not kept"),
        (("weights", HOME, "--resume"), "no roll-back to lift"),
        (("weights", HOME, "--phrase", "of the"), "no phrase"),
        (("phrase", "free", HOME, "use nox"), "nothing to free"),
        (("phrase", "pin", HOME, "<b>use nox</b>"), "no HTML"),
        (("audit", "olivia/nothing"), "not known here"),
    ],
)
def test_faults_are_told(arguments: tuple[str, ...], told: str) -> None:
    result = RUNNER.invoke(app, arguments)
    assert isinstance(result.exception, UserError)
    assert told in str(result.exception)


@pytest.mark.parametrize(
    "options", [("--resume", "--version", "1"), ("--phrase", "x", "--diff", "1", "2")]
)
def test_one_thing_at_a_time(options: tuple[str, ...]) -> None:
    result = RUNNER.invoke(app, ["weights", HOME, *options])
    assert result.exit_code == 2 and "give one of" in result.output


@pytest.mark.usefixtures("known")
def test_an_empty_log_says_so() -> None:
    assert "nothing was decided" in run("audit", HOME, "--decided")
    assert {(one["person"], one["act"]) for one in as_json("audit", HOME)} == {("mia", "taught")}
