"""Where the demo takes place: the sample repository on a playground, and its people."""

from pathlib import Path

from app.demo.people import Someone
from playground.code import from_directory
from playground.server import Playground
from playground.values import Role

SAMPLE = Path(__file__).resolve().parent.parent.parent / "playground" / "sample"
OWNER, NAME = "olivia", "shuttle"
FULL_NAME = f"{OWNER}/{NAME}"
ROLES: dict[str, Role] = {"max": "maintain", "ada": "read", "grace": "write"}
"""A maintainer, an asker and a contributor, by login."""


def furnish(playground: Playground) -> dict[str, Someone]:
    """Makes the repository, its people and the App's installation; returns the people."""
    world = playground.world
    tokens = {login: world.create_user(login) for login in ROLES}
    repository = world.create_repository(OWNER, NAME, files=from_directory(SAMPLE))
    for login, role in ROLES.items():
        repository = world.set_role(repository, login, role)
    playground.install(OWNER)
    return {
        login: Someone(
            login=login,
            token=tokens[login],
            api_url=playground.api_url,
            full_name=FULL_NAME,
        )
        for login in ROLES
    }
