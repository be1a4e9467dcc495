"""A training run in the demo: its progress, its verdict, and what breaks the link."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from app.demo import retraining
from app.demo.people import LinkBroken, Someone
from app.demo.retraining import retrain
from app.demo.waiting import Waiting
from app.domain import AdapterVersion, Finding, Progress, Run, RunState, Verdict
from app.store import Store
from tests.unit.demo.played import Alive, Played

AT = datetime(2026, 5, 4, tzinfo=UTC)
NAME = "r1-0001-abcdef01"
RUN = Run(id="r1-abc", repository_id=1, state=RunState.WAITING, by="max", created_at=AT)
TRAINING = replace(
    RUN, state=RunState.RUNNING, progress=Progress(phase="sft", step=4, steps=40, loss=2.125)
)
PROMOTED = replace(RUN, state=RunState.PROMOTED, reason="It passed the gate.", adapter=NAME)
REFUSED = replace(RUN, state=RunState.REFUSED, reason="It forgot [1] a lot.", adapter=NAME)


def version(*passed: bool) -> AdapterVersion:
    findings = [
        Finding(name=f"f{at}", value=1.0, wanted="", passed=one, about=f"Found [{at}].")
        for at, one in enumerate(passed)
    ]
    return AdapterVersion(
        name=NAME,
        repository_id=1,
        number=1,
        run_id=RUN.id,
        base="bobbin",
        base_hash="a" * 64,
        data_hash="b" * 64,
        seed=0,
        recipe={},
        metrics={},
        verdict=Verdict(findings=findings),
        files={},
        created_at=AT,
    )


class Runs:
    """A run that is one step further at each look."""

    def __init__(self, *looks: Run | None) -> None:
        self._looks: Iterator[Run | None] = iter(looks)

    def latest(self, repository_id: int) -> Run | None:
        assert repository_id == 1
        return next(self._looks)

    def get(self, run_id: str) -> Run | None:
        return next(self._looks)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retraining, "PAUSE", 0.0)


def train(*looks: Run | None, made: AdapterVersion | None = None) -> AdapterVersion:
    kept = {NAME: made}
    store = SimpleNamespace(runs=Runs(*looks), adapters=SimpleNamespace(get=kept.get))
    waiting = Waiting(Alive(), seconds=7.0)  # type: ignore[arg-type]
    maintainer = Played("max", {"/retrain": "There are 3 rows.\n\n<!-- treadle {} -->"}.__getitem__)
    return retrain(cast(Someone, maintainer), cast(Store, store), 1, waiting)


def test_a_run_is_followed_to_its_promotion(capsys: pytest.CaptureFixture[str]) -> None:
    good = version(True, True)
    later = replace(TRAINING, progress=Progress(phase="dpo", step=0, steps=0))
    assert train(RUN, RUN, TRAINING, TRAINING, later, PROMOTED, made=good) is good
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "max in #1: /retrain"
    # Each phase once: none of them went on for long.
    assert lines[1:4] == ["waiting", "sft 4 of 40, loss 2.12", "dpo"]
    assert lines[4].endswith("promoted")
    assert lines[5:] == [f"the gate on {NAME}: passed", "✓ f0: Found [0].", "✓ f1: Found [1]."]


def test_a_long_phase_is_told_of_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retraining, "TELL", 0.0)
    later = replace(TRAINING, progress=Progress(phase="sft", step=5, steps=40))
    train(TRAINING, TRAINING, later, PROMOTED, made=version(True))
    said = capsys.readouterr().out
    # Only where there is something new.
    assert (said.count("sft 4 of 40"), said.count("sft 5 of 40")) == (1, 1)


@pytest.mark.parametrize(
    ("looks", "made", "words"),
    [
        # The bot's own words say why there is no run.
        ([None], None, "no training run began: There are 3 rows."),
        ([RUN, REFUSED], version(True, False), r"no adapter was promoted: It forgot \[1\] a lot."),
        (
            [RUN, replace(REFUSED, state=RunState.FAILED, reason="No memory.", adapter="")],
            None,
            "no adapter was promoted: No memory.",
        ),
        ([RUN, None], None, "gone from the bot's records"),
    ],
)
def test_a_run_without_an_adapter_in_use_is_a_broken_link(
    looks: list[Run | None], made: AdapterVersion | None, words: str
) -> None:
    with pytest.raises(LinkBroken, match=f"{words}$"):
        train(*looks, made=made)


def test_a_refusal_is_shown_with_its_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LinkBroken):
        train(RUN, REFUSED, made=version(True, False))
    said = capsys.readouterr().out
    assert f"the gate on {NAME}: refused" in said
    assert "✗ f1: Found [1]." in said
