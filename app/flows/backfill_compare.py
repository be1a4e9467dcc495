"""Compares what one database keeps of a repository with what another one does, row by row.

One has lived through it, the other was made from what GitHub shows. Rows are told apart by what
GitHub knows them by, since numbers of replies and memories are each database's own. A
difference has a `reason` where it is one that there must be: GitHub shows no reaction that was
taken back, no reply that was deleted, and not since when a reply is hidden. When something was
first read is each database's own too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.domain import Evidence, Reply, ReplyState, Revision, Signal, SignalKind
from app.domain.backfill import Lost
from app.feedback.versions import is_own
from app.store import Store

REMOVED = "it was taken back, or an edit took its place"
DELETED = "the reply was deleted"
HIDDEN_SINCE = "it is not shown since when the reply is hidden"
FOLLOWS = "it follows from something that is not shown any more"
NO_ACCOUNT = "the account of who asked is gone"
_TAUGHT = {"memories": "memories", "masses": "phrases", "rows": "rows"}
_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What is not the same, and where; `reason` is why it must be so, "" for a fault.

    `learned` tells what people said from what was made of it.
    """

    url: str
    what: str
    reason: str = ""
    learned: bool = False


class Comparing:
    """Compares one repository in two stores."""

    def __init__(
        self, kept: Store, shown: Store, repository_id: int, *, own_login: str, lost: Sequence[Lost]
    ) -> None:
        """Prepares it.

        Args:
            kept: the store that lived through it.
            shown: the one that was made from GitHub.
            repository_id: GitHub's id.
            own_login: the App's login.
            lost: what could not be made from GitHub.
        """
        self._kept = kept
        self._shown = shown
        self._repository_id = repository_id
        self._own_login = own_login
        self._lost = {one.url: one.what for one in lost}

    def differences(self, since: datetime | None = None) -> list[Difference]:
        """Returns what is not the same of the replies that were posted since some time."""
        kept = _replies(self._kept, self._repository_id, since)
        shown = _replies(self._shown, self._repository_id, since)
        found: list[Difference] = []
        for comment_id in sorted(kept.keys() | shown.keys()):
            ours, theirs = kept.get(comment_id), shown.get(comment_id)
            if ours is None and theirs is not None:
                found.append(Difference(url=theirs.url, what="the reply is not kept"))
            elif ours is not None and theirs is None:
                found.append(self._missing(ours))
            elif ours is not None and theirs is not None:
                found += self._of_reply(ours, theirs)
        # What people say of one reply counts by what they say of others.
        unseen = any(one.reason not in ("", REMOVED, NO_ACCOUNT) for one in found)
        if since is None:
            found += self._weights()
        return [
            replace(one, reason=FOLLOWS) if unseen and one.learned and not one.reason else one
            for one in found
        ]

    def _missing(self, reply: Reply) -> Difference:
        gone = reply.state is ReplyState.DELETED
        reason = DELETED if gone else self._lost.get(reply.url, "")
        return Difference(url=reply.url, what="GitHub does not show the reply", reason=reason)

    def _of_reply(self, ours: Reply, theirs: Reply) -> Iterator[Difference]:
        lost = self._lost.get(ours.url, "")
        for name, ours_value in _fields(ours).items():
            if ours_value == _fields(theirs)[name]:
                continue
            reason = lost if name == "sources" else ""
            if name == "asker" and theirs.asker.is_bot:
                reason = NO_ACCOUNT
            yield Difference(url=ours.url, what=f"{name} of the reply", reason=reason)
        yield from self._signals(ours, theirs)
        yield from self._revisions(ours, theirs)
        yield from self._evidence(ours, theirs)

    def _signals(self, ours: Reply, theirs: Reply) -> Iterator[Difference]:
        kept = {_signal_key(one): one for one in self._kept.signals.of_reply(ours.id)}
        shown = {_signal_key(one): one for one in self._shown.signals.of_reply(theirs.id)}
        for key in sorted(kept.keys() | shown.keys()):
            mine, other = kept.get(key), shown.get(key)
            if mine is not None and other is None:
                reason = REMOVED if mine.removed_at is not None else ""
                yield Difference(url=ours.url, what=f"{_said(mine)} is not shown", reason=reason)
            elif mine is None and other is not None:
                yield Difference(url=ours.url, what=f"{_said(other)} is not kept")
            elif mine is not None and other is not None:
                yield from _signal(ours.url, mine, other)

    def _revisions(self, ours: Reply, theirs: Reply) -> Iterator[Difference]:
        kept = {self._version(one): one for one in self._kept.revisions.of_reply(ours.id)}
        shown = {self._version(one): one for one in self._shown.revisions.of_reply(theirs.id)}
        lost = self._lost.get(ours.url, "")
        for key in sorted(kept.keys() | shown.keys()):
            mine, other = kept.get(key), shown.get(key)
            if mine is None or other is None:
                where = "kept" if mine is None else "shown"
                yield Difference(url=ours.url, what=f"a version is not {where}")
            elif (mine.body, mine.deleted) != (other.body, other.deleted):
                reason = lost if other.body is None else ""
                yield Difference(url=ours.url, what="the text of a version", reason=reason)

    def _version(self, value: Revision) -> tuple[datetime, str]:
        own = is_own(value.editor, self._own_login)
        return value.edited_at, "" if own or value.editor is None else value.editor.login

    def _evidence(self, ours: Reply, theirs: Reply) -> Iterator[Difference]:
        mine = self._kept.evidence.of_reply(ours.id)
        other = self._shown.evidence.of_reply(theirs.id)
        for name in _TAUGHT:
            if _rows(mine, name) == _rows(other, name):
                continue
            timeless = _rows(mine, name, times=False) == _rows(other, name, times=False)
            since = theirs.state is ReplyState.HIDDEN and timeless
            reason = HIDDEN_SINCE if since else self._lost.get(ours.url, "")
            what = f"{_TAUGHT[name]} that it teaches"
            yield Difference(url=ours.url, what=what, reason=reason, learned=True)

    def _weights(self) -> Iterator[Difference]:
        mine = self._kept.weights.latest(self._repository_id)
        other = self._shown.weights.latest(self._repository_id)
        known = mine.weights.keys() | other.weights.keys()
        if changed := [key for key in known if mine.weights.get(key) != other.weights.get(key)]:
            yield Difference(url="", what=f"{len(changed)} phrases' weights", learned=True)
        if mine.calibrations != other.calibrations:
            yield Difference(url="", what="the scales of principles", learned=True)


def _replies(store: Store, repository_id: int, since: datetime | None) -> dict[int, Reply]:
    found = (store.replies.by_id(one) for one in store.replies.ids(repository_id))
    return {
        one.comment_id: one
        for one in found
        if one is not None and (since is None or one.posted_at >= since)
    }


def _fields(reply: Reply) -> dict[str, Any]:
    """Returns a reply's fields, but for its number and those of memories that it quotes."""
    sources = tuple(replace(one, memory_id=None) for one in reply.sources)
    return {**asdict(replace(reply, id=0, sources=())), "sources": sources}


def _signal_key(value: Signal) -> tuple[str, str, int]:
    return value.kind.value, value.content, value.person.id


def _said(value: Signal) -> str:
    who = f" of @{value.person.login}" if value.person.login else ""
    content = f" {value.content}" if value.kind is not SignalKind.EDIT else ""
    return f"{value.kind.value}{content}{who}"


def _signal(url: str, mine: Signal, other: Signal) -> Iterator[Difference]:
    if mine.removed_at is not None:
        yield Difference(url=url, what=f"{_said(mine)} is kept as taken back")
        return
    timeless = [
        replace(one, reply_id=0, first_seen=_NO_TIME, read_at=None) for one in (mine, other)
    ]
    if timeless[0] != timeless[1]:
        yield Difference(url=url, what=f"{_said(mine)}: its permission, trust or value")
    if mine.first_seen != other.first_seen:
        reason = HIDDEN_SINCE if mine.kind is SignalKind.HIDE else ""
        yield Difference(url=url, what=f"{_said(mine)}: its time", reason=reason)


def _rows(value: Evidence, name: str, *, times: bool = True) -> Counter[str]:
    """Returns rows of evidence to compare: without what is this database's, or times either."""
    rows = [asdict(one) for one in getattr(value, name)]
    left_out = {"id", "reply_id", "read_at"} | (set() if times else {"created_at", "at"})
    return Counter(
        repr({key: content for key, content in row.items() if key not in left_out}) for row in rows
    )
