"""Users, budgets and what GitHub says of itself. https://docs.github.com/en/rest/users"""

from playground.errors import INTEGRATION_FORBIDDEN, BadCredentials, Forbidden
from playground.payloads import people as shapes
from playground.rest.call import Call, Reply, Routes

routes = Routes()


@routes.add("GET", "/user")
def get_me(call: Call) -> Reply:
    """The person whose token is shown."""
    if call.actor.is_installation:
        raise Forbidden(INTEGRATION_FORBIDDEN)
    if call.actor.account_id is None:
        raise BadCredentials("Requires authentication")
    account = call.world.accounts[call.actor.account_id]
    return Reply(content=shapes.full_user(call.world, account))


@routes.add("GET", "/users/{username}")
def get_user(call: Call) -> Reply:
    """Anybody."""
    account = call.world.account(call.params["username"])
    return Reply(content=shapes.full_user(call.world, account))


@routes.add("GET", "/rate_limit")
def get_rate_limit(call: Call) -> Reply:
    """What is left of each budget; asking is free."""
    standing = {
        name: call.world.budgets.standing(call.actor.budget, name).json()
        for name in ("core", "search", "graphql")
    }
    return Reply(content={"resources": standing, "rate": standing["core"]})


@routes.add("GET", "/meta")
def get_meta(call: Call) -> Reply:
    """Which addresses webhooks come from."""
    loopback = ["127.0.0.1/32"]
    return Reply(
        content={
            "verifiable_password_authentication": False,
            "hooks": loopback,
            "web": loopback,
            "api": loopback,
        }
    )
