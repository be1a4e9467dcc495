"""What people say of a reply, read from one look at it: reactions, an edit, a hide, a delete.

The same snapshot always gives the same signals. A reaction that was taken back is one that a
later snapshot no longer has.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain import (
    SOMEONE,
    Permission,
    Person,
    Reply,
    Revision,
    Signal,
    SignalKind,
    Snapshot,
)
from app.feedback.trust import (
    DELETE_VALUE,
    EDIT_VALUE,
    REACTIONS,
    TrustOf,
    hide_value,
    reaction_value,
    trust_of,
    with_agreement,
)
from app.feedback.versions import history, versions

Weighed = tuple[Person, Permission, float]
"""A person, what GitHub lets them do, and the trust in them."""

_HIDER = Permission.TRIAGE
"""The least permission that lets somebody hide or delete another's comment."""
_EDITOR = Permission.WRITE
"""The least permission that lets somebody edit another's comment."""


def signals(
    reply: Reply,
    snapshot: Snapshot,
    permissions: Mapping[int, Permission],
    *,
    own_login: str,
    seen: Sequence[Revision] = (),
    trust: TrustOf = trust_of,
) -> list[Signal]:
    """Reads all signals that a reply carries at the time of the snapshot.

    The App's own reactions and edits give none, nor do other bots': they are no people. An
    edit gives one only where it left the answer itself different from what the App wrote.

    Args:
        reply: the reply as posted.
        snapshot: what GitHub shows of it now.
        permissions: verified permissions by account id; one not in it has none.
        own_login: the App's login, with or without `[bot]`.
        seen: revisions with whole bodies, known from the store or from deliveries.
        trust: weighs a person by permission and by whether they asked; a repository may
            weigh in its own way.
    """

    def weighed(person: Person, permission: Permission) -> Weighed:
        return person, permission, trust(person, permission, asker=reply.asker)

    def verified(person: Person) -> Weighed:
        return weighed(person, permissions.get(person.id, Permission.NONE))

    found = [
        _signal(
            reply,
            SignalKind.REACTION,
            reaction.content,
            verified(reaction.person),
            reaction_value(reaction.content),
            reaction.created_at,
        )
        for reaction in snapshot.reactions
        if reaction.content in REACTIONS and not reaction.person.is_bot
    ]
    texts = versions(reply, history(snapshot, seen, own_login=own_login), own_login=own_login)
    if texts.edited is not None and texts.editor is not None and texts.edited_at is not None:
        name = digest(texts.edited)
        named = texts.editor != SOMEONE
        editor = verified(texts.editor) if named else weighed(SOMEONE, _EDITOR)
        found.append(_signal(reply, SignalKind.EDIT, name, editor, EDIT_VALUE, texts.edited_at))
    if not snapshot.exists:
        who = weighed(SOMEONE, _HIDER)
        found.append(_signal(reply, SignalKind.DELETE, "", who, DELETE_VALUE, snapshot.seen_at))
    elif snapshot.minimized_reason is not None:
        reason, who = snapshot.minimized_reason, weighed(SOMEONE, _HIDER)
        value = hide_value(reason)
        found.append(_signal(reply, SignalKind.HIDE, reason, who, value, snapshot.seen_at))
    return with_agreement(found)


def digest(text: str) -> str:
    """Returns the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _signal(
    reply: Reply,
    kind: SignalKind,
    content: str,
    who: Weighed,
    value: float,
    at: datetime,
) -> Signal:
    person, permission, trust = who
    return Signal(
        reply_id=reply.id,
        kind=kind,
        content=content,
        person=person,
        permission=permission,
        trust=trust,
        value=value,
        first_seen=at,
        url=reply.url,
    )
