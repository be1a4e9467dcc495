"""The App, its installations, tokens and deliveries. https://docs.github.com/en/rest/apps"""

import json
from typing import Any, TypeVar
from urllib.parse import urlencode

from playground.clock import stamp
from playground.errors import Forbidden, Invalid, NotFound
from playground.payloads import people as shapes
from playground.payloads.repositories import repository as repository_shape
from playground.rest.call import Call, Reply, Routes
from playground.values import Delivery, Installation

V = TypeVar("V", str, int)
routes = Routes()


@routes.add("GET", "/app")
def get_app(call: Call) -> Reply:
    """The App itself."""
    return Reply(content=shapes.app(call.world, call.world.apps[call.require_app()]))


@routes.add("GET", "/app/installations")
def list_installations(call: Call) -> Reply:
    """Where the App is installed."""
    found = call.world.installations.of(call.require_app())
    return call.paged(found, lambda value: shapes.installation(call.world, value))


def _installation(call: Call) -> Installation:
    app_id = call.require_app()
    found = call.world.installation(call.params["installation_id"])
    if found.app_id != app_id:
        raise NotFound
    return found


@routes.add("GET", "/app/installations/{installation_id:int}")
def get_installation(call: Call) -> Reply:
    """One installation."""
    return Reply(content=shapes.installation(call.world, _installation(call)))


@routes.add("DELETE", "/app/installations/{installation_id:int}")
def delete_installation(call: Call) -> Reply:
    """Removes the App from an account."""
    call.world.uninstall(_installation(call).id)
    return Reply(status=204)


def _array(call: Call, name: str, kind: type[V]) -> list[V] | None:
    value = call.body.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise Invalid(f"Invalid request.\n\nFor 'properties/{name}', not an array of its kind.")
    return value


@routes.add("POST", "/app/installations/{installation_id:int}/access_tokens")
def create_token(call: Call) -> Reply:
    """A token of an installation, narrowed where asked."""
    world, value = call.world, _installation(call)
    permissions = call.body.get("permissions")
    if not isinstance(permissions, dict | None) or not all(
        isinstance(level, str) for level in (permissions or {}).values()
    ):
        raise Invalid("Invalid request.\n\nFor 'properties/permissions', not an object.")
    token = world.create_installation_token(
        value.id,
        permissions=permissions,
        repositories=_array(call, "repositories", str),
        repository_ids=_array(call, "repository_ids", int),
    )
    narrowed = token.repository_ids is not None or value.repository_ids is not None
    content: dict[str, Any] = {
        "token": token.value,
        "expires_at": stamp(token.expires_at or world.clock.now()),
        "permissions": dict(token.permissions or {}),
        "repository_selection": "selected" if narrowed else "all",
    }
    if token.repository_ids is not None:
        content["repositories"] = [
            repository_shape(world, world.repositories[number]) for number in token.repository_ids
        ]
    return Reply(status=201, content=content)


@routes.add("GET", "/installation/repositories")
def list_repositories(call: Call) -> Reply:
    """What the installation whose token is shown was given."""
    world, actor = call.world, call.actor
    if not actor.is_installation or actor.installation_id is None:
        raise Forbidden("You must authenticate with an installation access token")
    found = [
        value
        for value in world.installed(world.installation(actor.installation_id))
        if world.reaches(actor, value)
    ]
    content, link = call.page(found, lambda value: repository_shape(world, value, actor))
    return Reply(
        content={
            "total_count": len(found),
            "repository_selection": "selected" if actor.repository_ids else "all",
            "repositories": content,
        },
        headers={"Link": link} if link else {},
    )


@routes.add("GET", "/repos/{owner}/{repo}/installation")
def get_repository_installation(call: Call) -> Reply:
    """The installation that a repository belongs to."""
    app_id = call.require_app()
    found = call.world.find_repository(call.params["owner"], call.params["repo"])
    for value in call.world.installations.of(app_id):
        if call.world.covers(value, found):
            return Reply(content=shapes.installation(call.world, value))
    raise NotFound


@routes.add("GET", "/app/hook/config")
def get_hook(call: Call) -> Reply:
    """Where deliveries go."""
    app = call.world.apps[call.require_app()]
    content = {"content_type": "json", "insecure_ssl": "0", "secret": "********"}
    return Reply(content=content if app.hook_url is None else {**content, "url": app.hook_url})


@routes.add("PATCH", "/app/hook/config")
def set_hook(call: Call) -> Reply:
    """Changes where deliveries go."""
    app = call.world.apps[call.require_app()]
    call.world.set_hook(call.optional_text("url") or app.hook_url, call.optional_text("secret"))
    return get_hook(call)


def _delivery_row(value: Delivery) -> dict[str, Any]:
    return {
        "id": value.id,
        "guid": value.guid,
        "delivered_at": stamp(value.delivered_at),
        "redelivery": value.redelivery,
        "duration": value.duration,
        "status": value.status,
        "status_code": value.status_code,
        "event": value.event,
        "action": value.action,
        "installation_id": value.installation_id,
        "repository_id": value.repository_id,
        "throttled_at": None,
    }


@routes.add("GET", "/app/hook/deliveries")
def list_deliveries(call: Call) -> Reply:
    """What was sent, newest first, page by page with a cursor."""
    call.require_app()
    cursor, outcome = call.query.get("cursor", ""), call.query.get("status")
    if cursor and not cursor.isdecimal():
        raise Invalid("Invalid cursor")
    found = [
        value
        for value in reversed(list(call.world.deliveries))
        if value.status != "pending"
        and (not cursor or value.id < int(cursor))
        and (outcome is None or (value.status == "OK") == (outcome == "success"))
    ]
    size = call.query.get("per_page", "30")
    count = min(max(int(size) if size.isdecimal() else 30, 1), 100)
    chosen = found[:count]
    headers = {}
    if len(found) > count:
        query = urlencode({**call.query, "per_page": count, "cursor": chosen[-1].id})
        headers["Link"] = f'<{call.url}?{query}>; rel="next"'
    return Reply(content=[_delivery_row(value) for value in chosen], headers=headers)


def _delivery(call: Call) -> Delivery:
    call.require_app()
    found = call.world.deliveries.get(call.params["delivery_id"])
    if found is None:
        raise NotFound
    return found


@routes.add("GET", "/app/hook/deliveries/{delivery_id:int}")
def get_delivery(call: Call) -> Reply:
    """One delivery with what was sent and what came back."""
    value = _delivery(call)
    content = {
        **_delivery_row(value),
        "url": call.world.app.hook_url or "",
        "request": {
            "headers": dict(value.request_headers),
            "payload": json.loads(value.payload),
        },
        "response": {"headers": {}, "payload": value.response_body},
    }
    return Reply(content=content)


@routes.add("POST", "/app/hook/deliveries/{delivery_id:int}/attempts")
def redeliver(call: Call) -> Reply:
    """Sends a delivery once more under its GUID."""
    call.world.redeliver(_delivery(call).guid)
    return Reply(status=202, content={})
