"""Where a person's words and name are kept, and how they are deleted there.

Each function works in a transaction of its caller's, on one repository, and may run again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, select, update
from sqlalchemy.engine import RowMapping

from app.domain import TAKEN_BACK, AskState, Removal, RunState, SignalKind, ask_key
from app.store import schema
from app.store.imported_tables import imported_row
from app.store.schema import (
    adapter_version,
    ask,
    audit,
    draft,
    memory,
    muted_thread,
    phrase_mass,
    pick,
    preference_row,
    promotion,
    reply,
    repository,
    revision,
    ruling,
    signal,
    training_run,
    tree,
)

AT_ONCE = 500
"""Ids that one statement has; databases bound their parameters."""
UNFINISHED = (AskState.QUEUED.value, AskState.DRAFTED.value)
OPENING = ("title", "body", "opener")
"""What a draft has of the text that opened its thread."""
_JUDGING = (SignalKind.REACTION.value, SignalKind.EDIT.value)
"""Signals that judge a text; hides and deletes judge the reply whatever it says."""


@dataclass(kw_only=True, slots=True)
class Traces:
    """What one removal touches.

    `texts` are the ids of replies whose text goes, posted from `since` on; `trained` are the
    addresses of those that training may have read; `changed` tells whether any row was.
    """

    texts: set[int] = field(default_factory=set)
    trained: set[str] = field(default_factory=set)
    since: datetime | None = None
    changed: bool = False

    def text_of(self, row: RowMapping) -> None:
        """Notes that the text of a reply goes."""
        at = row["posted_at"]
        self.texts.add(row["id"])
        self.trained.add(row["url"])
        self.since = at if self.since is None else min(self.since, at)

    def delete(self, connection: Connection, table: Table, *which: ColumnElement[bool]) -> None:
        """Deletes rows, and notes whether there were any."""
        self.changed |= connection.execute(delete(table).where(*which)).rowcount > 0


def cut(connection: Connection, reply_id: int, first: datetime, traces: Traces) -> None:
    """Deletes the versions of a reply from one on, and what judged them."""
    later = (revision.c.reply_id == reply_id, revision.c.edited_at >= first)
    traces.delete(connection, revision, *later)
    judged = (signal.c.reply_id == reply_id, signal.c.kind.in_(_JUDGING))
    traces.delete(connection, signal, *judged, signal.c.first_seen >= first)
    unlearn(connection, reply_id)


def count_change(connection: Connection, repository_id: int) -> None:
    """Tells every process that sums evidence up to read it anew."""
    count = repository.c.evidence_changes
    here = repository.c.id == repository_id
    connection.execute(update(repository).where(here).values(evidence_changes=count + 1))


def unlearn(connection: Connection, reply_id: int) -> None:
    """Deletes what was learned from a reply, which may be learned anew from what is left."""
    for table, column in hanging_on_reply():
        if table not in (signal, revision):
            connection.execute(delete(table).where(column == reply_id))


def unask(connection: Connection, row: RowMapping, traces: Traces) -> None:
    """Deletes the question of a reply wherever it is kept, also as the title of a quotation."""
    traces.changed |= bool(row["question"])
    connection.execute(
        update(reply).where(reply.c.id == row["id"]).values(question="", asker_login="")
    )
    key = ask_key(row["trigger_node_id"], row["command_key"])
    connection.execute(update(draft).where(draft.c.ask_key == key).values(question="", details={}))
    traces.delete(connection, tree, tree.c.ask_key == key)
    traces.delete(connection, pick, pick.c.ask_key == key)
    # Not deleted: posted answers name a memory by its id.
    connection.execute(update(memory).where(memory.c.reply_id == row["id"]).values(question=""))
    connection.execute(delete(preference_row).where(preference_row.c.reply_id == row["id"]))
    here = row["repository_id"]
    replies = select(reply.c.id, reply.c.sources).where(reply.c.repository_id == here)
    _untitle(connection, reply.c.id, replies, row["url"])
    drafts = select(draft.c.ask_key, draft.c.sources).join(ask, ask.c.key == draft.c.ask_key)
    _untitle(connection, draft.c.ask_key, drafts.where(ask.c.repository_id == here), row["url"])


def _untitle(connection: Connection, key: Any, quoting: Any, url: str) -> None:
    """Deletes the titles of corrections from one address; titles of others are files' own."""
    for name, sources in connection.execute(quoting).all():
        bare = [
            one | {"title": ""} if one["memory_id"] is not None and one["url"] == url else one
            for one in sources
        ]
        if bare != sources:
            connection.execute(update(key.table).where(key == name).values(sources=bare))


def logins_of(connection: Connection, repository_id: int, person_id: int) -> frozenset[str]:
    """Returns the logins under which a person is named where their account's number is, too."""
    of_reply = reply.c.repository_id == repository_id
    named = (
        select(signal.c.person_login).join(reply).where(of_reply, signal.c.person_id == person_id),
        select(revision.c.editor_login)
        .join(reply)
        .where(of_reply, revision.c.editor_id == person_id),
        select(ask.c.asker_login).where(
            ask.c.repository_id == repository_id, ask.c.asker_id == person_id
        ),
    )
    found = {login for one in named for login in connection.execute(one).scalars()}
    return frozenset(found - {""})


def unname(
    connection: Connection, removal: Removal, logins: Collection[str], traces: Traces
) -> None:
    """Deletes the texts of a person's asks that were not answered, and the person's name.

    Their account's number stays with their asks, by which questions of a day are counted.
    """
    here, person_id = removal.repository_id, removal.person_id
    asked = (
        ask.c.repository_id == here,
        ask.c.asker_id == person_id,
        ask.c.created_at <= removal.at,
    )
    _unopen(connection, removal, traces)
    keys = select(ask.c.key).where(*asked, ask.c.state.not_in(UNFINISHED))
    traces.delete(connection, tree, tree.c.ask_key.in_(keys))
    undraft(connection, here, keys, traces)
    connection.execute(update(ask).where(*asked).values(asker_login=""))
    muted = (muted_thread.c.repository_id == here, muted_thread.c.person_id == person_id)
    nobody = {"person_id": TAKEN_BACK.id, "person_login": TAKEN_BACK.login}
    connection.execute(update(muted_thread).where(*muted).values(nobody))
    for table in (training_run, promotion, pick):
        wanted = (table.c.repository_id == here, table.c.by_login.in_(logins))
        connection.execute(update(table).where(*wanted).values(by_login=TAKEN_BACK.login))
    put = (memory.c.repository_id == here, memory.c.preference_by.in_(logins))
    connection.execute(update(memory).where(*put).values(preference="", preference_by=""))


def _unopen(connection: Connection, removal: Removal, traces: Traces) -> None:
    """Deletes what drafts have of the texts with which a person opened threads."""
    drafts = (
        select(draft.c.ask_key, draft.c.details, reply.c.url)
        .join(ask, ask.c.key == draft.c.ask_key)
        .outerjoin(
            reply,
            (reply.c.trigger_node_id == ask.c.comment_node_id)
            & (reply.c.command_key == ask.c.command_key),
        )
        .where(ask.c.repository_id == removal.repository_id, ask.c.created_at <= removal.at)
    )
    for key, details, url in connection.execute(drafts).all():
        if details.get("opener") == removal.person_id:
            bare = {name: it for name, it in details.items() if name not in OPENING}
            connection.execute(update(draft).where(draft.c.ask_key == key).values(details=bare))
            traces.changed = True
            traces.trained |= {url} - {None}


def undraft(
    connection: Connection, repository_id: int, keys: Select[tuple[str]], traces: Traces
) -> None:
    """Deletes the drafts of some asks of which no reply is kept: nothing needs them."""
    key = "ask:" + reply.c.trigger_node_id + ":" + reply.c.command_key
    answered = select(key).where(reply.c.repository_id == repository_id)
    traces.delete(connection, draft, draft.c.ask_key.in_(keys), draft.c.ask_key.not_in(answered))


def ended(repository_id: int, since: datetime) -> Select[tuple[str]]:
    """Selects the keys of the asks that came to their end, of those from a time on."""
    return select(ask.c.key).where(
        ask.c.repository_id == repository_id,
        ask.c.created_at >= since,
        ask.c.state.not_in(UNFINISHED),
    )


def unrule(connection: Connection, repository_id: int, replies: Collection[int]) -> None:
    """Deletes rulings on phrases that only texts taken back have, and what the log says of them."""
    here = phrase_mass.c.repository_id == repository_id
    phrases = select(phrase_mass.c.phrase).where(here)
    gone = set(connection.execute(phrases.where(phrase_mass.c.reply_id.in_(replies))).scalars())
    gone -= set(connection.execute(phrases.where(phrase_mass.c.reply_id.not_in(replies))).scalars())
    for phrase in gone:
        connection.execute(
            delete(ruling).where(ruling.c.repository_id == repository_id, ruling.c.key == phrase)
        )
        connection.execute(
            update(audit)
            .where(audit.c.repository_id == repository_id, audit.c.subject == phrase)
            .values(subject="")
        )


def unimport(
    connection: Connection, repository_id: int, urls: Collection[str], traces: Traces
) -> None:
    """Deletes rows that came from files and say that they were made of one of some replies."""
    wanted = set(urls)
    rows = connection.execute(
        select(imported_row.c.id, imported_row.c.urls).where(
            imported_row.c.repository_id == repository_id
        )
    )
    gone = [number for number, known in rows if wanted.intersection(known)]
    for start in range(0, len(gone), AT_ONCE):
        some = gone[start : start + AT_ONCE]
        traces.delete(connection, imported_row, imported_row.c.id.in_(some))


def mark(connection: Connection, repository_id: int, urls: Collection[str], at: datetime) -> None:
    """Marks adapters that may have learned from replies, and stops runs that may be learning.

    Args:
        connection: of the transaction.
        repository_id: GitHub's id of the repository.
        urls: the addresses of the replies; of rows that came from files, `app.store.imported`'s.
        at: when it was taken back.
    """
    wanted = set(urls)
    first = _first_posted(connection, repository_id, sorted(wanted))
    versions = connection.execute(
        select(
            adapter_version.c.name, adapter_version.c.trained_on, adapter_version.c.created_at
        ).where(
            adapter_version.c.repository_id == repository_id,
            adapter_version.c.taken_back_at.is_(None),
        )
    ).all()
    names = [
        name
        for name, read, made in versions
        if (wanted.intersection(read) if read is not None else first is not None and made >= first)
    ]
    connection.execute(
        update(adapter_version).where(adapter_version.c.name.in_(names)).values(taken_back_at=at)
    )
    learning = (
        training_run.c.repository_id == repository_id,
        training_run.c.state == RunState.RUNNING.value,
        training_run.c.started_at <= at,
    )
    connection.execute(update(training_run).where(*learning).values(cancel=True))


def _first_posted(
    connection: Connection, repository_id: int, urls: Sequence[str]
) -> datetime | None:
    """Returns when the first of some replies was posted; None where none is here."""
    found = []
    for start in range(0, len(urls), AT_ONCE):
        statement = select(func.min(reply.c.posted_at)).where(
            reply.c.repository_id == repository_id,
            reply.c.url.in_(urls[start : start + AT_ONCE]),
        )
        found.append(connection.execute(statement).scalar())
    return min((one for one in found if one is not None), default=None)


def hanging_on_reply() -> list[tuple[Table, ColumnElement[int]]]:
    """Returns the tables whose rows hang on a reply, each with the column that says on which."""
    return [
        (table, key.parent)
        for table in schema.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is reply.c.id and table is not schema.removal
    ]
