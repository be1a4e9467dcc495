"""The whole course against the GitHub of vercel-labs/emulate, where its packages are at hand."""

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from bench.emulate import run
from bench.other_github import lacking

VARIABLE = "EMULATE_PACKAGES"
"""Names the folder of the packages; docs/other-githubs.md says which they are."""


def test_a_question_is_answered_and_an_edit_learned() -> None:
    named = os.environ.get(VARIABLE, "")
    missing = lacking(Path(named)) if named else f"{VARIABLE} names no folder of its packages"
    if missing:
        pytest.skip(missing)
    said = io.StringIO()
    status = run(Path(named), Console(file=said, soft_wrap=True))
    assert status == 0, said.getvalue()
    assert "the next answer uses it" in said.getvalue()
