"""Points, worked by hand."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from playground.graphql.cost import cost


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ viewer { login } }", {}, (1, 0)),
        ("{ a(first: 149) { b(first: 1) { c } } }", {}, (2, 298)),  # 1 + 149 requests
        ("{ a(first: 99) { b(first: 2) { c } } }", {}, (1, 297)),  # 1 + 99 requests
        (
            "query($i: [ID!]!) { nodes(ids: $i) { a(first: 2) b(last: 1) } }",
            {"i": ["x"] * 100},
            (2, 300),
        ),  # 100 + 100 requests
        ('{ nodes(ids: ["x", "y"]) { a(first: 5) } }', {}, (1, 10)),
        ("query($n: Int) { a(last: $n) { b } }", {"n": 7}, (1, 7)),
        ("query($n: Int) { a(first: $n) { b } }", {}, (1, 0)),
        ("{ ...F } fragment F on Q { a(first: 3) { ... on R { b(first: 4) } } }", {}, (1, 15)),
    ],
)
def test_a_cost(text: str, variables: dict[str, Any], expected: tuple[int, int]) -> None:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert cost(document, operation, variables) == expected
