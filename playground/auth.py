"""Who sent a request: App JWTs, tokens of installations, tokens of people.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
"""

from typing import Any

import jwt
from jwt.types import Options

from playground.actors import ANONYMOUS, Actor
from playground.errors import BadCredentials, Forbidden, NotFound
from playground.hooks import Hooks

LONGEST = 600
"""Seconds that `exp` may be ahead."""
LEEWAY = 5
"""Seconds by which GitHub forgives a client's clock."""

UNTIMED: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
}
UNDECODED = "A JSON web token could not be decoded"


def authenticate(world: Hooks, authorization: str | None) -> Actor:
    """The actor of an `Authorization` header; nobody where there is none.

    Raises:
        BadCredentials: the token or JWT is not good.
        NotFound: the JWT names another App.
        Forbidden: the installation is suspended.
    """
    if not authorization:
        return ANONYMOUS
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() not in ("bearer", "token") or not value.strip():
        raise BadCredentials("Bad credentials")
    if value.count(".") == 2:
        return _app(world, value)
    return _token(world, value.strip())


def _token(world: Hooks, value: str) -> Actor:
    token = world.tokens.get(value)
    if token is None:
        raise BadCredentials("Bad credentials")
    if token.expires_at is not None and token.expires_at <= world.clock.now():
        raise BadCredentials("Bad credentials")
    if token.installation_id is None:
        return Actor(account_id=token.account_id)
    installation = world.installations.get(token.installation_id)
    if installation is None:
        raise BadCredentials("Bad credentials")
    if installation.suspended_at is not None:
        raise Forbidden("This installation has been suspended")
    return Actor(
        account_id=token.account_id,
        installation_id=installation.id,
        permissions=token.permissions,
        repository_ids=token.repository_ids,
        app_id=installation.app_id,
    )


def _app(world: Hooks, value: str) -> Actor:
    try:
        # Times are checked below, in GitHub's words and against the playground's wall clock.
        unverified = jwt.decode(value, options={**UNTIMED, "verify_signature": False})
    except jwt.InvalidTokenError:
        raise BadCredentials(UNDECODED) from None
    issuer = str(unverified.get("iss", ""))
    for app in world.apps:
        if issuer in (str(app.id), app.client_id):
            break
    else:
        raise NotFound("Integration not found")
    if not app.public_key_pem:
        # Made from a manifest whose code was not turned into keys yet.
        raise BadCredentials(UNDECODED)
    try:
        claims = jwt.decode(value, app.public_key_pem, algorithms=["RS256"], options=UNTIMED)
    except jwt.InvalidTokenError:
        raise BadCredentials(UNDECODED) from None
    _check_times(claims, world.clock.wall())
    return Actor(app_id=app.id)


def _check_times(claims: dict[str, Any], now: float) -> None:
    exp, iat = claims.get("exp"), claims.get("iat")
    if not isinstance(exp, int | float) or isinstance(exp, bool):
        raise BadCredentials(
            "'Expiration time' claim ('exp') must be a numeric value representing the future "
            "time at which the assertion expires"
        )
    if exp <= now:
        raise BadCredentials(
            "'Expiration time' claim ('exp') must be a numeric value representing the future "
            "time at which the assertion expires"
        )
    if exp > now + LONGEST + LEEWAY:
        raise BadCredentials("'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(iat, int | float) or isinstance(iat, bool) or iat > now + LEEWAY:
        raise BadCredentials(
            "'Issued at' claim ('iat') must be an Integer representing the time that the "
            "assertion was issued"
        )
