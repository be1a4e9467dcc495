"""What the bench counts, over made outcomes."""

import json

import pytest
from rich.console import Console

from app.domain import Answer, Passage, Quote, SourceKind
from bench import abstaining
from bench.abstaining import Outcome, ask, share, show, summary
from bench.questions import Answer as Right
from bench.questions import Answerable, Package, QuestionSet, Unanswerable


def outcome(kind: str, confidence: float, refused: bool, right: bool | None = None) -> Outcome:
    return Outcome(id="x", kind=kind, confidence=confidence, refused=refused, right=right)


OUTCOMES = [
    outcome("", 0.9, False, True),
    outcome("", 0.8, False, False),
    outcome("", 0.7, False, True),
    outcome("", 0.2, True, False),
    outcome("near", 0.75, False),
    outcome("near", 0.1, True),
    outcome("off topic", 0.0, True),
]


def test_refusals_are_counted_by_kind() -> None:
    found = summary(OUTCOMES)
    assert found["questions"] == [4, 3]
    assert found["refused_rightly"][0] == pytest.approx(2 / 3)
    assert found["refused_wrongly"][0] == 1 / 4
    assert found["right_said"][0] == 2 / 4
    assert {kind: one["refused"][0] for kind, one in found["kinds"].items()} == {
        "near": 1 / 2,
        "off topic": 1.0,
    }
    # Of 12 pairs of one with and one without an answer, .7 and .2 stand below .75.
    assert found["area"][0] == pytest.approx(10 / 12)
    assert found["kinds"]["off topic"]["area"][0] == 1.0
    # With none of four refused wrongly the limit is .2, and two of three stand below it.
    assert found["declined_at_5"][0] == pytest.approx(2 / 3)
    assert found["curve"][0] == (0.0, 0.0)
    assert found["curve"][-1] == (1.0, 1.0)


def test_shares_have_wilson_intervals() -> None:
    # 5 of 100: the interval of Wilson's formula is .0215 to .1118.
    assert share([True] * 5 + [False] * 95) == pytest.approx([0.05, 0.0215, 0.1118], abs=1e-4)


def test_all_figures_are_shown_beside_what_is_wanted(capsys) -> None:
    show(summary(OUTCOMES), "made", Console(width=120))
    said = capsys.readouterr().out
    assert "0.67" in said
    assert "0.90" in said
    assert "near (2)" in said


class Told:
    """Answers from a list, and refuses where it says nothing."""

    def answer(self, question, **_):
        text = "The port is 80." if "port" in question.text else ""
        source = Passage(
            path="a.md", start_line=1, end_line=1, title="", text=text, kind=SourceKind.PROSE
        )
        quotes = (Quote(text=text, source=0),) if text else ()
        return Answer(
            text=text,
            quotes=quotes,
            sources=(source,),
            confidence=0.5,
            score=0.0,
            abstained=not text,
        )


def test_questions_are_asked_as_the_product_would_answer() -> None:
    questions = QuestionSet(
        packages={"made": Package(version="1", files=())},
        answerable=(
            Answerable(
                id="a",
                package="made",
                question="which port?",
                answers=(Right(path="a.md", sentence="The port is 80."),),
                kind="what",
            ),
        ),
        unanswerable=(
            Unanswerable(id="u", package="made", question="who won?", near="", kind="off topic"),
        ),
    )
    found = ask(questions, {"made": None}, Told())
    assert [(one.id, one.kind, one.refused, one.right) for one in found] == [
        ("a", "", False, True),
        ("u", "off topic", True, None),
    ]


def test_figures_are_kept_by_set(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(abstaining, "RESULTS", tmp_path / "results" / "abstaining.json")
    monkeypatch.setattr(abstaining, "corpora", lambda packages, folder: {})
    monkeypatch.setattr(abstaining, "ask", lambda *_: OUTCOMES)
    for name in ("abstain", "abstain_test"):
        abstaining.main(["--set", name])
    kept = json.loads(abstaining.RESULTS.read_text("utf-8"))
    assert list(kept) == ["abstain", "abstain_test"]
    assert len(kept["abstain"]["outcomes"]) == len(OUTCOMES)
