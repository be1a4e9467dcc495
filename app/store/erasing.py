"""Deletes what people took back from the database, each removal in one transaction.

What is computed from it anew, and what is kept besides the database, is `app.flows.taking_back`'s.
A removal can be carried out again and again: what came in meanwhile goes then.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.engine import RowMapping

from app.domain import AskState, Removal, ReplyState, ask_key
from app.domain.work import is_another
from app.feedback.metadata import strip
from app.store import remains
from app.store.imported import forget_logins, logins_of
from app.store.noun import Noun, lock_repository
from app.store.picks import forget_quoting
from app.store.remains import UNFINISHED, Traces
from app.store.schema import (
    ask,
    draft,
    memory,
    phrase_mass,
    pick,
    preference_row,
    reply,
    revision,
    signal,
    tree,
)

LATE = timedelta(minutes=10)
"""Longer than it takes to draft and post an answer."""


class Erasing(Noun):
    """Carries removals out in Treadle's own tables."""

    def carry_out(self, removal: Removal) -> bool:
        """Deletes all that a removal is about; tells whether there was any.

        Texts of one reply are also in others that quoted a correction of it, in picks among such
        texts, in what was tried since for whatever question, and in what the bot said of phrases:
        these go too. Adapters that may have learned from it are marked, and runs that may be
        learning are told to stop.
        """
        here = removal.repository_id
        traces = Traces()
        with self._writing() as connection:
            lock_repository(connection, here)
            if removal.person_id is None:
                _empty(connection, _one(connection, removal.reply_id or 0), traces)
            else:
                _forget_person(connection, removal, removal.person_id, traces)
                _forget_late(connection, removal, traces)
            if traces.since is not None:
                _forget_quotations(connection, here, traces)
                since = traces.since
                old = (tree.c.repository_id == here, tree.c.created_at >= since)
                traces.delete(connection, tree, *old)
                remains.undraft(connection, here, remains.ended(here, since), traces)
            if traces.trained:
                remains.unimport(connection, here, traces.trained, traces)
                remains.mark(connection, here, traces.trained, removal.at)
            if traces.changed:
                remains.count_change(connection, here)
        return traces.changed

    def taught(self, repository_id: int) -> frozenset[int]:
        """Returns the ids of the replies that something is learned from."""
        found: set[int] = set()
        for table in (memory, phrase_mass, preference_row):
            rows = select(table.c.reply_id).where(table.c.repository_id == repository_id)
            found |= {row["reply_id"] for row in self._rows(rows.distinct())}
        return frozenset(found)

    def unname_phrases(self, repository_id: int, kept: Collection[str]) -> None:
        """Deletes phrases that nothing kept teaches from what replies and drafts say of themselves.

        Args:
            repository_id: GitHub's id of the repository.
            kept: the phrases that may stay.
        """
        replies = select(reply.c.id, reply.c.block, reply.c.body).where(
            reply.c.repository_id == repository_id
        )
        drafts = (
            select(draft.c.ask_key, draft.c.block, draft.c.body)
            .join(ask, ask.c.key == draft.c.ask_key)
            .where(ask.c.repository_id == repository_id, ask.c.state.not_in(UNFINISHED))
        )
        with self._writing() as connection:
            for table, key, statement in (
                (reply, reply.c.id, replies),
                (draft, draft.c.ask_key, drafts),
            ):
                for name, block, body in connection.execute(statement).all():
                    said = block.get("phrases") or {}
                    left = {phrase: value for phrase, value in said.items() if phrase in kept}
                    if left != said:
                        values = {"block": block | {"phrases": left}, "body": strip(body)}
                        connection.execute(update(table).where(key == name).values(values))


def _one(connection: Connection, reply_id: int) -> RowMapping | None:
    return connection.execute(select(reply).where(reply.c.id == reply_id)).mappings().first()


def _empty(connection: Connection, row: RowMapping | None, traces: Traces) -> None:
    """Empties a reply: what is left is where it stands, and that it was taken back."""
    if row is None:
        return
    traces.text_of(row)
    remains.unrule(connection, row["repository_id"], {row["id"]})
    for table, column in remains.hanging_on_reply():
        traces.delete(connection, table, column == row["id"])
    key = ask_key(row["trigger_node_id"], row["command_key"])
    traces.delete(connection, draft, draft.c.ask_key == key)
    traces.delete(connection, tree, tree.c.ask_key == key)
    traces.delete(connection, pick, pick.c.ask_key == key)
    # Where a worker was cut off before it noted so: without a draft it would have nothing to post.
    connection.execute(
        update(ask)
        .where(ask.c.key == key, ask.c.state.in_(UNFINISHED))
        .values(state=AskState.ANSWERED.value)
    )
    nothing = {"question": "", "answer": "", "body": "", "block": {}, "sources": []}
    state = ReplyState.TAKEN_BACK.value
    traces.changed |= row["state"] != state
    connection.execute(
        update(reply)
        .where(reply.c.id == row["id"])
        .values(state=state, next_sweep_at=None, **nothing)
    )


def _forget_person(
    connection: Connection, removal: Removal, person_id: int, traces: Traces
) -> None:
    """Deletes what a person said until a time, of one reply or in a whole repository."""
    # Both before what they are known by is deleted.
    known = logins_of(connection, removal.repository_id, person_id)
    logins = remains.logins_of(connection, removal.repository_id, person_id)
    questions = _questions_of(connection, removal.repository_id, person_id)
    for row in _replies_with(connection, removal, person_id, questions):
        own = (revision.c.reply_id == row["id"], revision.c.editor_id == person_id)
        in_time = revision.c.edited_at <= removal.at
        first = connection.execute(select(func.min(revision.c.edited_at)).where(*own, in_time))
        edited_at = first.scalar()
        asked = row["trigger_node_id"] in questions and row["posted_at"] <= removal.at
        if asked or _speaks_in_rows(connection, row["id"], person_id):
            traces.trained.add(row["url"])
        if edited_at is not None:
            traces.text_of(row)
            remains.unrule(connection, removal.repository_id, {row["id"]})
            remains.cut(connection, row["id"], edited_at, traces)
        if asked:
            remains.unask(connection, row, traces)
        said = (signal.c.reply_id == row["id"], signal.c.person_id == person_id)
        traces.delete(connection, signal, *said, signal.c.first_seen <= removal.at)
    if removal.reply_id is None:
        rows = forget_logins(connection, removal.repository_id, known)
        traces.changed |= bool(rows)
        traces.trained |= rows
        remains.unname(connection, removal, logins, traces)


def _forget_late(connection: Connection, removal: Removal, traces: Traces) -> None:
    """Empties replies posted after a removal that quote what no memory says any more.

    Who drafted them had read the correction before. By now nothing else tells whose it was.
    """
    here = removal.repository_id
    memories = select(memory.c.id, memory.c.after).where(memory.c.repository_id == here)
    kept = {tuple(one) for one in connection.execute(memories)}
    late = select(reply).where(
        reply.c.repository_id == here,
        reply.c.state != ReplyState.TAKEN_BACK.value,
        reply.c.posted_at.between(removal.at, removal.at + LATE),
    )
    for row in connection.execute(late).mappings().all():
        quoted = [one for one in row["sources"] if one["memory_id"] is not None]
        if any((one["memory_id"], one["text"]) not in kept for one in quoted):
            _empty(connection, row, traces)


def _questions_of(connection: Connection, repository_id: int, person_id: int) -> frozenset[str]:
    """Returns the node ids of the comments in which a person asked.

    Who wants another answer to somebody's question is the asker of that, by a key of its own.
    """
    statement = select(reply.c.trigger_node_id, reply.c.command_key).where(
        reply.c.repository_id == repository_id, reply.c.asker_id == person_id
    )
    rows = connection.execute(statement).all()
    return frozenset(node for node, key in rows if not is_another(key))


def _replies_with(
    connection: Connection, removal: Removal, person_id: int, questions: Collection[str]
) -> Sequence[RowMapping]:
    """Returns the replies to a person's questions, and those that they edited or judged."""
    voted = select(signal.c.reply_id).where(signal.c.person_id == person_id)
    edited = select(revision.c.reply_id).where(revision.c.editor_id == person_id)
    statement = select(reply).where(
        reply.c.repository_id == removal.repository_id,
        or_(reply.c.trigger_node_id.in_(questions), reply.c.id.in_(voted), reply.c.id.in_(edited)),
    )
    if removal.reply_id is not None:
        statement = statement.where(reply.c.id == removal.reply_id)
    return connection.execute(statement).mappings().all()


def _speaks_in_rows(connection: Connection, reply_id: int, person_id: int) -> bool:
    """Tells whether training rows of a reply were made of a person's word, among others'."""
    logins = set(
        connection.execute(
            select(signal.c.person_login).where(
                signal.c.reply_id == reply_id, signal.c.person_id == person_id
            )
        ).scalars()
    )
    rows = select(preference_row.c.people).where(preference_row.c.reply_id == reply_id)
    return any(logins & set(people) for people in connection.execute(rows).scalars())


def _forget_quotations(connection: Connection, repository_id: int, traces: Traces) -> None:
    """Empties the replies that quoted a correction of those whose text goes, and so on.

    Of those that quoted none the pick goes where another draft of it did.
    Drafts that are not posted yet wait for the next time: by then they are replies.
    """
    statement = select(reply.c.id, reply.c.url, reply.c.sources).where(
        reply.c.repository_id == repository_id, reply.c.posted_at >= traces.since
    )
    quoting: dict[str, list[int]] = {}
    urls: dict[int, str] = {}
    for row in connection.execute(statement).mappings():
        urls[row["id"]] = row["url"]
        for source in row["sources"]:
            if source["memory_id"] is not None:
                quoting.setdefault(source["url"], []).append(row["id"])
    waiting = list(traces.texts)
    while waiting:
        for other in quoting.get(urls.get(waiting.pop(), ""), ()):
            if other not in traces.texts:
                waiting.append(other)
                _empty(connection, _one(connection, other), traces)
    gone = {urls[one] for one in traces.texts if one in urls}
    picked = forget_quoting(connection, repository_id, gone)
    traces.changed |= bool(picked)
    traces.trained |= picked
