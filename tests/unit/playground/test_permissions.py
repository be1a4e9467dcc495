"""Who may do what, as one table."""

import pytest

from playground.actors import ANONYMOUS, Actor
from playground.errors import BadCredentials, Forbidden, NotFound, PlaygroundError
from playground.values import Repository, Role
from playground.world import World


@pytest.fixture
def world() -> World:
    """olivia's public and private repositories; wes writes in both, others have no role."""
    world = World()
    for login in ("olivia", "wes", "pat"):
        world.create_user(login)
    for name in ("open", "closed"):
        made = world.create_repository("olivia", name, private=name == "closed")
        world.set_role(made, "wes", "write")
    world.register_app(slug="treadle", owner="olivia", public_key_pem="unused", webhook_secret="s")
    return world


def of(world: World, name: str) -> Repository:
    """One of the repositories."""
    return world.find_repository("olivia", name)


@pytest.mark.parametrize(
    ("login", "name", "least", "error"),
    [
        ("pat", "open", "read", None),
        ("pat", "open", "triage", Forbidden),
        ("pat", "closed", "read", NotFound),
        ("wes", "open", "write", None),
        ("wes", "open", "maintain", Forbidden),
        ("wes", "closed", "write", None),
        ("olivia", "closed", "admin", None),
        (None, "open", "read", BadCredentials),
    ],
)
def test_people_need_a_role(
    world: World, login: str | None, name: str, least: Role, error: type[PlaygroundError] | None
) -> None:
    actor = ANONYMOUS if login is None else world.person(login)
    if error is None:
        assert world.require_write(actor, of(world, name), "issues", least) == actor.account_id
        assert world.may_write(actor, of(world, name), "issues", least)
    else:
        with pytest.raises(error):
            world.require_write(actor, of(world, name), "issues", least)
        assert not world.may_write(actor, of(world, name), "issues", least)


@pytest.mark.parametrize(
    ("chosen", "granted", "name", "scope", "error"),
    [
        (None, {"issues": "write"}, "closed", "issues", None),
        (None, {"issues": "read"}, "closed", "issues", Forbidden),
        (None, {"issues": "write"}, "closed", "pull_requests", Forbidden),
        (["open"], {"issues": "write"}, "closed", "issues", NotFound),
        (["closed"], {"issues": "write"}, "open", "issues", Forbidden),
    ],
)
def test_installations_need_a_permission(
    world: World,
    chosen: list[str] | None,
    granted: dict[str, str],
    name: str,
    scope: str,
    error: type[PlaygroundError] | None,
) -> None:
    made = world.install("olivia", repositories=chosen)
    bot = world.bot(made)
    actor = Actor(
        account_id=bot.account_id, installation_id=made.id, permissions=granted,
        app_id=bot.app_id,
    )  # fmt: skip
    if error is None:
        assert world.require_write(actor, of(world, name), scope) == bot.account_id
    else:
        with pytest.raises(error):
            world.require_write(actor, of(world, name), scope)


def test_owners_of_an_organisation_are_admins(world: World) -> None:
    world.create_organization("weavers", owners=("pat",))
    made = world.create_repository("weavers", "cloth", private=True)
    assert world.permission(made, world.account("pat").id) == ("admin", "admin")
    assert world.permission(made, world.account("wes").id) == ("none", "none")
