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
from app.exchange.formats import format_of
from app.exchange.names import Name
from app.exchange.reading import rows as read_rows
from app.settings import load
from app.store import Store, migrate, open_store
from app.store.imported import Imported
from tests.stored import NOW, a_reply, a_repository, a_row

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


def taught(store: Store, **given: Any) -> None:
    """Adds a reply with one row."""
    number = 10 + len(store.replies.addresses(1))
    reply = store.replies.add(a_reply(10 * number, number=number))
    store.evidence.replace(reply.id, Evidence(rows=(a_row(number=number, **given),)))


def test_rows_that_say_the_same_without_people_and_secrets_are_joined(
    kept: Store, tmp_path: Path
) -> None:
    for who in ("ann", "ben"):
        taught(kept, prompt=f"Why, @{who}?", chosen=f"Ask @{who}.", weight=0.25)
    path = tmp_path / "rows.jsonl"
    named = ("export", "ann/loom", "--output", str(path), "--kind", "pair", "--force")
    assert "Wrote 2 rows" in run(*named)
    assert [(row["prompt"], row["weight"]) for row in read(path)] == [
        ("How?", 1.0),
        ("Why, @someone?", 0.5),
    ]
    assert "Wrote 3 rows" in run(*named, "--with-people")
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["rows.jsonl"]


@pytest.mark.parametrize("name", [Name.ARGILLA, Name.MINIHF])
def test_rows_with_the_same_texts_have_names_of_their_own(
    kept: Store, tmp_path: Path, name: Name
) -> None:
    for _ in range(2):
        taught(kept, prompt="Why?", chosen="So.", rejected="Not so.")
    path = tmp_path / "rows.json"
    named = ("export", "ann/loom", "--output", str(path), "--format", name, "--duplicates")
    # A pair, two unpaired rows, and two pairs with the same texts.
    assert "Wrote 5 rows" in run(*named)
    data = json.loads(path.read_text("utf-8"))
    if name is Name.ARGILLA:
        assert len({record["id"] for record in data}) == 5
    else:
        # A question and its answers each: 3 nodes for each pair, 2 for each unpaired row.
        assert len(data["responseDict"]) == 3 * 3 + 2 * 2
    rows = {(row.prompt, row.chosen) for row in read_rows(path, format_of(name), NOW)}
    assert {prompt for prompt, _ in rows} == {"How?", "Who runs it?", "Why?", "who runs it"}


def test_rows_that_a_format_has_no_place_for_are_told(kept: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    said = run("export", "ann/loom", "--output", str(path), "--format", "trl-preference")
    assert "Wrote 1 rows" in said and "1 which this format has no place for" in said


def test_kinds_beside_coh_stay_chosen(kept: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    kinds = ("--kind", "pair", "--kind", "coh")
    run("export", "ann/loom", "--output", str(path), "--format", "trl-unpaired", *kinds)
    assert [row["label"] for row in read(path)] == [True, False]


def test_rows_go_out_and_come_in_elsewhere(kept: Store, tmp_path: Path) -> None:
    kept.repositories.save(a_repository(id=2, name="spindle"))
    path = tmp_path / "rows.jsonl"
    run("export", "ann/loom", "--output", str(path))
    said = run("import", "ann/spindle", str(path))
    assert "Imported 2 rows" in said and "kept already" not in said
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


def test_nothing_is_written_while_a_file_is_read(
    kept: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.jsonl"
    good = {"kind": "pair", "prompt": "Q", "chosen": "A", "rejected": "B"}
    path.write_text(f"{json.dumps(good)}\n{{}}", "utf-8")
    monkeypatch.setattr(Imported, "add", lambda *_: pytest.fail("a file with a fault was kept"))
    assert f"{path}:2: " in refused("import", "ann/loom", str(path))


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
        (("--kind", "unpaired", "--format", "trl-preference"), "rows of the kind pair only"),
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
