"""`treadle corpus` as a person calls it: in a pipe, at a terminal, and with what is wrong."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.cli import main
from app.corpora import making, rows
from tests.unit.corpora.made import Scripted, row

BOBBIN = ("--model", "bobbin")
WORD = "The loom number {} weaves row {} of the cloth."


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["treadle", "corpus", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "texts"
    made.mkdir()
    for at in range(16):
        body = "\n\n".join(WORD.format(at, line) for line in range(8))
        (made / f"page{at}.md").write_text(f"# Page {at}\n\n{body}\n")
    return made


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path) -> Path:
    file = tmp_path / "c.jsonl"
    assert call(monkeypatch, "make", "bootstrapped", file, "--path", folder, "--pages", 8) == 0
    return file


def test_a_corpus_is_made_twice_the_same(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    corpus: Path,
    folder: Path,
) -> None:
    first = corpus.read_bytes()
    call(monkeypatch, "make", "bootstrapped", corpus, "--path", folder, "--pages", 8)

    assert corpus.read_bytes() == first
    assert "Wrote 72 rows" in capsys.readouterr().out


def test_rows_are_printed_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], corpus: Path
) -> None:
    capsys.readouterr()

    assert call(monkeypatch, "sample", corpus, "--list", 3) == 0

    said = capsys.readouterr().out
    assert said.count("kind: yes_no") == 3
    assert not Path(f"{corpus}.verdicts.jsonl").exists()


def test_a_row_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "c.jsonl"
    file.write_text(json.dumps({"\x1b]0;title\x07": "[bold]\x1b[2J\x9b2J\u202e"}) + "\n")

    call(monkeypatch, "sample", file, "--list", 1)

    said = capsys.readouterr().out
    assert "[bold]\\x1b[2J\\x9b2J\\u202e" in said
    assert not set(said) & set("\x1b\x07\x9b\u202e")


def test_without_a_terminal_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], corpus: Path
) -> None:
    assert call(monkeypatch, "sample", corpus) == 1
    assert "--list 10" in capsys.readouterr().err


def test_rows_are_judged_by_keys_and_the_next_sitting_goes_on(corpus: Path) -> None:
    command = [sys.executable, "-m", "app", "corpus", "sample", str(corpus), "--rows", "4"]

    first = at_terminal(command, ["a", "r", "q"])
    second = at_terminal(command, ["s", "a", "a", "a"])

    assert "1 of 4 · 0 judged before" in first
    assert "1 of 2 judged rows accepted: 0.500" in first
    assert "1 of 4 · 2 judged before" in second
    assert "4 of 5 judged rows accepted" in second
    kept = Path(f"{corpus}.verdicts.jsonl").read_text().splitlines()
    assert [json.loads(line)["verdict"] for line in kept] == [
        "accepted", "rejected", "accepted", "accepted", "accepted",
    ]  # fmt: skip


def at_terminal(command: list[str], keys: list[str]) -> str:
    """Runs a command at a terminal of its own and presses each key when it is asked for."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    said = ""
    pressed = 0
    deadline = time.monotonic() + 120
    try:
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    said += os.read(ours, 65_536).decode("utf-8", "replace")
                except OSError:
                    break  # The other end is closed: it has ended.
            if pressed < len(keys) and said.count("[q]uit") > pressed:
                os.write(ours, keys[pressed].encode())
                pressed += 1
        assert child.wait(30) == 0, said
    finally:
        child.kill()
        child.wait()
        os.close(ours)
    return said


def test_an_evaluator_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "c.jsonl"
    rows.write(file, map(rows.values, [row(), row(label=False, answer="[1] Nothing.")]))

    assert call(monkeypatch, "judge", file, "--model", "bobbin", "--json") == 0

    found = json.loads(capsys.readouterr().out)
    assert found["model"] == "bobbin"
    (question,) = found["questions"]
    assert (question["name"], question["rows"], question["yes"]) == ("short", 2, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("judge", "{file}", "--model", "extract"), "no language model"),
        (("judge", "{missing}", "--model", "bobbin"), "cannot be read"),
        (("make", "rubrics", "{out}", "--question", "Where?", *BOBBIN), "cannot write"),
        (("make", "rubrics", "{out}", "--model", "bobbin"), "--question"),
        (
            ("make", "distilled", "{out}", "--question", "Good?", "--texts", "{file}", *BOBBIN),
            "cannot write questions",
        ),
        (("sample", "{folder}/page0.md"), "no corpus by its name"),
        (("make", "bootstrapped", "{out}", "--path", "{folder}/none"), "no folder"),
        (("make", "bootstrapped", "{taken}", "--path", "{folder}"), "cannot be written"),
        (("make", "bootstrapped", "{folder}", "--path", "{folder}"), "ends in .jsonl"),
    ],
)
def test_what_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    corpus: Path,
    folder: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    places = {"file": corpus, "missing": corpus.with_name("m.jsonl"), "folder": folder}
    places["out"] = corpus.with_name("out.jsonl")
    places["taken"] = corpus.with_name("taken.jsonl")
    places["taken"].mkdir()
    given = [argument.format(**places) for argument in arguments]

    assert call(monkeypatch, *given) == 1
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_rubric_becomes_a_corpus_or_a_constitution(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    item = {"question": "Does it name a port?", "answer": "yes", "weight": 3}
    model = Scripted(says=[json.dumps({"items": [item]})] * 2)
    monkeypatch.setattr(making, "opened", Opened(model))
    (tmp_path / "q.txt").write_text("\nWhere does it listen?\n")
    for name in ("r.jsonl", "r.md"):
        asked = ("--questions", tmp_path / "q.txt", "--items", 1, "--model", "other/model")
        assert call(monkeypatch, "make", "rubrics", tmp_path / name, *asked) == 0

    assert json.loads((tmp_path / "r.jsonl").read_text())["items"][0]["weight"] == 3.0
    assert "## 1. Does it name a port" in (tmp_path / "r.md").read_text()


def test_a_hard_question_is_distilled_by_parts_of_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model = Scripted(judge=lambda text, question: 3.0 if "key" in text else -3.0)
    monkeypatch.setattr(making, "opened", Opened(model))
    (tmp_path / "parts.md").write_text(
        "## Key\n\nIs a key named?\n\n## Rude\n- weight: 0\n\nRude?\n"
    )
    texts = tmp_path / "c.jsonl"
    rows.write(texts, map(rows.values, [row(), row(answer="Nothing.")]))
    out = tmp_path / "d.jsonl"

    code = call(
        monkeypatch, "make", "distilled", out, "--question", "Is it good?", "--texts", texts,
        "--parts", tmp_path / "parts.md", "--model", "other/model",
    )  # fmt: skip

    assert code == 0
    made = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["question"], one["label"], one["odds"]) for one in made] == [
        ("Is it good?", True, 3.0),
        ("Is it good?", False, -3.0),
    ]
    assert "Wrote 2 rows" in capsys.readouterr().out


class Opened:
    """Stands for `app.corpora.opening.opened`."""

    def __init__(self, model: Scripted) -> None:
        self._model = model

    def __call__(self, settings: object) -> "Opened":
        return self

    def __enter__(self) -> Scripted:
        return self._model

    def __exit__(self, *_: object) -> None:
        return None
