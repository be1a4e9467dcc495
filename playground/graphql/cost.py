"""What a query costs in points.

Each connection at each place counts as one request, so often as its parents are asked for;
a hundred requests make a point, and no query costs less than one.
https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)


class Counter:
    """Counts the requests and nodes of one operation."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.requests = 0
        self.nodes = 0

    def count(self, selections: SelectionSetNode | None, times: int) -> None:
        """Counts a selection that is resolved so many times."""
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                size = self._size(selection)
                if size is not None:
                    self.requests += times
                    self.nodes += times * size
                self.count(selection.selection_set, times * (1 if size is None else size))
            elif isinstance(selection, InlineFragmentNode):
                self.count(selection.selection_set, times)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                self.count(fragment.selection_set, times)

    def _size(self, field: FieldNode) -> int | None:
        for argument in field.arguments or ():
            if argument.name.value in ("first", "last"):
                value: Any = None
                if isinstance(argument.value, IntValueNode):
                    value = int(argument.value.value)
                elif isinstance(argument.value, VariableNode):
                    value = self._variables.get(argument.value.name.value)
                return value if isinstance(value, int) else 0
        return None


def cost(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> tuple[int, int]:
    """Points and nodes of an operation of a valid document."""
    counter = Counter(document, variables)
    counter.count(operation.selection_set, 1)
    return max(1, -(-counter.requests // 100)), counter.nodes
