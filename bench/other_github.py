"""The GitHub of vercel-labs/emulate on this machine, with one App, one repository, three people.

Node runs its packages from a folder that they were installed in before; nothing is fetched.
"""

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from app.github.manifest import wanted
from app.local import free_port

PROGRAM = Path(__file__).with_name("emulate.mjs")
NODE = 20
PATIENCE = 180.0
"""Seconds until something that has to come is given up; machines may be busy."""
APP_ID, INSTALLATION, SECRET, SLUG = 4242, 99, "emulated", "treadle"
OWNER, MAINTAINER, ASKER = "olivia", "mia", "pat"
PEOPLE = (OWNER, MAINTAINER, ASKER)
SEEDED = 2
"""People whom the package makes before ours; ids are given in order."""
REPO = f"/repos/{OWNER}/loom"

T = TypeVar("T")


class Failed(Exception):
    """A step did not work; the text says which."""


@dataclass(frozen=True, kw_only=True)
class Other:
    """The other GitHub, as its people use it."""

    url: str

    def call(self, who: str, method: str, path: str, content: object = None) -> Any:
        """Sends a request of a person; returns the answer's JSON."""
        headers = {"authorization": f"token {token(who)}"}
        answer = httpx.request(method, self.url + path, headers=headers, json=content, timeout=10)
        if answer.is_error:
            raise Failed(f"{method} {path} as {who}: status {answer.status_code}")
        return answer.json() if answer.content else None

    def push(self, files: Mapping[str, str]) -> None:
        """Commits files to the default branch by the Git database."""
        tree = []
        for path, text in files.items():
            content = {"content": base64.b64encode(text.encode()).decode(), "encoding": "base64"}
            blob = self.call(OWNER, "POST", f"{REPO}/git/blobs", content)
            tree.append({"path": path, "mode": "100644", "type": "blob", "sha": blob["sha"]})
        made = self.call(OWNER, "POST", f"{REPO}/git/trees", {"tree": tree})
        head = self.call(OWNER, "GET", f"{REPO}/git/ref/heads/main")["object"]["sha"]
        commit = {"message": "Say how it works", "tree": made["sha"], "parents": [head]}
        sha = self.call(OWNER, "POST", f"{REPO}/git/commits", commit)["sha"]
        self.call(OWNER, "PATCH", f"{REPO}/git/refs/heads/main", {"sha": sha})

    def ask(self, question: str) -> tuple[int, dict[str, Any]]:
        """Asks in an issue of its own; returns its number and the reply."""
        issue = self.call(ASKER, "POST", f"{REPO}/issues", {"title": "A question", "body": ""})
        path = f"{REPO}/issues/{issue['number']}/comments"
        self.call(ASKER, "POST", path, {"body": f"/ask {question}"})

        def reply() -> dict[str, Any] | None:
            comments: list[dict[str, Any]] = self.call(ASKER, "GET", path)
            return comments[1] if len(comments) > 1 else None

        return issue["number"], until(reply, f"no reply to: {question}")


def token(login: str) -> str:
    """The token of a person."""
    return f"token-of-{login}"


def until(look: Callable[[], T | None], failure: str) -> T:
    """Looks again and again until there is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.1)
    raise Failed(f"{failure} within {PATIENCE:.0f} s")


def lacking(packages: Path) -> str:
    """Says what is missing to run the other GitHub; "" for nothing."""
    node = shutil.which("node")
    if node is None:
        return f"Node {NODE} or newer is not installed"
    said = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
    number = re.match(r"v(\d+)", said)
    if number is None or int(number[1]) < NODE:
        return f"Node {NODE} or newer is needed, and this is {said.strip()}"
    for name in ("core", "github"):
        place = packages / "node_modules" / "@emulators" / name / "dist" / "index.js"
        if not place.is_file():
            return f"{place} is not there: install or build @emulators/{name} in {packages}"
    return ""


@contextmanager
def other_github(packages: Path, hook: str, key: str) -> Iterator[Other]:
    """Runs the other GitHub with one App, one repository and a few people."""
    port = free_port()
    config = {
        "port": port,
        "tokens": {
            token(login): {"login": login, "id": SEEDED + number}
            for number, login in enumerate(PEOPLE, start=1)
        },
        "seed": {
            "users": [{"login": login} for login in PEOPLE],
            "repos": [{"owner": OWNER, "name": "loom", "auto_init": True}],
            "apps": [
                {
                    "app_id": APP_ID,
                    "slug": SLUG,
                    "name": "Treadle",
                    "private_key": key,
                    "permissions": dict(wanted().permissions),
                    "events": list(wanted().events),
                    "webhook_url": hook,
                    "webhook_secret": SECRET,
                    "installations": [{"installation_id": INSTALLATION, "account": OWNER}],
                }
            ],
        },
    }
    process = subprocess.Popen(["node", str(PROGRAM), str(packages)], stdin=subprocess.PIPE)
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(config).encode())
        process.stdin.close()
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{url}/meta"), "the other GitHub did not start")
        other = Other(url=url)
        collaborator = f"{REPO}/collaborators/{MAINTAINER}"
        other.call(OWNER, "PUT", collaborator, {"permission": "push"})
        yield other
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answers(url: str) -> bool | None:
    """True once an address answers well."""
    try:
        return True if httpx.get(url, timeout=2).is_success else None
    except httpx.HTTPError:
        return None
