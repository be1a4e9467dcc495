"""Addresses of what rows come from, as far as they say where something stands."""

import re

_ADDRESS = re.compile(
    r"(?P<page>https?://[^\s/?#@\\]+(?:/[^\s?#]*)?)(?:\?[^\s#]*)?(?:#(?P<part>\S*))?"
)
_COMMENT = re.compile(
    r"(?:issue-|issuecomment-|discussion_r|discussioncomment-|pullrequestreview-|commitcomment-)"
    r"[0-9]{1,20}"
)
_THREAD = re.compile(r"https?://([^/]+)/[^/]+/[^/]+/(?:issues|pull|discussions)/[0-9]+(?!\w).*")


def bare(address: str) -> str:
    """Returns a web address without what only tells of who looked there.

    The query goes, and the fragment unless it names a comment on GitHub: by that, rows are known
    to be made of a reply.

    Returns:
        The address; empty where it is none of http or https, or names a user or a password.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or not address.isprintable():
        return ""
    part = match["part"] or ""
    return match["page"] + (f"#{part}" if _COMMENT.fullmatch(part) else "")


def github_of(address: str) -> str:
    """Returns the host, in lower case, that an address of a thread says is a GitHub; else ""."""
    match = _THREAD.fullmatch(address)
    return match[1].lower() if match else ""
