"""`treadle adapters` from the terminal, over a database and a folder of files."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.artifacts import open_artifacts
from app.cli import main
from app.domain import AdapterVersion
from app.settings import Settings, load
from app.store import Store, open_store
from tests.stored import NOW, a_repository, a_verdict, a_version

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def settings(tmp_path: Path, migrated_files: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    shutil.copytree(migrated_files, tmp_path / "data")
    monkeypatch.setenv("TREADLE_DATA_DIR", str(tmp_path / "data"))
    return load()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    opened.repositories.save(a_repository())
    opened.repositories.save(a_repository(id=2, name="shuttle"))
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command of `treadle adapters`; returns status, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["treadle", "adapters", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        written = capsys.readouterr()
        return int(caught.value.code or 0), written.out, written.err

    return run


@pytest.fixture
def trained(settings: Settings, store: Store, tmp_path: Path) -> Callable[..., AdapterVersion]:
    """Keeps a version and its files, as a training run does."""

    def trained(number: int, **given: object) -> AdapterVersion:
        folder = tmp_path / f"trained-{number}"
        folder.mkdir()
        (folder / "adapter_config.json").write_text(json.dumps({"number": number}))
        version = a_version(number, **given)
        files = open_artifacts(settings).put(version.name, folder)
        return store.adapters.add(a_version(number, **given | {"files": files}))

    return trained


def promoted(store: Store, version: AdapterVersion) -> None:
    store.adapters.promote(version.repository_id, version.name, by="ann", reason="Won.", at=NOW)


def test_there_is_nothing_at_first(run: Run) -> None:
    assert run("list", "ann/loom") == (
        0,
        "ann/loom has no adapters yet.\n"
        "Answers use the base model: no adapter was ever promoted.\n",
        "",
    )


def test_the_list_shows_verdicts_and_what_is_in_force(
    run: Run, store: Store, trained: Callable[..., AdapterVersion]
) -> None:
    one, two, three = (
        trained(1),
        trained(2, verdict=a_verdict("Only [6] of 8.", "Says less.")),
        trained(3),
    )
    promoted(store, one)
    store.adapters.retire(1, three.name, NOW)
    status, out, err = run("list", "ann/loom")
    assert (status, err) == (0, "")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines()]
    assert [row for row in rows if row] == [
        ["1", one.name, "2026-05-04", "passed", "yes"],
        ["2", two.name, "2026-05-04", "refused:", ""],
        ["", "", "", "Only [6] of 8.", ""],
        ["", "", "", "Says less.", ""],
        ["3", three.name, "2026-05-04", "passed", "retired"],
    ]
    assert out.endswith(f"Answers use {one.name} since 2026-05-04 03:02 UTC, by ann: Won.\n")


def test_the_list_as_json(run: Run, store: Store, trained: Callable[..., AdapterVersion]) -> None:
    one = trained(1)
    assert json.loads(run("list", "ann/loom", "--json")[1])["in_force"] is None
    promoted(store, one)
    found = json.loads(run("list", "ann/loom", "--json")[1])
    assert found["in_force"] == one.name
    assert [version["created_at"] for version in found["adapters"]] == [NOW.isoformat()]
    assert found["adapters"][0]["verdict"]["findings"][0]["about"] == "13 of 16 pairs."
    assert [change["by"] for change in found["history"]] == ["ann"]


def test_promoting_and_the_way_back(
    run: Run, store: Store, trained: Callable[..., AdapterVersion]
) -> None:
    one, two = trained(1), trained(2)
    words = f"Answers of ann/loom use {one.name} from now on.\n"
    assert run("promote", "ann/loom", one.name, "--reason", "Try it.") == (0, words, "")
    assert run("promote", "Ann/Loom", two.name)[0] == 0
    assert store.adapters.active(1) == two
    assert run("rollback", "ann/loom") == (
        0,
        f"Rolled back: answers of ann/loom use {one.name} again.\n",
        "",
    )
    assert run("rollback", "ann/loom")[1] == (
        "Rolled back: answers of ann/loom use the base model, without an adapter.\n"
    )
    assert store.adapters.active(1) is None
    status, out, err = run("rollback", "ann/loom")
    assert (status, out) == (1, "")
    assert "nothing to roll back" in err
    assert [(one.by, one.reason) for one in store.adapters.history(1)][:2] == [
        ("command line", "Try it."),
        ("command line", ""),
    ]
    assert "Answers use the base model, without an adapter, since" in run("list", "ann/loom")[1]


def test_what_did_not_pass_is_not_promoted(
    run: Run, store: Store, trained: Callable[..., AdapterVersion]
) -> None:
    status, _, err = run("promote", "ann/loom", trained(1, verdict=a_verdict("Too few.")).name)
    assert status == 1
    assert "did not pass the gate and is not used. Too few." in err


def test_another_repositorys_is_not_promoted(
    run: Run, store: Store, trained: Callable[..., AdapterVersion]
) -> None:
    status, _, err = run("promote", "ann/shuttle", trained(1).name)
    assert status == 1
    assert "This repository has no adapter" in err
    assert store.adapters.active(2) is None


def test_changed_files_are_not_promoted(
    run: Run, store: Store, settings: Settings, trained: Callable[..., AdapterVersion]
) -> None:
    one = trained(1)
    (settings.data_dir / "adapters" / one.name / "adapter_config.json").write_text("{}")
    status, _, err = run("promote", "ann/loom", one.name)
    assert status == 1
    assert "adapter_config.json not as it was kept" in err
    assert store.adapters.active(1) is None


def test_retiring_deletes_the_files_and_keeps_the_rest(
    run: Run, store: Store, settings: Settings, trained: Callable[..., AdapterVersion]
) -> None:
    one, two = trained(1), trained(2)
    promoted(store, one)
    status, _, err = run("retire", "ann/loom", one.name)
    assert status == 1
    assert f"{one.name} is in force" in err
    wanted = f"{two.name} is retired, and its files are deleted.\n"
    data = settings.data_dir / "training" / two.run_id
    data.mkdir(parents=True)
    assert run("retire", "ann/loom", two.name) == (0, wanted, "")
    assert run("retire", "ann/loom", two.name) == (0, wanted, "")
    assert [path.name for path in (settings.data_dir / "adapters").iterdir()] == [one.name]
    assert not data.exists(), "people's text is in it"
    assert [version.name for version in store.adapters.versions(1)] == [one.name, two.name]


def test_a_repository_that_is_not_known(run: Run) -> None:
    status, _, err = run("list", "ann/loom2")
    assert status == 1
    assert "ann/loom2 is not known here" in err


@pytest.mark.parametrize("arguments", [("promote", "ann/loom"), ("list",), ("promot", "ann/loom")])
def test_a_wrong_use_is_told_apart(run: Run, arguments: tuple[str, ...]) -> None:
    status, out, _ = run(*arguments)
    assert (status, out) == (2, "")


def test_a_wrong_setting_is_told_apart(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_ARTIFACTS", "supabase")
    status, _, err = run("list", "ann/loom")
    assert status == 2
    assert "TREADLE_ARTIFACTS: `supabase` needs" in err
