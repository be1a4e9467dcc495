"""Which text of a reply is the App's and which is people's, from what GitHub keeps of both.

GitHub's edit history tells who edited when. Its text of a revision may be the whole body or
a mere summary, or be gone; the body as it is now and the body that the App posted are always
whole, and deliveries may have brought others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain import Person, Reply, Revision, Snapshot
from app.feedback.metadata import strip
from app.layouts.remarks import without_remarks
from app.text.layout import answer_part, without_citations


@dataclass(frozen=True, kw_only=True, slots=True)
class Versions:
    """The App's answer and what people made of it, both without sources, the marks of
    sources, footer and block.

    `original` is the last answer that the App wrote before the first human edit. `edited` is
    the latest human answer; it is None where nobody edited, where the text of that edit is
    not to be had, or where the answer is again what it was. `editor` wrote it, `editors` are
    all who took part, `edited_at` is when `editor` did.
    """

    original: str
    edited: str | None = None
    editor: Person | None = None
    editors: Sequence[Person] = ()
    edited_at: datetime | None = None


def history(
    snapshot: Snapshot, seen: Sequence[Revision] = (), *, own_login: str = ""
) -> list[Revision]:
    """Puts the revisions of a snapshot and those seen before or in deliveries in one order.

    Bodies that are mere summaries become None, and so do those that GitHub hides since
    somebody deleted them; a comment that is gone has no history. The same edit told twice is
    kept once, with its body from wherever there is one.

    Args:
        snapshot: what GitHub shows now; its last revision's whole body is `snapshot.body`.
        seen: revisions with whole bodies, from the store or a delivery.
        own_login: the App's login, to tell a human edit from its own where they are one event.
    """
    if not snapshot.exists:
        return []
    listed = sorted(snapshot.revisions, key=_when)
    last = next((item for item in reversed(listed) if not item.deleted), None)
    whole = bool(last and last.body and strip(last.body) == strip(snapshot.body))
    merged: dict[tuple[datetime, str], Revision] = {}
    for item in listed:
        body = item.body if whole and not item.deleted else None
        if item is listed[-1]:
            body = snapshot.body
        merged[_identity(item, own_login)] = replace(item, body=body)
    for item in sorted(seen, key=_when):
        known = merged.get(_identity(item, own_login))
        if known is None:
            merged[_identity(item, own_login)] = item
        elif known.body is None and not known.deleted:
            merged[_identity(item, own_login)] = replace(known, body=item.body)
    return sorted(merged.values(), key=_when)


def versions(reply: Reply, revisions: Sequence[Revision], *, own_login: str) -> Versions:
    """Tells the App's last text before the first human edit from the latest human one.

    Args:
        reply: what the App posted; its body stands in where no earlier body is known.
        revisions: oldest first, with whole bodies or None, as `history` gives them.
        own_login: the App's login, with or without `[bot]`.
    """
    human = [item for item in revisions if _is_human(item.editor)]
    first = posted(reply)
    if not human:
        return Versions(original=first)
    own = [
        item.body
        for item in revisions[: revisions.index(human[0])]
        if item.body and is_own(item.editor, own_login)
    ]
    original = _answer(own[-1]) if own else first
    if human[-1].body is None:
        return Versions(original=original)
    edited = _answer(human[-1].body)
    if _same(edited, original):
        return Versions(original=original)
    author = human[-1]
    for item, earlier in zip(reversed(human), [*reversed(human[:-1]), None], strict=True):
        author = item
        before = original if earlier is None else earlier.body and _answer(earlier.body)
        if before is None or not _same(before, edited):
            break
    people = {item.editor.id: item.editor for item in human if item.editor is not None}
    return Versions(
        original=original,
        edited=edited,
        editor=author.editor,
        editors=tuple(people.values()),
        edited_at=author.edited_at,
    )


def posted(reply: Reply) -> str:
    """Returns the answer as the App posted it, in the form that is learned from."""
    return _answer(reply.body) or without_remarks(without_citations(reply.answer))


def is_own(person: Person | None, own_login: str) -> bool:
    """Tells whether an account is the App's own; REST adds `[bot]` to its login, GraphQL not.

    A person may be called like the App, so only a bot can be it.
    """
    return person is not None and person.is_bot and _bare(person.login) == _bare(own_login) != ""


def _answer(body: str) -> str:
    return without_remarks(without_citations(answer_part(body)))


def _is_human(person: Person | None) -> bool:
    return person is not None and not person.is_bot


def _bare(login: str) -> str:
    return login.lower().removesuffix("[bot]")


def _identity(revision: Revision, own_login: str) -> tuple[datetime, str]:
    editor = revision.editor
    if is_own(editor, own_login):
        return revision.edited_at, "own"
    return revision.edited_at, _bare(editor.login) if editor else ""


def _when(revision: Revision) -> datetime:
    return revision.edited_at


def _same(left: str, right: str) -> bool:
    return left.split() == right.split()
