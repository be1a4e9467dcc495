"""An App, its installations and their tokens. https://docs.github.com/en/rest/apps/apps"""

from typing import Any, TypeVar

from playground.clock import stamp
from playground.errors import Forbidden, Invalid, NotFound
from playground.payloads import people as shapes
from playground.payloads.repositories import repository as repository_shape
from playground.rest.call import Call, Reply, Routes
from playground.values import Installation

V = TypeVar("V", str, int)
routes = Routes()


@routes.add("GET", "/app")
def get_app(call: Call) -> Reply:
    """The App whose JWT is shown."""
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


@routes.add("POST", "/app-manifests/{code}/conversions")
def convert_manifest(call: Call) -> Reply:
    """The keys of an App made from a manifest; whoever has the code gets them, once."""
    keys = call.world.convert_code(call.params["code"])
    content = shapes.app(call.world, keys.app)
    # An App is told its number of installations only where it asks about itself.
    del content["installations_count"]
    content["client_secret"] = keys.client_secret
    content["webhook_secret"] = keys.app.webhook_secret or None
    content["pem"] = keys.private_key_pem
    return Reply(status=201, content=content)
