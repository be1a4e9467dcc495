"""Reads the manifest of an App and refuses what GitHub refuses, in GitHub's words.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest

Two things are other than on github.com.  A hook on this machine is let through, as there is
nothing else to deliver to; and a manifest without `redirect_url` is refused, as its code would
lead nowhere.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.addresses import is_web_address
from playground.errors import Invalid
from playground.grants import EVENTS, PERMISSIONS

LONGEST_NAME = 34
MOST_CALLBACKS = 10
LONGEST = 65_536
"""Characters of a manifest."""

_TEXTS = ("name", "url", "redirect_url", "setup_url", "description")
_FLAGS = ("public", "request_oauth_on_install", "setup_on_update")
_URLS = ("url", "redirect_url", "setup_url")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A manifest that can be registered; `name` is still to be checked, as people may change it."""

    name: str
    url: str
    redirect_url: str
    hook_url: str | None = None
    hook_active: bool = True
    setup_url: str | None = None
    setup_on_update: bool = False
    description: str | None = None
    public: bool = False
    permissions: Mapping[str, str] = field(default_factory=dict)
    events: tuple[str, ...] = ()


class InvalidManifest(Invalid):
    """A manifest that cannot be registered.

    Args:
        faults: What is wrong with it, a sentence each.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def read_manifest(text: str) -> Manifest:
    """Reads a manifest.

    Args:
        text: The JSON that the form's field `manifest` held.

    Raises:
        InvalidManifest: it is none, with all that is wrong with it.
    """
    if len(text) > LONGEST:
        raise InvalidManifest([f"The manifest is too long (maximum is {LONGEST} characters)"])
    try:
        raw = json.loads(text)
        # Half a surrogate pair is JSON, but nothing that could be kept or shown.
        json.dumps(raw, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise InvalidManifest(["Problems parsing JSON"]) from None
    if not isinstance(raw, dict):
        raise InvalidManifest([f"{_shown(raw)} is not an object."])
    # As on GitHub, values are looked at only where all are of their kind.
    faults = list(_kinds(raw)) or list(_values(raw))
    if faults:
        raise InvalidManifest(faults)
    hook = raw.get("hook_attributes") or {}
    permissions = dict(raw.get("default_permissions") or {})
    if permissions:
        permissions.setdefault("metadata", "read")
    return Manifest(
        name=(raw.get("name") or "").strip(),
        url=raw["url"],
        redirect_url=raw["redirect_url"],
        hook_url=hook.get("url"),
        hook_active=hook.get("active", True),
        setup_url=raw.get("setup_url"),
        setup_on_update=bool(raw.get("setup_on_update")),
        description=raw.get("description"),
        public=bool(raw.get("public")),
        permissions=permissions,
        events=tuple(dict.fromkeys(raw.get("default_events") or ())),
    )


def name_fault(name: str) -> str:
    """What is wrong with the name of an App by itself; empty when nothing is."""
    if not name:
        return "Name can't be blank"
    if len(name) > LONGEST_NAME:
        return f"Name is too long (maximum is {LONGEST_NAME} characters)"
    if not slug_of(name):
        return "Name must have a letter or a digit"
    return ""


def slug_of(name: str) -> str:
    """An App's name as it stands in addresses: `My APp Näme` becomes `my-app-name`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _kinds(raw: Mapping[str, Any]) -> Iterable[str]:
    for name in ("url", "redirect_url"):
        if raw.get(name) is None:
            yield f'"{name}" wasn\'t supplied.'
    kinds: list[tuple[Iterable[str], type, str]] = [
        (_TEXTS, str, "a string"),
        (_FLAGS, bool, "a boolean"),
        (("callback_urls", "default_events"), list, "an array"),
        (("hook_attributes", "default_permissions"), dict, "an object"),
    ]
    for names, kind, words in kinds:
        for name in names:
            value = raw.get(name)
            if value is not None and not isinstance(value, kind):
                yield f"For 'properties/{name}', {_shown(value)} is not {words}."
    hook = raw.get("hook_attributes")
    if isinstance(hook, dict):
        if not isinstance(hook.get("url"), str):
            # It names the field without its parent, active or not.
            yield '"url" wasn\'t supplied.'
        if not isinstance(hook.get("active", True), bool):
            yield f"For 'properties/active', {_shown(hook['active'])} is not a boolean."


def _values(raw: Mapping[str, Any]) -> Iterable[str]:
    for name in _URLS:
        if raw.get(name) is not None and not is_web_address(raw[name]):
            yield f"{name.replace('_', ' ').capitalize()} must be a valid URL"
    hook = raw.get("hook_attributes")
    if hook and not is_web_address(hook["url"]):
        yield "Hook url must be a valid URL"
    callbacks = raw.get("callback_urls") or []
    if len(callbacks) > MOST_CALLBACKS:
        yield f"Callback urls are too many (maximum is {MOST_CALLBACKS})"
    if not all(isinstance(one, str) and is_web_address(one) for one in callbacks):
        yield "Callback urls must be valid URLs"
    yield from _grants(raw.get("default_permissions") or {}, raw.get("default_events") or [])


def _grants(permissions: Mapping[str, Any], events: Iterable[Any]) -> Iterable[str]:
    for name, level in permissions.items():
        if name not in PERMISSIONS:
            yield f"Default permission records resource is not included in the list: {_shown(name)}"
        elif level not in PERMISSIONS[name]:
            yield (
                "Default permission records action is not included in the list: "
                f"{_shown(name)}: {_shown(level)}"
            )
    named = [event if isinstance(event, str) else _shown(event) for event in events]
    unknown = [event for event in named if event not in EVENTS]
    if unknown:
        yield f"Default events unsupported: {_listed(unknown)}"
    given = set(permissions) | ({"metadata"} if permissions else set())
    bare = [event for event in named if not _backed(event, given)]
    if bare:
        yield f"Default events are not supported by permissions: {_listed(bare)}"


def _backed(event: str, given: set[str]) -> bool:
    needs = EVENTS.get(event)
    return needs is not None and (not needs or bool(needs & given))


def _listed(names: list[str]) -> str:
    """`a`, `a and b`, or `a, b, and c`."""
    shown = [name[:100] for name in names[:20]]
    if len(shown) < 3:
        return " and ".join(shown)
    return ", ".join(shown[:-1]) + f", and {shown[-1]}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text[:100]
