"""`treadle takeout`: every row of a repository or of a person, and a manifest that fits."""

import hashlib
import json
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.domain import PhraseWeight
from app.errors import UserError
from app.settings import load
from app.store import Store, open_store
from app.store.schema import metadata
from app.training import snapshot
from tests.databases import put_tables
from tests.integration.store.test_forgotten import OF_NO_REPOSITORY, fill
from tests.stored import ANN, BEN, NOW, a_reply, a_repository, a_run, a_signal, an_ask, later

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
    store.asks.open(an_ask(asker=ANN))
    reply = store.replies.add(a_reply(question="How does the quagga weave?"))
    store.replies.add(a_reply(40, repository_id=2, question="What of the zanzibar?"))
    store.signals.record(reply.id, [a_signal(person=BEN), a_signal("-1", person=ANN)], later(1))
    liked = PhraseWeight(phrase="okapi", z=2.0, liked=1.0, disliked=0.0)
    store.weights.save(1, [liked], NOW)
    store.runs.create(a_run("r1-one"))
    store.close()
    run = folder / "training" / "r1-one"
    run.mkdir(parents=True)
    (run / snapshot.LINES).write_text('{"wanted": "numbat"}\n')
    return folder


def taken(tmp_path: Path, *options: str) -> dict[str, Any]:
    """Calls the command; returns its files by name, tables as lists of rows."""
    target = tmp_path / "out.tar"
    result = RUNNER.invoke(app, ["takeout", "ann/loom", str(target), *options])
    assert result.exit_code == 0, f"{result.output}{result.exception}"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    found: dict[str, Any] = {}
    with tarfile.open(target) as tar:
        raw = {one.name: tar.extractfile(one).read() for one in tar.getmembers()}  # type: ignore[union-attr]
    manifest = json.loads(raw["manifest.json"])
    for name, told in manifest["files"].items():
        assert told["sha256"] == hashlib.sha256(raw[name]).hexdigest()
        found[name] = [json.loads(line) for line in raw[name].splitlines()]
        assert told["rows"] == len(found[name])
    return found | {name: one for name, one in raw.items() if name not in found} | {"": manifest}


def test_all_of_a_repository_and_nothing_of_another(data: Path, tmp_path: Path) -> None:
    found = taken(tmp_path)
    assert found[""]["repository"] == "ann/loom"
    assert [row["question"] for row in found["reply.jsonl"]] == ["How does the quagga weave?"]
    assert {row["person_login"] for row in found["signal.jsonl"]} == {"ann", "ben"}
    assert found["dictionary.jsonl"][0]["weights"][0][0] == "okapi"
    assert found["training/r1-one/snapshot.jsonl"] == b'{"wanted": "numbat"}\n'
    assert [row["id"] for row in found["repository.jsonl"]] == [1]
    assert "zanzibar" not in str(found)
    [entry] = found["audit.jsonl"]
    assert (entry["act"], entry["person_login"]) == ("exported", "operator")


def test_of_a_person_their_words_and_what_was_said_of_their_asks(
    data: Path, tmp_path: Path
) -> None:
    found = taken(tmp_path, "--person", "ben")
    assert found.keys() == {"signal.jsonl", "manifest.json", ""}
    assert [row["content"] for row in found["signal.jsonl"]] == ["+1"]
    (tmp_path / "out.tar").unlink()
    found = taken(tmp_path, "--person", "ann")
    assert {"ask.jsonl", "reply.jsonl", "signal.jsonl"} <= found.keys()
    assert found[""]["person"] == ANN.id


def test_a_file_that_is_there_stays(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.tar"
    target.write_text("mine")
    result = RUNNER.invoke(app, ["takeout", "ann/loom", str(target)])
    assert isinstance(result.exception, UserError) and "is there already" in str(result.exception)
    assert target.read_text() == "mine"
    result = RUNNER.invoke(app, ["takeout", "ann/weft", str(tmp_path / "other.tar")])
    assert str(result.exception) == "Nothing is kept of ann/weft."


def test_every_table_with_rows_of_a_repository_is_read(store: Store) -> None:
    """Also tables of later versions: each has a row of each of two repositories here."""
    for number in (1, 2):
        fill(store, number)
    home = store.repositories.get(1)
    assert home is not None
    rows = {name: 0 for name, _ in store.takeout.tables(home)}
    assert rows.keys() == {table.name for table in metadata.sorted_tables}
    for name, some in store.takeout.tables(home):
        if name == "dictionary":
            continue  # what it has packed is made up here
        rows[name] = len(list(some))
    none = {table.name for table in OF_NO_REPOSITORY} - {"forgotten"} | {"lease", "dictionary"}
    assert {name for name, count in rows.items() if count != 1} == none
