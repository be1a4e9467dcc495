"""Another answer, where 😕 under a reply asks for one.

Once for each reply: the ask that it becomes has a key of its own, as every ask has, and goes
the way of every ask. The first reply stays as it is.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog

from app.domain import (
    Ask,
    Job,
    Permission,
    Person,
    Reply,
    ReplyState,
    Repository,
    SignalKind,
    another,
    ask_key,
)
from app.feedback.versions import versions
from app.flows.context import Context
from app.flows.policies import Policies
from app.flows.posting import FINAL
from app.webhooks.commands import ASK

log = structlog.get_logger()

CONFUSED = "confused"
FRESH = timedelta(days=1)
"""Age of a 😕 up to which it is heard; nobody waits for an answer to an older one."""


class Another:
    """Begins asks for another answer."""

    def __init__(self, context: Context, policies: Policies, put: Callable[[Job], object]) -> None:
        """Prepares it; `put` puts a job into the queue, where it may be already."""
        self._context = context
        self._policies = policies
        self._put = put

    def consider(self, repository: Repository, reply: Reply) -> None:
        """Begins an ask where somebody who may wants another answer than a reply.

        Looking again is no second ask, and puts one back into the queue that did not get there.
        """
        who = self._who(reply)
        if who is None or not self._policies.current(repository).another_answer:
            return
        store = self._context.store
        first = store.asks.get(ask_key(reply.trigger_node_id, reply.command_key))
        key = ask_key(reply.trigger_node_id, another(reply.command_key))
        if store.asks.open(
            Ask(
                key=key,
                repository_id=repository.id,
                number=reply.number,
                comment_id=reply.trigger_comment_id,
                comment_node_id=reply.trigger_node_id,
                command=ASK if first is None else first.command,
                command_key=another(reply.command_key),
                delivery_guid="" if first is None else first.delivery_guid,
                asker=who,
                created_at=self._context.clock(),
            )
        ):
            log.info("ask.another", ask=key, repository=repository.id, reply=reply.id)
        ask = store.asks.get(key)
        if ask is None or ask.state in FINAL:
            return
        place = store.asks.waiting(repository.installation_id)
        self._put(Job(name="ask", key=key, args=(key,), place=place))

    def _who(self, reply: Reply) -> Person | None:
        """Returns who wants another answer than a reply: its asker, or a writer, not long ago.

        A reply whose answer is a person's by now is left to people, and one that is another
        answer itself has no other.
        """
        store, now = self._context.store, self._context.clock()
        stands = store.replies.by_id(reply.id)
        if stands is None or stands.state is not ReplyState.LIVE or stands.again:
            return None
        wanting = [
            one.person
            for one in store.signals.of_reply(reply.id)
            if (one.kind, one.content) == (SignalKind.REACTION, CONFUSED)
            and one.removed_at is None
            and now - one.first_seen <= FRESH
            and (one.person.id == reply.asker.id or one.permission >= Permission.WRITE)
        ]
        if not wanting:
            return None
        login = self._context.github.login
        found = versions(reply, store.revisions.of_reply(reply.id), own_login=login)
        return wanting[0] if found.edited is None else None
