"""The GitHub App as a manifest: what is asked for, and the keys that GitHub answers with.

What the App may do and hears of stands in `app.yml` alone; the copy beside this file is what an
installed package reads, and a test holds the two equal.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import httpx
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import TransientError, UserError
from app.github.connection import USER_AGENT, proxy_of

LONGEST_NAME = 34
"""Characters of an App's name at most."""

_LOGIN = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9])*")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the App may do, by permission, and the events that it hears of."""

    permissions: Mapping[str, str]
    events: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """What is filled in for one App.

    Attributes:
        name: as GitHub is to call it; whoever registers it can still change it there.
        homepage: a web address that its page shows.
        webhook: where deliveries go.
        back: where GitHub leads the browser with the code.
    """

    name: str
    homepage: str
    webhook: str
    back: str


class Registered(BaseModel):
    """A new App; its keys are in no `repr`.

    https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int = Field(gt=0)
    slug: str
    name: str
    html_url: str
    pem: str = Field(repr=False, pattern="PRIVATE KEY-----")
    webhook_secret: str = Field(repr=False, min_length=1)


@cache
def wanted() -> Wanted:
    """Returns the permissions and events of `app.yml`."""
    read = _template()
    return Wanted(
        permissions=MappingProxyType(dict(read["default_permissions"])),
        events=tuple(read["default_events"]),
    )


def manifest(registration: Registration) -> dict[str, Any]:
    """Returns the manifest of an App, to be posted as JSON."""
    return {
        **_template(),
        "name": registration.name[:LONGEST_NAME],
        "url": registration.homepage,
        "hook_attributes": {"url": registration.webhook, "active": True},
        "redirect_url": registration.back,
    }


def is_login(name: str) -> bool:
    """Tells whether an account of GitHub can have this name.

    Letters and digits with single hyphens between them, at most 39 characters.
    """
    return len(name) <= 39 and _LOGIN.fullmatch(name) is not None


def is_code(text: str) -> bool:
    """Tells whether a text can be the code of a new App."""
    return _CODE.fullmatch(text) is not None


def registration_page(web_url: str, organisation: str = "") -> str:
    """Returns where a manifest is posted to; "" as the organisation is the person's own account."""
    owner = f"/organizations/{quote(organisation, safe='')}" if organisation else ""
    return f"{web_url}{owner}/settings/apps/new"


def convert(
    api_url: str, code: str, *, timeout: float, transport: httpx.BaseTransport | None = None
) -> Registered:
    """Exchanges the code of a new App for its id and keys; GitHub does that once.

    Args:
        api_url: GitHub's REST address.
        code: as GitHub gave it to the browser; it lives for an hour.
        timeout: seconds until connecting, or a wait for data, is given up.
        transport: instead of the network, for tests.

    Raises:
        UserError: GitHub does not know the code, or no longer.
        TransientError: GitHub cannot be reached, or its answer not be read.
    """
    url = httpx.URL(f"{api_url.rstrip('/')}/app-manifests/{quote(code, safe='')}/conversions")
    headers = {"accept": "application/vnd.github+json", "user-agent": USER_AGENT}
    inner = transport or httpx.HTTPTransport(proxy=proxy_of(url))
    try:
        with httpx.Client(transport=inner, timeout=timeout) as client:
            answer = client.post(url, headers=headers)
    except httpx.HTTPError as error:
        raise TransientError(f"GitHub cannot be reached ({type(error).__name__})") from error
    if answer.status_code in (404, 410, 422):
        raise UserError(
            "GitHub no longer takes the code of this App: it is good once, and for an hour. "
            "Delete the App on GitHub if it is there, and begin again"
        )
    if answer.status_code != 201:
        raise TransientError(f"GitHub answered with status {answer.status_code}")
    try:
        return Registered.model_validate_json(answer.content)
    except ValidationError:
        # Without its cause, whose text quotes the keys.
        raise TransientError("GitHub's answer is not as documented") from None


def _template() -> dict[str, Any]:
    text = files("app.github").joinpath("app.yml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
