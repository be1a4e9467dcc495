"""Users, Apps and their installations.

https://docs.github.com/en/rest/users/users and https://docs.github.com/en/rest/apps/apps
"""

from typing import Any

from playground.clock import stamp
from playground.nodes import node_id
from playground.state import State
from playground.values import Account, App, Installation

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def user(world: State, account: Account) -> dict[str, Any]:
    """An account as it stands inside other objects."""
    # GitHub encodes the brackets of a bot's login in addresses.
    name = account.login.replace("[", "%5B").replace("]", "%5D")
    url = f"{world.api_url}/users/{name}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.kind, account.id),
        "avatar_url": f"{world.web_url}/avatars/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.web_url}/{html_name(account)}",
        **{key: url + rest for key, rest in USER_LINKS.items()},
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def html_name(account: Account) -> str:
    """The path of an account's page."""
    if account.kind == "Bot":
        return "apps/" + account.login.removesuffix("[bot]")
    return account.login


def full_user(world: State, account: Account) -> dict[str, Any]:
    """An account as `GET /user` and `GET /users/{username}` give it."""
    return {
        **user(world, account),
        "name": account.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(1 for r in world.repositories if r.owner_id == account.id),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.created_at),
    }


def app(world: State, value: App) -> dict[str, Any]:
    """An App as `GET /app` and `performed_via_github_app` give it."""
    return {
        "id": value.id,
        "client_id": value.client_id,
        "slug": value.slug,
        "node_id": node_id("App", value.id),
        "owner": user(world, world.accounts[value.owner_id]),
        "name": value.name,
        "description": value.description,
        "external_url": value.homepage or f"{world.web_url}/apps/{value.slug}",
        "html_url": f"{world.web_url}/apps/{value.slug}",
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.created_at),
        "permissions": dict(value.permissions),
        "events": list(value.events),
        "installations_count": len(world.installations.of(value.id)),
    }


def via(world: State, app_id: int | None) -> dict[str, Any] | None:
    """The App that wrote something, or None when a person did."""
    found = world.apps.get(app_id)
    return None if found is None else app(world, found)


def app_path(world: State, value: App) -> str:
    """The path of an App's settings."""
    return f"{settings_of(world.accounts[value.owner_id])}/apps/{value.slug}"


def installation_path(world: State, value: Installation) -> str:
    """The path of an installation's settings."""
    return f"{settings_of(world.accounts[value.account_id])}/installations/{value.id}"


def settings_of(account: Account) -> str:
    """The path that an account's settings begin with."""
    return "/settings" if account.kind == "User" else f"/organizations/{account.login}/settings"


def installation(world: State, value: Installation) -> dict[str, Any]:
    """An installation of an App."""
    account = world.accounts[value.account_id]
    by = world.accounts.get(value.suspended_by_id)
    return {
        "id": value.id,
        "client_id": world.apps[value.app_id].client_id,
        "account": user(world, account),
        "repository_selection": "all" if value.repository_ids is None else "selected",
        "access_tokens_url": f"{world.api_url}/app/installations/{value.id}/access_tokens",
        "repositories_url": f"{world.api_url}/installation/repositories",
        "html_url": world.web_url + installation_path(world, value),
        "app_id": value.app_id,
        "app_slug": world.apps[value.app_id].slug,
        "target_id": account.id,
        "target_type": account.kind,
        "permissions": dict(value.permissions),
        "events": list(value.events),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None if by is None else user(world, by),
        "suspended_at": None if value.suspended_at is None else stamp(value.suspended_at),
    }
