"""Checks of the App's webhook: where it is sent, and what became of what was sent. No I/O."""

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.checks.finding import Finding
from app.domain import HookDelivery
from app.github.about import HookAbout

ADDRESS_PART, DELIVERED_PART = "webhook address", "webhook"
PATH = "/webhooks"

RECENT = timedelta(days=1)
"""Deliveries that are older tell nothing of today."""

_REMEDIES: Mapping[int, tuple[str, str]] = {
    400: ("we took it for malformed", "something between GitHub and here changes the body"),
    401: (
        "its signature does not fit our secret",
        "set the same secret as TREADLE_WEBHOOK_SECRET and on the App's page",
    ),
    403: ("it was refused before us", "let GitHub's deliveries through the proxy or firewall"),
    404: (
        "nothing was found at that address",
        "the address has to end in /webhooks and to lead to TREADLE_PORT",
    ),
    413: ("it was too large", "raise TREADLE_MAX_BODY_BYTES, and the limit of the proxy if any"),
    502: ("the proxy found nothing behind it", "start `treadle serve`, and look at its address"),
    503: ("the queue's database could not be reached", "look at TREADLE_DATABASE_URL"),
    504: ("nothing answered in time", "GitHub has to reach the address from the internet"),
}


def address(hook: HookAbout, *, local: bool, page: str, channel: str = "") -> Finding:
    """Looks at the address that GitHub sends webhooks to.

    Args:
        hook: what GitHub has.
        local: whether GitHub itself is on this machine, so that it reaches it by any address.
        page: where the address can be changed.
        channel: what is listened to at a webhook proxy, nobody else's to know; "" for none.
    """
    part = ADDRESS_PART
    parts = urlsplit(hook.url)
    there = f"set it at {page}: https://YOUR-HOST/webhooks"
    if not hook.url:
        return Finding(part=part, state="fault", told="is not set", remedy=there)
    if channel and hook.url.rstrip("/") != channel.rstrip("/"):
        return Finding(
            part=part,
            state="fault",
            told=f"the App sends to an address of {parts.hostname}, and this bot listens to "
            f"another one, a channel of {urlsplit(channel).hostname}",
            remedy=f"set that channel at {page}, or the App's as TREADLE_WEBHOOK_PROXY; with a "
            "public address empty `webhook_proxy` in github-app.json",
        )
    if not channel and not parts.path.endswith(PATH):
        told = f"{hook.url} does not end in {PATH}, where this bot takes webhooks"
        remedy = f"{there}; or listen to it as TREADLE_WEBHOOK_PROXY, where it is a channel"
        return Finding(part=part, state="fault", told=told, remedy=remedy)
    if not local and _only_here(parts.hostname or ""):
        told = f"{hook.url} is an address that only this machine can reach"
        remedy = f"{there}; without a public address a webhook proxy can forward them"
        return Finding(part=part, state="fault", told=told, remedy=remedy)
    if not local and parts.scheme != "https":
        told = f"{hook.url} is not https, so that others can read what is sent"
        return Finding(part=part, state="fault", told=told, remedy=there)
    if hook.content_type != "json":
        told = f"{hook.url} is sent forms, which are not read here"
        remedy = f"set the content type to application/json at {page}"
        return Finding(part=part, state="fault", told=told, remedy=remedy)
    unsafe = str(hook.insecure_ssl) in {"1", "1.0"}
    shown = f"a channel of the webhook proxy at {parts.hostname}" if channel else hook.url
    told = f"{shown}, with certificates unchecked" if unsafe else shown
    return Finding(part=part, state="ok", told=told)


def delivered(
    deliveries: Sequence[HookDelivery], now: datetime, *, proxied: bool = False
) -> Finding:
    """Judges the newest deliveries by what we answered.

    Args:
        deliveries: GitHub's list, newest first.
        now: an aware time.
        proxied: whether it was a webhook proxy that answered, and not we.
    """
    part = DELIVERED_PART
    recent = [one for one in deliveries if now - one.delivered_at <= RECENT]
    if not deliveries:
        return Finding(
            part=part,
            state="open",
            told="nothing was sent yet",
            remedy="open an issue in a repository that the App is installed on",
        )
    newest = deliveries[0]
    when = f"{newest.event} of {newest.delivered_at:%Y-%m-%d %H:%M} UTC"
    if newest.succeeded:
        failed = sum(not one.succeeded for one in recent)
        told = f"{when} arrived, and its signature fits"
        if proxied:
            told = f"{when} reached the webhook proxy; /setup shows whether it came on from there"
        if failed:
            told += f"; {failed} of {len(recent)} attempts of the last day failed before"
        return Finding(part=part, state="ok", told=told)
    told, remedy = _REMEDIES.get(
        newest.status_code,
        (f"GitHub says {newest.status!r}", "look at Recent Deliveries on the App's page"),
    )
    return Finding(
        part=part,
        state="fault",
        told=f"{when} failed with {newest.status_code}: {told}",
        remedy=f"{remedy}; it is then asked for again by itself, or at once from the App's page",
    )


def _only_here(host: str) -> bool:
    """Tells whether a host name or address means this machine or its own network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))
