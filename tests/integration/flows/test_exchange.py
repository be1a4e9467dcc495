"""`treadle export` and `treadle import`, by command, on a store that was taught."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.domain import Evidence, RowKind, RowOrigin
from app.errors import UserError
from app.settings import load
from app.store import Store, migrate, open_store
from tests.stored import a_reply, a_repository, a_row

RUNNER = CliRunner()
TOKEN = "ghp_" + "a1B2" * 9


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with an edit that has a secret and a mention, and the same vote on two replies."""
    monkeypatch.setenv("TREADLE_DATA_DIR", str(tmp_path / "data"))
    settings = load()
    migrate(settings)
    store = open_store(settings)
    store.repositories.save(a_repository())
    vote = {"kind": RowKind.UNPAIRED, "rejected": "", "origin": RowOrigin.VOTES}
    for place, row in enumerate(
        [
            a_row(chosen=f"As @ann says, set {TOKEN}.", origin=RowOrigin.EDIT),
            a_row(number=4, prompt="Who runs it?", chosen="The worker.", weight=0.5, **vote),
            a_row(number=5, prompt="who runs it", chosen="the worker.", weight=0.25, **vote),
        ]
    ):
        reply = store.replies.add(a_reply(30 + 10 * place, number=row.number))
        store.evidence.replace(reply.id, Evidence(rows=(row,)))
    return store


def run(*arguments: str) -> str:
    result = RUNNER.invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    result = RUNNER.invoke(app, arguments)
    assert isinstance(result.exception, UserError)
    return str(result.exception)


def read(path: Path) -> list[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_what_goes_out_is_private_and_joined(kept: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    said = run("export", "ann/loom", "--output", str(path))
    assert "Wrote 5 rows" in said and "1 secrets" in said
    rows = read(path)
    assert [row["kind"] for row in rows] == ["pair", "coh", "coh", "unpaired", "coh"]
    assert (rows[0]["chosen"], rows[0]["people"]) == ("As @someone says, set [secret].", [])
    # 0.5 and 0.25: two replies on which people say the same.
    assert rows[3]["weight"] == 0.75
    entry = kept.audit.newest(1, 1)[0]
    assert (entry.person.login, entry.act, entry.subject) == ("operator", "exported", "5 rows")


def test_options_choose_rows(kept: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    named = ("export", "ann/loom", "--output", str(path), "--force")
    run(*named, "--with-people", "--duplicates", "--kind", "unpaired")
    assert [(row["weight"], row["people"]) for row in read(path)] == [
        (0.5, ["ann"]),
        (0.25, ["ann"]),
    ]
    run(*named, "--kind", "coh")
    assert [row["form"] for row in read(path)] == ["pn", "np", "p"]
    assert "older than" in run(*named, "--since", "2027-01-01")
    assert read(path) == []


def test_rows_go_out_and_come_in_elsewhere(kept: Store, tmp_path: Path) -> None:
    kept.repositories.save(a_repository(id=2, name="spindle"))
    path = tmp_path / "rows.jsonl"
    run("export", "ann/loom", "--output", str(path))
    said = run("import", "ann/spindle", str(path))
    assert "Imported 2 rows" in said and "3 were kept already" in said
    assert kept.audit.newest(2, 1)[0].act == "imported"
    rows = list(kept.imported.stream(2))
    assert [(row.kind, row.weight, row.origin) for row in rows] == [
        (RowKind.PAIR, 0.5, RowOrigin.IMPORTED),
        (RowKind.UNPAIRED, 0.5, RowOrigin.IMPORTED),
    ]
    assert rows[0].urls == ("http://h/c",)
    # What came in goes out again, and coming in twice changes nothing.
    again = tmp_path / "again.jsonl"
    run("export", "ann/spindle", "--output", str(again))
    assert [row["chosen"] for row in read(again)] == [row["chosen"] for row in read(path)]
    assert "no new rows" in run("import", "ann/spindle", str(path))
    batch = kept.imported.batches(2)[0].name
    assert batch in said
    assert "2 rows" in run("import", "ann/spindle", "--undo", batch)
    assert list(kept.imported.stream(2)) == []
    assert "None is kept" in refused("import", "ann/spindle", "--undo", batch)


@pytest.mark.parametrize("trust", ["0.25", "1"])
def test_trust_bounds_weights(kept: Store, tmp_path: Path, trust: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "Q", "completion": "A"}\n', "utf-8")
    run("import", "ann/loom", str(path), "--format", "trl-completion", "--trust", trust)
    (row,) = kept.imported.stream(1)
    assert row.weight == float(trust)


def test_a_fault_keeps_all_out(kept: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = {"kind": "pair", "prompt": "Q", "chosen": "A", "rejected": "B"}
    path.write_text("\n".join(map(json.dumps, [good, {}, good, {"kind": "x"}])), "utf-8")
    told = refused("import", "ann/loom", str(path))
    assert f"{path}:2: " in told and f"{path}:4: " in told
    assert kept.imported.batches(1) == []
    assert kept.audit.newest(1, 9) == []


def test_a_file_that_is_there_stays(kept: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("mine", "utf-8")
    assert "--force" in refused("export", "ann/loom", "--output", str(path))
    assert path.read_text("utf-8") == "mine"
    assert "has to end in" in refused("export", "ann/loom", "--output", str(tmp_path / "rows.csv"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--kind", "coh", "--format", "trl-preference"), "take --format coh"),
        (("--chat", "--format", "coh"), "--chat is for the formats of TRL"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    kept: Store, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    path = tmp_path / "rows.jsonl"
    assert told in refused("export", "ann/loom", "--output", str(path), *options)
    assert not path.exists()


@pytest.mark.parametrize("arguments", [(), ("rows.jsonl", "--undo", "one")])
def test_import_wants_a_file_or_an_import(kept: Store, arguments: tuple[str, ...]) -> None:
    result = RUNNER.invoke(app, ["import", "ann/loom", *arguments])
    assert result.exit_code == 2
