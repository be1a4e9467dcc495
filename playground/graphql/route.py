"""`POST /api/graphql`: parse, validate, count, execute, and tell errors as GitHub does."""

from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    default_field_resolver,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.actors import ANONYMOUS, Actor
from playground.auth import authenticate
from playground.errors import BadCredentials, Invalid, PlaygroundError, RateLimited
from playground.graphql import blobs, mutations, people, queries, threads
from playground.graphql.asking import Asking, Info
from playground.graphql.cost import cost
from playground.graphql.errors import as_graphql, document_error, field_error
from playground.rest.gateway import common_headers, error_body, read_object, spend
from playground.world import World

SDL = Path(__file__).parent.parent / "schema.graphql"


@cache
def schema() -> GraphQLSchema:
    """The executable schema."""
    built = build_schema(SDL.read_text())
    for module in (people, blobs, threads, queries, mutations):
        for (type_name, field), resolver in module.resolvers.table.items():
            fields = built.type_map[type_name].fields  # type: ignore[attr-defined]
            if field in fields:
                fields[field].resolve = resolver
    return built


def _resolve(source: Any, info: Info, **args: Any) -> Any:
    return default_field_resolver(source, info, **args)


def _type_of(value: Any, info: Info, abstract: Any) -> str | None:
    return people.type_name(value)


def graphql_route(world: World) -> Route:
    """The one route of GraphQL."""

    async def handle(request: Request) -> Response:
        actor = ANONYMOUS
        with world.lock:
            standing = world.budgets.standing(actor.budget, "graphql")
        try:
            body = await read_object(request)
            with world.transaction():
                actor = authenticate(world, request.headers.get("authorization"))
                if actor.account_id is None:
                    raise BadCredentials("This endpoint requires you to be authenticated.")
                standing = world.budgets.standing(actor.budget, "graphql")
                content = answer(world, actor, body)
                standing = world.budgets.standing(actor.budget, "graphql")
            return JSONResponse(content, headers=common_headers(standing))
        except RateLimited as error:
            content = {"errors": [{"type": error.graphql_type, "message": error.message}]}
            return JSONResponse(content, headers=common_headers(standing))
        except PlaygroundError as error:
            return JSONResponse(
                error_body(error), status_code=error.status, headers=common_headers(standing)
            )

    return Route("/api/graphql", handle, methods=["POST"])


def answer(world: World, actor: Actor, body: Any) -> dict[str, Any]:
    """The response to a GraphQL request.

    Args:
        body: `query`, and where wanted `variables` and `operationName`.

    Raises:
        RateLimited: the points of this hour are spent.
    """
    text, variables = body.get("query"), body.get("variables") or {}
    if not isinstance(text, str) or not isinstance(variables, dict):
        return {
            "errors": [{"message": "A query attribute must be specified and must be a string."}]
        }
    try:
        document = parse(text)
    except GraphQLError as error:
        return {"errors": [document_error(error)]}
    problems = validate(schema(), document)
    if problems:
        return {"errors": [document_error(problem) for problem in problems]}
    operation = get_operation_ast(document, body.get("operationName"))
    if operation is None:
        return {"errors": [{"message": "No operation named by operationName"}]}
    return _execute(world, actor, document, operation, variables)


def _execute(
    world: World,
    actor: Actor,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: dict[str, Any],
) -> dict[str, Any]:
    points, nodes = cost(document, operation, variables)
    if nodes > 500_000:
        raise Invalid(f"This query requests up to {nodes} possible nodes, which exceeds 500,000")
    standing = spend(world, actor, "graphql", points)
    context = Asking(world=world, actor=actor, standing=standing, cost=points, nodes=nodes)
    name = operation.name.value if operation.name else None
    result = execute(
        schema(),
        document,
        context_value=context,
        variable_values=variables,
        operation_name=name,
        field_resolver=_resolve,
        type_resolver=_type_of,
        middleware=[_translate],
    )
    content: dict[str, Any] = {}
    if result.data is not None or result.errors is None:  # type: ignore[union-attr]
        content["data"] = result.data  # type: ignore[union-attr]
    if result.errors:  # type: ignore[union-attr]
        content["errors"] = [field_error(error) for error in result.errors]  # type: ignore[union-attr]
        content.setdefault("data", None)
    return content


def _translate(following: Any, source: Any, info: Info, **args: Any) -> Any:
    try:
        return following(source, info, **args)
    except PlaygroundError as error:
        raise as_graphql(error) from error
