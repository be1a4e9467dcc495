"""A populated playground over HTTP, whose answers are held to GitHub's description."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest

from playground.conformance import RestDescription, find_facts
from playground.server import Playground
from playground.values import Installation
from tests.integration.playground.receiver import Receiver

FILES = {
    "README.md": b"# Loom\n\nRun `make test`.\n",
    "docs/guide.md": b"# Guide\n",
    "docs/deep/more.md": b"more\n",
    "src/loom.py": b"print('loom')\n",
    "logo.png": b"\x89PNG\r\n\0\0",
}


@pytest.fixture(scope="session")
def described() -> RestDescription | None:
    """GitHub's REST description, where it is at hand."""
    folder = find_facts()
    return None if folder is None else RestDescription(folder)


@pytest.fixture
def pg(described: RestDescription | None) -> Iterator[Playground]:
    """olivia/loom (public) and olivia/secret (private), with people of each role.

    mia maintains, walt writes, tess triages, pat passes by.
    """
    problems: list[str] = []
    with Playground() as playground:
        world = playground.world
        for login in ("mia", "walt", "tess", "pat"):
            world.create_user(login)
        loom = world.create_repository("olivia", "loom", files=FILES)
        world.create_repository("olivia", "secret", files={"a.txt": b"a\n"}, private=True)
        for login, role in (("mia", "maintain"), ("walt", "write"), ("tess", "triage")):
            world.set_role(loom, login, role)  # type: ignore[arg-type]
        if described is not None:
            world.on_reply.append(lambda *reply: problems.extend(described.reply_problems(*reply)))
        yield playground
        if described is not None:
            for delivery in world.deliveries:
                payload = json.loads(delivery.payload)
                problems.extend(described.event_problems(delivery.event, payload))
    assert not problems, "\n".join(problems)


@pytest.fixture
def installation(pg: Playground) -> Installation:
    """The App on all of olivia's repositories."""
    return pg.install("olivia")


@pytest.fixture
def hook(pg: Playground) -> Iterator[Receiver]:
    """Where the App's webhooks go."""
    with Receiver() as receiver:
        pg.set_hook(receiver.url)
        yield receiver


@pytest.fixture
def client(pg: Playground) -> Iterator[httpx.Client]:
    """Speaks REST without any credentials."""
    with httpx.Client(base_url=pg.api_url, trust_env=False) as client:
        yield client


Call = Callable[..., httpx.Response]


@pytest.fixture
def ask(client: httpx.Client) -> Call:
    """`ask(method, path, who, json)`; `who` is a login, a token, or None for nobody."""

    def call(
        method: str, path: str, who: str | None = None, json: Any = None, **more: Any
    ) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if who is not None:
            token = who if "_" in who or "." in who else f"ghp_{who}"
            headers["authorization"] = f"Bearer {token}"
        return client.request(method, path, json=json, headers=headers, **more)

    return call


@pytest.fixture
def app_jwt(pg: Playground) -> str:
    """A good App JWT."""
    return make_jwt(pg)


def make_jwt(pg: Playground, **changes: Any) -> str:
    """An App JWT, with claims replaced; a claim of None is left away."""
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 540, "iss": str(pg.app_id), **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, pg.private_key_pem, algorithm="RS256")


@pytest.fixture
def bot(pg: Playground, installation: Installation) -> str:
    """A token of the installation."""
    return pg.world.create_installation_token(installation.id).value
