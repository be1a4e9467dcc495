"""Errors as GitHub's GraphQL API tells them."""

from typing import Any

from graphql import FieldNode, GraphQLError

from playground.errors import Gone, NotFound, PlaygroundError

UNKNOWN_FIELD = "Cannot query field "


def as_graphql(error: PlaygroundError) -> GraphQLError:
    """An error of the world as a field error."""
    message = error.message
    if error.errors and error.errors[0].get("message"):
        message = error.errors[0]["message"]
    return GraphQLError(message, original_error=error)


def field_error(error: GraphQLError) -> dict[str, Any]:
    """An error of execution: `type` beside the message, as there.

    Raises:
        Exception: what is no refusal but a fault of the playground, so that it is seen.
    """
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    shape = dict(error.formatted)
    if isinstance(cause, PlaygroundError):
        kind = "NOT_FOUND" if isinstance(cause, NotFound | Gone) else cause.graphql_type
        return {"type": kind, **shape}
    if cause is not None:
        raise cause
    return shape


def document_error(error: GraphQLError) -> dict[str, Any]:
    """An error of the document itself, with GitHub's code where a field is unknown."""
    shape: dict[str, Any] = dict(error.formatted)
    node = error.nodes[0] if error.nodes else None
    if error.message.startswith(UNKNOWN_FIELD) and isinstance(node, FieldNode):
        type_name = error.message.split("'")[3]
        shape["message"] = f"Field '{node.name.value}' doesn't exist on type '{type_name}'"
        shape["path"] = ["query", node.name.value]
        shape["extensions"] = {
            "code": "undefinedField",
            "typeName": type_name,
            "fieldName": node.name.value,
        }
    return shape
