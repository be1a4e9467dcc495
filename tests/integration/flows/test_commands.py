"""The terminal's commands over a bot that has learned something."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_why import taught

RUNNER = CliRunner()


@pytest.fixture
def settings(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "APP_ID": str(town.playground.app_id),
        "PRIVATE_KEY": town.playground.private_key_pem,
        "WEBHOOK_SECRET": town.playground.webhook_secret,
        "GITHUB_API_URL": town.playground.api_url,
        "DATA_DIR": str(tmp_path),
        "MODEL": "extract",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"TREADLE_{name}", value)


def run(*arguments: str) -> str:
    result = RUNNER.invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.usefixtures("settings")
def test_why_weights_sweep_and_export(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = taught(town)
    assert "Read 2 replies" in run("sweep", "olivia/loom")
    # The others look only at what is kept: they need no key of the App's.
    for name in ("APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET"):
        monkeypatch.delenv(f"TREADLE_{name}")
    told = run("why", url)
    assert ".config/loom.yml" in told and "corrected by @mia" in told
    as_json = json.loads(run("why", url, "--json"))
    assert as_json["by_memory"]["causes"][0]["author"] == "mia"

    table = run("weights", "olivia/loom")
    assert ".config/loom.yml" in table and "mia" in table
    phrases = json.loads(run("weights", "olivia/loom", "--json"))["phrases"]
    assert {row["z"] > 0 for row in phrases} == {True, False}
    assert all(row["from"] for row in phrases)

    rows = tmp_path / "rows.jsonl"
    assert "rows" in run("export", "olivia/loom", "--output", str(rows), "--with-people")
    read = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    assert {row["kind"] for row in read} == {"pair", "coh"}
    assert all(row["urls"] and row["people"] == ["mia"] for row in read)


@pytest.mark.usefixtures("settings", "town")
def test_an_unknown_repository_is_told() -> None:
    result = RUNNER.invoke(app, ["weights", "olivia/nothing"])
    assert result.exit_code == 1
    assert "something must be asked there first" in str(result.exception)


def test_asking_a_folder(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Loom\n\nRun the tests with `make check`.\n")
    assert "make check" in run("ask", "How do I run the tests?", "--path", str(tmp_path))
    found = json.loads(run("ask", "How do I run the tests?", "--path", str(tmp_path), "--json"))
    assert found["sources"][0]["path"] == "README.md"
    result = RUNNER.invoke(app, ["ask", "Who won the match?", "--path", str(tmp_path)])
    assert result.exit_code == 1
    assert "does not answer that" in result.output


def test_a_folder_is_read_by_its_own_configuration_file(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Loom\n\nRun the tests with `make check`.\n")
    (tmp_path / "old.md").write_text("# Old\n\nRun the tests with `make old`.\n")
    (tmp_path / ".github").mkdir()
    policy = tmp_path / ".github" / "treadle.yml"
    policy.write_text("paths:\n  exclude: [README.md]\n")
    said = run("ask", "How do I run the tests?", "--path", str(tmp_path))
    assert "make old" in said and "make check" not in said
    policy.write_text("path: 1\n")
    result = RUNNER.invoke(app, ["ask", "Tests?", "--path", str(tmp_path)])
    assert result.exit_code == 1
    assert "did you mean `paths`?" in str(result.exception)


def test_a_folder_has_its_own_constitution(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Loom\n\nRun the tests with `make check`.\n")
    (tmp_path / ".github" / "treadle").mkdir(parents=True)
    principles = tmp_path / ".github" / "treadle" / "constitution.md"
    principles.write_text("## Is short\n\nIs it short?\n")
    assert "make check" in run("ask", "How do I run the tests?", "--path", str(tmp_path))
    principles.write_text("## Is short\n- weight: much\n")
    result = RUNNER.invoke(app, ["ask", "Tests?", "--path", str(tmp_path)])
    assert result.exit_code == 1
    told = str(result.exception).splitlines()
    assert told[0] == f"{principles} has faults:"
    assert [line[:9] for line in told[1:]] == ["  line 1:", "  line 2:"]


def test_odd_files_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Loom\n\nRun the tests with `make check`.\n")
    (tmp_path / "odd\udcff.md").write_text("# Odd\n")
    (tmp_path / "nowhere.md").symlink_to(tmp_path / "missing")
    assert "make check" in run("ask", "How do I run the tests?", "--path", str(tmp_path))
