"""The fit of confidence: what is asked, what each question counts, the regression itself."""

import numpy as np
import pytest
from rich.console import Console

from bench.fit_confidence import (
    FOREIGN,
    FOREIGN_WEIGHT,
    Asked,
    balanced,
    fit,
    left_out,
    questions,
    show,
)


def made(package: str, kind: str = "", part: str = "dev") -> Asked:
    return Asked(package=package, question="?", part=part, kind=kind)


def test_every_package_is_asked_about_others() -> None:
    every = questions()
    assert every == questions()
    foreign = [one for one in every if one.part == "foreign"]
    packages = {one.package for one in every}
    assert len(foreign) == FOREIGN * len(packages)
    own = {(one.package, one.question) for one in every if not one.kind}
    assert not own & {(one.package, one.question) for one in foreign}


def test_nothing_held_out_is_asked() -> None:
    assert {one.part for one in questions()} == {"dev", "more", "abstain", "short", "foreign"}


def test_both_classes_count_alike() -> None:
    asked = [made("a"), made("a"), made("b", "near"), made("b", "other package", "foreign")]
    # Two with an answer count 2; 1 and .35 without one are raised to 2 together.
    raised = 2 / (1 + FOREIGN_WEIGHT)
    assert balanced(asked) == pytest.approx([1, 1, raised, FOREIGN_WEIGHT * raised])


def test_the_fit_finds_the_direction_and_the_middle() -> None:
    inputs = np.array([[float(at)] for at in range(10)])
    answerable = (inputs[:, 0] >= 5).astype(float)
    slope, bias = fit(inputs, answerable, np.ones(10))
    assert slope > 0
    # By symmetry the chance is one half in the middle, 4.5.
    assert slope * 4.5 + bias == pytest.approx(0.0, abs=1e-6)


def test_a_package_is_judged_by_what_others_taught(capsys) -> None:
    asked = [
        made(package, kind) for package in ("a", "b", "c") for kind in ("", "", "near", "off topic")
    ]
    inputs = np.array([[1.0 if not one.kind else 0.0] for one in asked])
    scores = left_out(asked, inputs)
    assert all((score > 0) == (not one.kind) for score, one in zip(scores, asked, strict=True))
    show(asked, scores, Console(width=120))
    said = capsys.readouterr().out
    assert "near (3): area 1.000, declined 1.00" in said
    assert "limit at 5% refused" in said
