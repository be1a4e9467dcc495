"""`/_playground`: what a test in another process needs; answered to this machine only."""

import json
import re
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from playground.clock import stamp
from playground.errors import Forbidden, Invalid, PlaygroundError
from playground.faults import Fault
from playground.payloads.threads import comment_node, issue_node
from playground.rest.gateway import error_body, read_object
from playground.simulation.simulator import USUAL
from playground.values import ROLES, Comment, Issue
from playground.world import World

LOOPBACK = ("127.0.0.1", "::1")
NAMES = ("127.0.0.1", "localhost")


def control_routes(world: World) -> list[BaseRoute]:
    """The routes below `/_playground`."""

    def route(path: str, method: str, answer: Any) -> Route:
        async def handle(request: Request) -> Response:
            try:
                host = request.client.host if request.client else ""
                # A page in somebody's browser must not steer the playground: one of another
                # site sends its origin, and one that claims this address sends another name.
                named = request.url.hostname in NAMES
                if host not in LOOPBACK or not named or "origin" in request.headers:
                    raise Forbidden("Only programs on this machine may do that.")
                body = await read_object(request)
                with world.transaction():
                    return JSONResponse(answer(world, request, body))
            except PlaygroundError as error:
                return JSONResponse(error_body(error), status_code=error.status)

        return Route(path, handle, methods=[method])

    return [
        Mount(
            "/_playground",
            routes=[
                route("/state", "GET", _state),
                route("/deliveries", "GET", _deliveries),
                route("/redeliver/{guid}", "POST", _redeliver),
                route("/duplicate", "POST", _duplicate),
                route("/clock", "POST", _clock),
                route("/faults", "POST", _add_fault),
                route("/faults", "DELETE", _clear_faults),
                route("/faults", "GET", _taken_faults),
                route("/roles", "POST", _role),
                route("/users", "POST", _user),
                route("/repositories", "POST", _repository),
                route("/install", "POST", _install),
                route("/app", "GET", _app),
                route("/hook", "POST", _hook),
                route("/ping", "POST", _ping),
                route("/simulation", "GET", _simulation),
                route("/simulation", "POST", _simulate),
                route("/simulation", "DELETE", _stop_simulation),
            ],
        )
    ]


def _state(world: World, request: Request, body: Any) -> Any:
    return dump(world)


def dump(world: World) -> dict[str, Any]:
    """What people see, as JSON: repositories, issues, comments with bodies and histories."""
    return {
        "now": stamp(world.clock.now()),
        "repositories": [
            {
                "id": r.id,
                "full_name": world.full_name(r),
                "private": r.private,
                "roles": {world.accounts[k].login: v for k, v in r.roles.items()},
            }
            for r in world.repositories
        ],
        "issues": [_issue(world, issue) for issue in world.issues],
        "comments": [_comment(world, comment) for comment in world.comments],
    }


def _issue(world: World, issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.id,
        "node_id": issue_node(issue),
        "repository": world.full_name(world.repository_of(issue)),
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "locked": issue.locked,
        "author": world.accounts[issue.author_id].login,
        "pull_request": issue.pull is not None,
        "reactions": _reactions(world, issue_node(issue)),
    }


def _comment(world: World, comment: Comment) -> dict[str, Any]:
    issue = world.issues[comment.issue_id]
    return {
        "id": comment.id,
        "node_id": comment_node(comment),
        "repository": world.full_name(world.repository_of(issue)),
        "number": issue.number,
        "author": world.accounts[comment.author_id].login,
        "body": comment.body,
        "review": comment.anchor is not None,
        "minimized": None if comment.minimized is None else comment.minimized.reason,
        "reactions": _reactions(world, comment_node(comment)),
        "revisions": [
            {
                "id": r.id,
                "editor": world.accounts[r.editor_id].login,
                "edited_at": stamp(r.edited_at),
                "body": r.body,
            }
            for r in comment.revisions
        ],
    }


def _reactions(world: World, subject: str) -> list[dict[str, str]]:
    return [
        {"user": world.accounts[r.account_id].login, "content": r.content}
        for r in world.reactions.of(subject)
    ]


def _deliveries(world: World, request: Request, body: Any) -> Any:
    return [
        {
            "id": d.id,
            "app_id": world.addressee(d).id,
            "guid": d.guid,
            "event": d.event,
            "action": d.action,
            "redelivery": d.redelivery,
            "status": d.status,
            "status_code": d.status_code,
            "payload": json.loads(d.payload),
        }
        for d in world.deliveries
    ]


def _redeliver(world: World, request: Request, body: Any) -> Any:
    return {"id": world.redeliver(request.path_params["guid"]).id}


def _duplicate(world: World, request: Request, body: Any) -> Any:
    world.duplicate_deliveries = int(body.get("times", 1))
    return {"times": world.duplicate_deliveries}


def _clock(world: World, request: Request, body: Any) -> Any:
    seconds = body.get("advance")
    if not isinstance(seconds, int | float) or seconds < 0:
        raise Invalid("advance is so many seconds, 0 or more")
    world.clock.advance(seconds)
    return {"now": stamp(world.clock.now())}


def _add_fault(world: World, request: Request, body: Any) -> Any:
    try:
        fault = Fault(**body)
        world.faults.add(fault)
    except (TypeError, re.error) as error:
        raise Invalid(str(error)) from None
    return asdict(fault)


def _clear_faults(world: World, request: Request, body: Any) -> Any:
    world.faults.clear()
    return {}


def _taken_faults(world: World, request: Request, body: Any) -> Any:
    return [
        {"kind": fault.kind, "method": method, "path": path}
        for fault, method, path in world.faults.taken
    ]


def _role(world: World, request: Request, body: Any) -> Any:
    owner, _, name = str(body.get("repository", "")).partition("/")
    role = body.get("role")
    if role not in ROLES:
        raise Invalid(f"role is one of {', '.join(ROLES)}")
    world.set_role(world.find_repository(owner, name), body.get("login", ""), role)
    return {"role": role}


def _user(world: World, request: Request, body: Any) -> Any:
    login = body.get("login")
    if not isinstance(login, str) or not login.replace("-", "").isalnum():
        raise Invalid("login is made of letters, digits and hyphens")
    token = body.get("token")
    if not isinstance(token, str | None):
        raise Invalid("token is a text")
    return {"token": world.create_user(login, token=token)}


def _repository(world: World, request: Request, body: Any) -> Any:
    owner, _, name = str(body.get("full_name", "")).partition("/")
    files = body.get("files") or {}
    if not isinstance(files, dict) or not all(isinstance(v, str) for v in files.values()):
        raise Invalid("files are texts by path")
    made = world.create_repository(
        owner,
        name,
        files={path: text.encode() for path, text in files.items()},
        private=bool(body.get("private")),
    )
    return {"id": made.id}


def _install(world: World, request: Request, body: Any) -> Any:
    made = world.install(
        str(body.get("owner", "")), repositories=body.get("repositories"), slug=_slug(body)
    )
    return {"id": made.id}


def _app(world: World, request: Request, body: Any) -> Any:
    app = world.app_of(request.query_params.get("slug"))
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "hook_url": app.hook_url,
        "webhook_secret": app.webhook_secret,
    }


def _hook(world: World, request: Request, body: Any) -> Any:
    app = world.set_hook(body.get("url"), body.get("secret"), _slug(body))
    return {"url": app.hook_url}


def _ping(world: World, request: Request, body: Any) -> Any:
    world.ping(_slug(body))
    return {}


def _slug(body: Any) -> str | None:
    """Which App is meant; the first where the body names none."""
    slug = body.get("slug")
    if not isinstance(slug, str | None):
        raise Invalid("slug is a text")
    return slug


def _simulation(world: World, request: Request, body: Any) -> Any:
    standing = world.simulator.standing
    return {} if standing is None else standing.json()


def _simulate(world: World, request: Request, body: Any) -> Any:
    count = body.get("count", USUAL)
    if not isinstance(count, int) or isinstance(count, bool):
        raise Invalid("count is a number of questions")
    return world.simulator.start(world.web_url, count).json()


def _stop_simulation(world: World, request: Request, body: Any) -> Any:
    world.simulator.stop()
    return _simulation(world, request, body)
