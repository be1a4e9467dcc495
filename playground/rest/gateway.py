"""Between HTTP and the endpoints: who asks, budgets, errors, conditional requests, headers."""

import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from playground.actors import ANONYMOUS, Actor
from playground.auth import authenticate
from playground.errors import Invalid, NotFound, PlaygroundError, RateLimited
from playground.limits import Standing
from playground.rest import (
    apps,
    comments,
    contents,
    issues,
    pulls,
    reactions,
    repositories,
    search,
    users,
)
from playground.rest.call import Call, Endpoint, Reply
from playground.world import World

DOCUMENTATION = "https://docs.github.com/rest"
MODULES = (apps, users, comments, reactions, issues, pulls, repositories, contents, search)
FREE = frozenset({"/rate_limit"})


def common_headers(standing: Standing) -> dict[str, str]:
    """Headers that every answer has."""
    return {
        **standing.headers(),
        "X-GitHub-Request-Id": uuid.uuid4().hex.upper()[:20],
        "X-GitHub-Media-Type": "github.v3; format=json",
        "Vary": "Accept, Authorization, Accept-Encoding, X-Requested-With",
        "Cache-Control": "private, max-age=60, s-maxage=60",
    }


def error_body(error: PlaygroundError) -> dict[str, Any]:
    """An error as REST tells it."""
    body: dict[str, Any] = {"message": error.message}
    if error.errors is not None:
        body["errors"] = error.errors
    return {**body, "documentation_url": DOCUMENTATION, "status": str(error.status)}


def spend(world: World, actor: Actor, resource: str, points: int = 1) -> Standing:
    """Counts a request.

    Raises:
        RateLimited: the budget is spent.
    """
    standing, enough = world.budgets.spend(actor.budget, resource, points)
    if not enough:
        raise RateLimited(f"API rate limit exceeded for {actor.budget}.")
    return standing


async def read_object(request: Request) -> Mapping[str, Any]:
    """The JSON object in the body; an empty one where there is no body.

    Raises:
        Invalid: it is something else.
    """
    raw = await request.body()
    if not raw.strip():
        return {}
    try:
        value = json.loads(raw)
    except ValueError:
        raise Malformed("Problems parsing JSON") from None
    if not isinstance(value, dict):
        raise Malformed("Body should be a JSON object")
    return value


class Malformed(Invalid):
    """The body is no JSON object."""

    status = 400


def _endpoint(
    world: World, method: str, path: str, endpoint: Endpoint
) -> Callable[[Request], Awaitable[Response]]:
    resource = "search" if path.startswith("/search/") else "core"

    async def handle(request: Request) -> Response:
        actor = ANONYMOUS
        with world.lock:
            standing = world.budgets.standing(actor.budget, resource)
        try:
            body = await read_object(request)
            with world.transaction():
                actor = authenticate(world, request.headers.get("authorization"))
                standing = world.budgets.standing(actor.budget, resource)
                if path not in FREE:
                    standing = spend(world, actor, resource)
                call = Call(
                    world=world,
                    actor=actor,
                    params=request.path_params,
                    query=dict(request.query_params),
                    headers=request.headers,
                    body=body,
                    url=f"{world.web_url}{request.url.path}",
                )
                reply = endpoint(call)
        except PlaygroundError as error:
            reply = Reply(status=error.status, content=error_body(error))
        for listener in world.on_reply:
            listener(method, path, reply.status, reply.content)
        return _respond(world, actor, request, reply, standing)

    return handle


def _respond(
    world: World, actor: Actor, request: Request, reply: Reply, standing: Standing
) -> Response:
    headers = {**common_headers(standing), **reply.headers}
    if reply.content is None:
        return Response(status_code=reply.status, headers=headers)
    body = reply.content if isinstance(reply.content, bytes) else json.dumps(reply.content).encode()
    if request.method == "GET" and reply.status == 200:
        tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        headers["ETag"] = tag
        if request.headers.get("if-none-match") == tag:
            if actor is not ANONYMOUS and actor.budget != ANONYMOUS.budget:
                # What has not changed costs nobody who is signed in anything.
                with world.lock:
                    world.budgets.set_remaining(
                        actor.budget, standing.resource, standing.remaining + 1
                    )
            return Response(status_code=304, headers=headers)
    return Response(body, status_code=reply.status, headers=headers, media_type=reply.media)


def rest_routes(world: World) -> list[BaseRoute]:
    """All REST endpoints, and the answer to whatever is none."""
    routes: list[BaseRoute] = [
        Route(path, _endpoint(world, method, path, endpoint), methods=[method])
        for module in MODULES
        for method, path, endpoint in module.routes.rows
    ]

    def absent(call: Call) -> Reply:
        raise NotFound

    def root(call: Call) -> Reply:
        return Reply(content={"current_user_url": f"{world.api_url}/user"})

    routes.append(Route("/", _endpoint(world, "GET", "/", root), methods=["GET"]))
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    routes.append(Route("/{rest:path}", _endpoint(world, "GET", "/", absent), methods=methods))
    return routes
