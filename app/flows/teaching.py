"""Who taught something, for the audit log: told once, when what a person said first counts."""

from collections.abc import Sequence
from datetime import datetime

from app.domain import AuditEntry, Evidence, Reply, Signal
from app.store.digests import memory_digest

PHRASES = "phrases"
"""What is said to be taught where it is no memory."""


def taught(
    reply: Reply, signals: Sequence[Signal], before: Evidence, after: Evidence, at: datetime
) -> list[AuditEntry]:
    """Tells of what a reply teaches now and did not teach before, who taught it.

    Args:
        reply: the reply.
        signals: those that count, of all people who said something of it.
        before: what it taught.
        after: what it teaches.
        at: when that was found.
    """
    people = {one.person.login: one.person for one in signals}
    known = _told(before)
    return [
        AuditEntry(at=at, person=people[login], act="taught", subject=subject, url=reply.url)
        for login, subject in sorted(_told(after) - known)
        if login in people
    ]


def _told(evidence: Evidence) -> set[tuple[str, str]]:
    """Returns what is taught, by whose login."""
    memories = {(one.author, memory_digest(one)) for one in evidence.memories}
    return memories | {(one.person, PHRASES) for one in evidence.masses}
