"""The bench of answers: in which order it asks, what it prints and what it keeps."""

import json

import pytest
from rich.console import Console

from app.layouts import Layout
from app.weave.answer import ComposerConfig, ModelUse
from bench.answering.summary import OURS
from bench.answering.ways import SINGLE, WAYS
from bench.questions.facts import Fact, Inquiry
from bench.weave_answers import PLAIN, Bench, main, table, written
from tests.unit.bench.answering.made import outcome
from tests.unit.weave.made import corpus
from tests.unit.weave.models import Scripted, ScriptedSession

PORT = "The server listens on port 8080 by default."
ASKED = Inquiry(
    id="loom-01",
    package="loom",
    question="Which port does the server listen on?",
    facts=(Fact(any=("8080",), file="docs/port.md"),),
)


def lines(session: ScriptedSession, prefix: str) -> list[str]:
    return [""] if prefix else [f"[{session.number(PORT)}] {PORT}\n"]


def test_every_way_answers_a_question_ours_first() -> None:
    model = Scripted(script=lines)
    use = ModelUse(layout=Layout.NUMBERED)
    bench = Bench(model=model, use=use, config=ComposerConfig(min_confidence=0.0))
    found = bench.answered(ASKED, "single", corpus())
    assert [one.way for one in found] == [OURS, SINGLE, *WAYS, PLAIN]
    assert {one.way: one.facts for one in found} == dict.fromkeys([OURS, SINGLE, *WAYS, PLAIN], 1.0)
    asked = [sum(count for _, count in session.expanded) for session in model.sessions]
    # Every session of a script has written 7 tokens, the single sample's two pieces as well: the
    # others are given two pieces.
    assert asked[2:] == [2, 2, 2]


def test_the_table_and_the_json_tell_ties_from_leads(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [
        outcome(way, f"q{at}", facts=facts)
        for way, facts in ((OURS, 1.0), (SINGLE, 0.0), ("greedy", 1.0))
        for at in range(3)
    ]
    Console(width=150).print(table("single, reported", outcomes))
    shown = capsys.readouterr().out
    assert "single, reported: 3 questions" in shown
    cells = [" ".join(line.split()) for line in shown.splitlines()]
    assert any("+1.000 (+1.000 to +1.000) │ above" in line for line in cells)
    assert any("+0.000 (+0.000 to +0.000) │ tie" in line for line in cells)
    kept = json.loads(written("bobbin", outcomes))
    ways = kept["selections"]["all, reported"]["ways"]
    assert (kept["model"], ways["greedy"]["ours"], ways[SINGLE]["ours"]) == (
        "bobbin",
        "tie",
        "above",
    )


def test_what_is_no_model_cannot_be_measured_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--model", "extract"])
    assert "measured beside any" in capsys.readouterr().err
