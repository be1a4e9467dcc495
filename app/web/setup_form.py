"""The form that a GitHub App is made from: what was filled in, checked. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.app_settings import is_local, is_safe
from app.github.manifest import is_login

HOOK = "/webhooks"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """The form as it was filled in; every field as typed, "" where it was not there.

    Attributes:
        owner: `personal` or `organisation`.
        organisation: its name.
        reach: `public` or `proxy`.
        address: where GitHub reaches this bot.
        proxy: where a webhook proxy makes a channel, or a channel.
    """

    owner: str = "personal"
    organisation: str = ""
    reach: str = ""
    address: str = ""
    proxy: str = ""


def filled(form: Mapping[str, str]) -> Filled:
    """Reads the fields of a form."""
    return Filled(
        owner=form.get("owner", ""),
        organisation=form.get("organisation", "").strip(),
        reach=form.get("reach", ""),
        address=form.get("address", "").strip(),
        proxy=form.get("proxy", "").strip(),
    )


def faults(form: Filled, web_url: str) -> Mapping[str, str]:
    """Names what is wrong, by field.

    Args:
        form: what was filled in.
        web_url: the address of GitHub's pages.
    """
    found = {}
    if form.owner not in ("personal", "organisation"):
        found["owner"] = "Choose whose App it is to be."
    elif form.owner == "organisation" and not is_login(form.organisation):
        found["organisation"] = (
            "Write the organisation's name as it stands in its address: letters and digits with "
            "single hyphens between them, at most 39 characters."
        )
    if form.reach not in ("public", "proxy"):
        found["reach"] = "Choose how GitHub reaches this bot."
    elif form.reach == "public":
        host = urlsplit(form.address).hostname if is_safe(form.address) else None
        # One machine reaches itself without https: so a playground does.
        if not host or (is_local(host) and not is_local(urlsplit(web_url).hostname or "")):
            found["address"] = (
                "Write an address that begins with https:// and that GitHub can reach, such as "
                "https://bot.example.org. Without one, use a webhook proxy."
            )
    elif not is_safe(form.proxy):
        found["proxy"] = "Write an address that begins with https://."
    return found


def public_address(address: str) -> str:
    """Returns an address without what stands behind every one."""
    return address.rstrip("/").removesuffix(HOOK).rstrip("/")
