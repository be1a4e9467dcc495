"""What webhook payloads have in common.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from typing import Any

from playground.payloads.people import user
from playground.payloads.repositories import repository as repository_shape
from playground.permissions import Permissions
from playground.values import Account, Repository


def context(world: Permissions, repository: Repository, sender_id: int) -> dict[str, Any]:
    """Where an event happened and who caused it."""
    now = world.repositories[repository.id]
    shape = {
        "repository": repository_shape(world, now),
        "sender": user(world, world.accounts[sender_id]),
    }
    owner = world.accounts[now.owner_id]
    if owner.kind == "Organization":
        shape["organization"] = organization(world, owner)
    return shape


def organization(world: Permissions, owner: Account) -> dict[str, Any]:
    """An organisation as events give it."""
    account = user(world, owner)
    base = f"{world.api_url}/orgs/{owner.login}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": account["node_id"],
        "url": base,
        "repos_url": f"{base}/repos",
        "events_url": f"{base}/events",
        "hooks_url": f"{base}/hooks",
        "issues_url": f"{base}/issues",
        "members_url": f"{base}/members{{/member}}",
        "public_members_url": f"{base}/public_members{{/member}}",
        "avatar_url": account["avatar_url"],
        "description": None,
    }
