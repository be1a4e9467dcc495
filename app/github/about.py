"""What GitHub tells an App about itself: permissions, installations, its webhook.

Each method is one request. A GitHub that has no such place raises `LackingError`.

https://docs.github.com/en/rest/apps
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import Field

from app.domain import HookDelivery, Repository
from app.errors import LackingError, TransientError
from app.github import read
from app.github.connection import Connection, json_of
from app.github.deliveries import deliveries
from app.github.errors_of import lacking, translated
from app.settings import Settings, require_app

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AppAbout(read.Part):
    """The App. None where this GitHub does not say.

    https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app
    """

    id: int
    slug: str = ""
    name: str = ""
    html_url: str = ""
    owner: read.AccountPart | None = None
    permissions: dict[str, Any] | None = None
    events: list[str] | None = None


class InstallationAbout(read.Part):
    """One installation of the App.

    https://docs.github.com/en/rest/apps/apps#list-installations-for-the-authenticated-app
    """

    id: int
    account: read.AccountPart | None = None
    html_url: str = ""
    permissions: dict[str, Any] | None = None
    events: list[str] | None = None
    suspended_at: datetime | None = None

    @property
    def name(self) -> str:
        """Whose installation it is."""
        return self.account.login if self.account else str(self.id)


class HookAbout(read.Part):
    """Where webhooks are sent, and how.

    https://docs.github.com/en/rest/apps/webhooks#get-a-webhook-configuration-for-an-app
    """

    url: str = ""
    content_type: str = "form"
    insecure_ssl: str | float = "0"


class _Repositories(read.Part):
    total_count: int = Field(ge=0)


class About:
    """What the App can ask about itself. May be used by many threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Closes all connections."""
        self._connection.close()

    def app(self) -> AppAbout:
        """Returns the App that the key belongs to."""
        return read.read(AppAbout, self._ask("/app"))

    def installations(self) -> Sequence[InstallationAbout]:
        """Returns where the App is installed, 100 at most."""
        content = self._ask("/app/installations", per_page=100)
        if not isinstance(content, list):
            raise TransientError("/app/installations: not a list")
        return [read.read(InstallationAbout, one) for one in content]

    def repositories(self, installation_id: int) -> int:
        """Returns how many repositories an installation was given.

        https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation
        """
        with lacking():
            response = self._connection.send(
                installation_id, "GET", "/installation/repositories", params={"per_page": 1}
            )
        return read.read(_Repositories, json_of(response)).total_count

    def repository(self, installation: InstallationAbout) -> Repository | None:
        """Returns one repository of an installation; None where there is none.

        Where this GitHub does not tell them, it is one of the account's own.
        """
        try:
            with lacking():
                content = self._get(installation.id, "/installation/repositories", per_page=1)
            found = content.get("repositories") if isinstance(content, dict) else None
        except LackingError:
            path = f"/users/{quote(installation.name, safe='')}/repos"
            found = self._get(installation.id, path, per_page=1)
        if not isinstance(found, list) or not found:
            return None
        return read.repository(found[0], installation.id)

    def has(self, installation_id: int, path: str) -> bool:
        """Tells whether something is there that may be lacking; it is not read."""
        try:
            with lacking():
                answer = self._connection.send(installation_id, "GET", path, stream=True)
        except LackingError:
            return False
        answer.raw_response.close()
        return True

    def first(self, installation_id: int, path: str) -> Any:
        """Returns the first of a list, None where it is empty or lacking."""
        try:
            with lacking():
                found = self._get(installation_id, path, per_page=1)
        except LackingError:
            return None
        return found[0] if isinstance(found, list) and found else None

    def has_graphql(self, installation_id: int) -> bool:
        """Tells whether GraphQL is spoken."""
        try:
            with lacking(), translated():
                self._connection.query(installation_id, "query { __typename }", {})
        except LackingError:
            return False
        return True

    def hook(self) -> HookAbout:
        """Returns where webhooks are sent."""
        return read.read(HookAbout, self._ask("/app/hook/config"))

    def deliveries(self, most: int = 100) -> Sequence[HookDelivery]:
        """Returns the newest attempts to deliver a webhook, newest first, 100 at most."""
        with lacking():
            return list(islice(deliveries(self._connection, _EPOCH), min(most, 100)))

    def _get(self, installation_id: int, path: str, **params: str | int) -> Any:
        return json_of(self._connection.send(installation_id, "GET", path, params=params))

    def _ask(self, path: str, **params: str | int) -> Any:
        with lacking():
            return json_of(self._connection.app("GET", path, params=params or None))


def about(
    settings: Settings, *, timeout: float, transport: httpx.BaseTransport | None = None
) -> About:
    """Connects to the GitHub of the settings; nothing is sent yet.

    Args:
        settings: with an App id and key.
        timeout: seconds until connecting, or each wait for data, is given up.
        transport: instead of the network, for tests.

    Raises:
        ConfigError: the App's id or key is missing or cannot be used.
    """
    return About(
        Connection(
            app_id=settings.app_id,
            private_key=require_app(settings),
            base_url=settings.github_api_url,
            timeout=min(timeout, settings.github_timeout),
            transport=transport,
        )
    )
