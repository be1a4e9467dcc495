"""Negations: which words turn around which."""

import pytest

from app.domain.negation import negates, negation


@pytest.mark.parametrize(
    ("token", "expected"),
    [("not", True), ("don't", True), ("don’t", True), ("cannot", True), ("knot", False)],
)
def test_negations(token: str, expected: bool) -> None:
    assert negates(token) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("not recommended", 0),
        ("it is not the root", 2),
        ("never to be used", 0),
        ("not to be the root", None),
        ("not you use", None),
        ("recommended", None),
        ("", None),
    ],
)
def test_a_negation_reaches_over_few_words(said: str, expected: int | None) -> None:
    tokens = said.split()
    assert negation(tokens, max(0, len(tokens) - 1)) == expected
