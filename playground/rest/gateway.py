"""Between HTTP and the endpoints: who asks, budgets, errors, conditional requests, headers."""

import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.actors import ANONYMOUS, Actor
from playground.auth import authenticate
from playground.errors import Invalid, Moved, NotFound, PlaygroundError, RateLimited
from playground.limits import Standing
from playground.rest import (
    apps,
    comments,
    contents,
    hooks,
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
MODULES = (apps, hooks, users, comments, reactions, issues, pulls, repositories, contents, search)
NUMBERED = "/api/v3/repositories/"
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
        except Moved as error:
            reply = _moved(world, request, error.repository_id)
        except PlaygroundError as error:
            reply = Reply(status=error.status, content=error_body(error))
        for listener in world.on_reply:
            listener(method, path, reply.status, reply.content)
        return _respond(world, actor, request, reply, standing)

    return handle


def _moved(world: World, request: Request, repository_id: int) -> Reply:
    rest = "/".join(request.url.path.removeprefix("/api/v3/repos/").split("/")[2:])
    place = f"{world.api_url}/repositories/{repository_id}" + (f"/{rest}" if rest else "")
    if request.url.query:
        place += f"?{request.url.query}"
    content = {"message": "Moved Permanently", "url": place, "documentation_url": DOCUMENTATION}
    # Only what is read may follow with another method than it came with.
    status = 301 if request.method == "GET" else 307
    return Reply(status=status, content=content, headers={"Location": place})


class ByNumber:
    """Lets repositories be addressed by number, `/repositories/{id}/...`, as redirects do."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gives such a path the name that the repository has now."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(NUMBERED):
            number, _, rest = path.removeprefix(NUMBERED).partition("/")
            with self._world.lock:
                found = self._world.repositories.get(int(number)) if number.isdecimal() else None
                name = "" if found is None else self._world.full_name(found)
            if name:
                path = f"/api/v3/repos/{name}" + (f"/{rest}" if rest else "")
                scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)


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
            if actor.budget != ANONYMOUS.budget:
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
