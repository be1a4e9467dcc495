"""Checks of what GitHub says of the App: permissions, events, installations. No I/O."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.checks.finding import Finding
from app.github.about import AppAbout, InstallationAbout
from app.github.manifest import wanted

PERMISSION_PART, EVENT_PART, INSTALLED_PART = "permissions", "events", "installed"

_LEVELS = {"read": 1, "write": 2, "admin": 3}


def permissions(app: AppAbout, installations: Sequence[InstallationAbout], web_url: str) -> Finding:
    """Compares what the App and its installations may do with what is needed."""
    if app.permissions is None:
        told = "this GitHub does not say what the App may do"
        return Finding(part=PERMISSION_PART, state="skipped", told=told)
    if few := too_few(app.permissions):
        return Finding(
            part=PERMISSION_PART,
            state="fault",
            told=f"the App lacks {few}",
            remedy=f"set it at {settings_page(app, web_url)}/permissions, then accept it where "
            "the App is installed",
        )
    for one in installations:
        if one.permissions is not None and (few := too_few(one.permissions)):
            return Finding(
                part=PERMISSION_PART,
                state="fault",
                told=f"{one.name} has not accepted yet what the App asks for: {few}",
                remedy=f"accept it at {one.html_url or web_url}",
            )
    told = ", ".join(f"{name}: {level}" for name, level in wanted().permissions.items())
    return Finding(part=PERMISSION_PART, state="ok", told=told)


def too_few(given: Mapping[str, Any]) -> str:
    """Names the permissions that are needed and were not given; "" for none."""
    return ", ".join(
        f"{name}: {level}"
        for name, level in wanted().permissions.items()
        if _LEVELS.get(str(given.get(name)), 0) < _LEVELS[level]
    )


def events(app: AppAbout, web_url: str) -> Finding:
    """Compares the events that GitHub tells of with those that are needed."""
    if app.events is None:
        told = "this GitHub does not say which events the App is told of"
        return Finding(part=EVENT_PART, state="skipped", told=told)
    if missing := [event for event in wanted().events if event not in app.events]:
        return Finding(
            part=EVENT_PART,
            state="fault",
            told=f"the App is not told of {', '.join(missing)}",
            remedy=f"subscribe to it at {settings_page(app, web_url)}/permissions",
        )
    return Finding(part=EVENT_PART, state="ok", told=", ".join(wanted().events))


def installed(
    app: AppAbout,
    installations: Sequence[InstallationAbout],
    repositories: Mapping[int, int],
) -> Finding:
    """Counts where the App is installed.

    Args:
        app: the App.
        installations: all of it.
        repositories: how many repositories an installation was given, for those counted.
    """
    live = [one for one in installations if one.suspended_at is None]
    suspended = [one for one in installations if one.suspended_at is not None]
    if not live and suspended:
        return Finding(
            part=INSTALLED_PART,
            state="fault",
            told=f"suspended on {_names(suspended)}",
            remedy=f"unsuspend it at {suspended[0].html_url or 'its settings'}",
        )
    count = sum(repositories.get(one.id, 0) for one in live)
    whole = all(one.id in repositories for one in live)
    if not live or (whole and not count):
        return Finding(
            part=INSTALLED_PART,
            state="open",
            told=f"on {_names(live)}, with no repository" if live else "nowhere yet",
            remedy=f"install it at {app.html_url}/installations/new"
            if app.html_url
            else "install the App on a repository",
        )
    told = f"on {_names(live)}"
    if repositories:
        more = "" if whole else "at least "
        told += f": {more}{count} {'repository' if count == 1 else 'repositories'}"
    if suspended:
        told += f"; suspended on {_names(suspended)}"
    return Finding(part=INSTALLED_PART, state="ok", told=told)


def settings_page(app: AppAbout, web_url: str) -> str:
    """Returns the address of the App's settings, which only its owners can open."""
    owner = app.owner
    place = f"/organizations/{owner.login}" if owner and owner.type == "Organization" else ""
    return f"{web_url}{place}/settings/apps/{app.slug}"


def _names(installations: Sequence[InstallationAbout], most: int = 5) -> str:
    names = ", ".join(one.name for one in installations[:most])
    more = len(installations) - most
    return f"{names} and {more} more" if more > 0 else names
