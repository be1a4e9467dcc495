"""What a query costs in points.

Each connection at each place counts as one request, so often as its parents are asked for, each
to its bound; a hundred requests make a point, rounded to the nearest, and none costs less than one.
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
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    value_from_ast_untyped,
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
                size, parents = self._size(selection), self._parents(selection)
                if size is not None:
                    self.requests += times
                    self.nodes += times * size
                deeper = parents if size is None else size
                self.count(selection.selection_set, times * deeper)
            elif isinstance(selection, InlineFragmentNode):
                self.count(selection.selection_set, times)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                self.count(fragment.selection_set, times)

    def _size(self, field: FieldNode) -> int | None:
        """The bound of a connection; None for any other field."""
        for name in ("first", "last"):
            value = self._argument(field, name)
            if value is not None:
                return value if isinstance(value, int) else 0
        return None

    def _parents(self, field: FieldNode) -> int:
        """How many objects a plain field gives: as many as ids were named, else one."""
        ids = self._argument(field, "ids")
        return len(ids) if isinstance(ids, list) else 1

    def _argument(self, field: FieldNode, name: str) -> Any:
        for argument in field.arguments or ():
            if argument.name.value != name:
                continue
            if isinstance(argument.value, VariableNode):
                return self._variables.get(argument.value.name.value, False)
            return value_from_ast_untyped(argument.value)
        return None


def cost(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> tuple[int, int]:
    """Points and nodes of an operation of a valid document."""
    counter = Counter(document, variables)
    counter.count(operation.selection_set, 1)
    return max(1, (counter.requests + 50) // 100), counter.nodes
