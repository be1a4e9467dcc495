"""The simulated people's hands: accounts that say what they are, and what they do over HTTP.

Accounts and the sample repository are made through `/_playground`, as a test does; asking,
reading, editing and voting go through the REST API with personal tokens, as people's do.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from playground.code import from_directory
from playground.simulation.rule import RULE

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
OWNER, NAME = "olivia", "shuttle"
FULL_NAME = f"{OWNER}/{NAME}"
EACH = 4
"""How many maintainers and how many askers there are: what one person asks and teaches in a
day is limited."""
NOTE = f"> This question is simulated. Simulated maintainers judge the reply by a rule: {RULE}"
TIMEOUT = 30.0
PER_PAGE = 100


class Refused(Exception):
    """The playground did not do what was asked of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A comment by the bot, and the number of the issue that it stands in."""

    id: int
    number: int
    body: str


class Crew:
    """Maintainers and askers on the sample repository of one playground.

    Every method raises `Refused` where the playground refuses, and `httpx.HTTPError` where it
    cannot be reached.

    Args:
        url: Where the playground is; no slash at the end.
    """

    def __init__(self, url: str) -> None:
        self._control = f"{url}/_playground"
        self._api = f"{url}/api/v3/repos/{FULL_NAME}"
        # The playground is on this machine; a proxy of the environment must not come between.
        self._client = httpx.Client(timeout=TIMEOUT, trust_env=False)
        self._tokens: dict[str, str] = {}
        self._since = ""

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def arrive(self) -> None:
        """Makes the sample repository and the accounts where they are not yet."""
        files = {path: data.decode() for path, data in from_directory(SAMPLE).items()}
        made = self._client.post(
            f"{self._control}/repositories", json={"full_name": FULL_NAME, "files": files}
        )
        # There already, from an earlier simulation or by another hand.
        if made.status_code != HTTPStatus.UNPROCESSABLE_ENTITY:
            self._read(made)
        for login in (*map(maintainer, range(EACH)), *map(asker, range(EACH))):
            self._tokens[login] = self._post("users", {"login": login})["token"]
        for at in range(EACH):
            role = {"repository": FULL_NAME, "login": maintainer(at), "role": "maintain"}
            self._post("roles", role)
        self._post("install", {"owner": OWNER})

    def ask(self, at: int, question: str) -> int:
        """Asks in an issue of its own; returns the issue's number.

        Args:
            at: How many were asked before, which says who asks.
        """
        who = asker(at)
        title = {"title": f"{question} (simulated)", "body": ""}
        issue = self._call("POST", "/issues", who, title)
        self._since = self._since or issue["created_at"]
        number = int(issue["number"])
        # Only what stands behind the command is the question.
        body = {"body": f"{NOTE}\n\n/ask {question}"}
        self._call("POST", f"/issues/{number}/comments", who, body)
        return number

    def replies(self, numbers: Collection[int]) -> list[Said]:
        """Returns the bot's comments in these issues, oldest first."""
        found: list[Said] = []
        page, count = 1, PER_PAGE
        while count == PER_PAGE:
            query = f"?since={self._since}&sort=created&per_page={PER_PAGE}&page={page}"
            listed = self._call("GET", f"/issues/comments{query}", maintainer(0))
            found += [_said(one) for one in listed if one["user"]["type"] == "Bot"]
            page, count = page + 1, len(listed)
        return [one for one in found if one.number in numbers]

    def body(self, comment_id: int) -> str:
        """Returns what a comment says now."""
        found = self._call("GET", f"/issues/comments/{comment_id}", maintainer(0))
        return str(found["body"])

    def edit(self, at: int, comment_id: int, body: str) -> None:
        """Lets a maintainer edit a comment; `at` says which one."""
        self._call("PATCH", f"/issues/comments/{comment_id}", maintainer(at), {"body": body})

    def vote(self, at: int, comment_id: int, content: str) -> None:
        """Lets a maintainer react to a comment; `at` says which one."""
        path = f"/issues/comments/{comment_id}/reactions"
        self._call("POST", path, maintainer(at), {"content": content})

    def _post(self, path: str, values: Mapping[str, Any]) -> Any:
        return self._read(self._client.post(f"{self._control}/{path}", json=values))

    def _call(self, method: str, path: str, who: str, values: Any = None) -> Any:
        headers = {"authorization": f"Bearer {self._tokens[who]}"}
        answer = self._client.request(method, self._api + path, headers=headers, json=values)
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> Any:
        if answer.is_error:
            request = answer.request
            raise Refused(
                f"{request.method} {request.url.path} gave {answer.status_code}: "
                f"{answer.text[:200]}"
            )
        return answer.json()


def maintainer(at: int) -> str:
    """The login of the maintainer whose turn it is."""
    return f"sim-maintainer-{at % EACH + 1}"


def asker(at: int) -> str:
    """The login of the asker whose turn it is."""
    return f"sim-asker-{at % EACH + 1}"


def _said(item: Mapping[str, Any]) -> Said:
    number = int(item["issue_url"].rpartition("/")[2])
    return Said(id=item["id"], number=number, body=item["body"])
