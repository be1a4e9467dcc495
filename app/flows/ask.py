"""An ask from acknowledgement to its one reply. Each public method is one durable step.

Every step may run again after a crash, so each first looks at what is already true: the
state of the ask in the store, and the thread on GitHub for a block of the same trigger.
"""

import structlog

from app.domain import (
    Ask,
    AskState,
    Command,
    Comment,
    DraftRecord,
    Person,
    Removal,
    Reply,
    Repository,
    Run,
)
from app.errors import GoneError, RateLimited, UserError
from app.flows import notices
from app.flows.admission import HELP, RETRAIN, Admission
from app.flows.answering import Answering
from app.flows.block import block_for
from app.flows.context import Context
from app.flows.orders import Orders
from app.flows.people import People
from app.flows.policies import Policies
from app.flows.posting import FINAL, Posting
from app.flows.refresh import Refresh
from app.flows.verbs import TREADLE, Verbs
from app.webhooks.commands import commands

log = structlog.get_logger()


class AskFlow:
    """Answers one command of one comment, once."""

    def __init__(
        self,
        context: Context,
        policies: Policies,
        people: People,
        refresh: Refresh,
        orders: Orders,
        verbs: Verbs,
    ) -> None:
        self._context = context
        self._verbs = verbs
        self._orders = orders
        self._posting = Posting(context, policies)
        self._answering = Answering(context, policies, people, refresh, self._posting)
        self._policies = policies
        self._people = people
        self._admission = Admission(context.store, people)

    def acknowledge(self, key: str) -> bool:
        """Shows the asker that they were heard; False where nothing is to be answered.

        Raises:
            UserError: the person may not ask, or asked too often.
        """
        ask, repository = self._load(key)
        if ask.state in FINAL:
            return False
        if self._context.store.threads.muted(repository.id, ask.number):
            self._context.store.asks.set_state(key, AskState.IGNORED, "muted")
            return False
        comment, command = self._trigger(ask, repository)
        if command is None:
            self._context.store.asks.set_state(key, AskState.IGNORED, "command edited away")
            return False
        policy = self._policies.current(repository)
        if command.name == TREADLE:
            refusal = self._verbs.refusal(ask, command.argument, comment, repository)
        else:
            refusal = self._admission.judge(ask, comment, repository, policy)
        if refusal is not None and refusal.tell:
            raise UserError(refusal.reason)
        if refusal is not None:
            if not ask.again:
                self._context.github.react(repository, comment.id, "confused")
            self._context.store.asks.set_state(key, AskState.REFUSED, refusal.reason)
            return False
        if ask.again:
            log.info("ask.acknowledged", ask=key, repository=repository.id)
            return True
        try:
            self._context.github.react(repository, comment.id, "eyes")
        except RateLimited:
            # It would only come late, and take the place of an answer.
            log.info("ask.unacknowledged", ask=key, repository=repository.id)
        else:
            log.info("ask.acknowledged", ask=key, repository=repository.id)
        return True

    def draft(self, key: str) -> bool:
        """Finds the answer and keeps it as it will be posted; False where nothing is to be said.

        Raises:
            UserError: the command has no question, the repository has no text, or there is not
                enough to train on.
        """
        ask, repository = self._load(key)
        if ask.state in FINAL:
            return False
        if self._context.store.asks.draft(key) is not None:
            return True
        comment, command = self._trigger(ask, repository)
        if command is None:
            self._context.store.asks.set_state(key, AskState.IGNORED, "command edited away")
            return False
        policy = self._policies.current(repository)
        if command.name == TREADLE:
            return self._tell(ask, self._verbs.obey(ask, command.argument, comment, repository))
        if command.name == HELP:
            text = notices.help_text(policy, self._policies.faults(repository.id))
            return self._tell(ask, text)
        if command.name == RETRAIN:
            return self._tell(ask, notices.ordered(self._ordered(ask, repository)))
        return self._answering.draft(ask, command, repository, policy)

    def publish(self, key: str) -> None:
        """Posts the draft unless the thread already carries a reply to the same trigger."""
        ask, repository = self._load(key)
        if ask.state in FINAL:
            return
        draft = self._context.store.asks.draft(key)
        if draft is None:
            raise LookupError(f"{key} has no draft to publish")
        posted = self._posting.post(ask, repository, draft.body)
        if posted is None:
            self._context.store.asks.set_state(key, AskState.IGNORED, "no longer wanted")
            log.info("ask.dropped", ask=key)
            return
        if draft.question and ask.asker is not None:
            reply = self._context.store.replies.add(
                Reply(
                    id=0,
                    repository_id=repository.id,
                    number=ask.number,
                    comment_id=posted.id,
                    comment_node_id=posted.node_id,
                    url=posted.url,
                    trigger_comment_id=ask.comment_id,
                    trigger_node_id=ask.comment_node_id,
                    command_key=ask.command_key,
                    asker=self._questioner(ask, ask.asker),
                    question=draft.question,
                    answer=draft.answer,
                    body=draft.body,
                    block=draft.block,
                    sources=draft.sources,
                    dictionary_version=draft.dictionary_version,
                    posted_at=posted.created_at,
                )
            )
            if reply.asker.id in self._context.store.opt_outs.of(repository.id):
                self._forget_question(reply)
        self._context.store.asks.set_state(key, AskState.ANSWERED)
        log.info("ask.answered", ask=key, repository=repository.id, comment=posted.id)

    def refuse(self, key: str, reason: str) -> None:
        """Tells the asker what they can put right."""
        self._posting.say(*self._load(key), notices.refusal(reason), AskState.REFUSED)

    def apologise(self, key: str) -> None:
        """Tells the asker that no answer came of it, and that asking again may work."""
        self._posting.say(*self._load(key), notices.APOLOGY, AskState.FAILED)

    def drop(self, key: str) -> None:
        """Ends an ask whose comment, repository or installation is gone."""
        self._context.store.asks.set_state(key, AskState.IGNORED, "gone")
        log.info("ask.dropped", ask=key)

    # --- parts of the steps ---------------------------------------------------------------

    def _load(self, key: str) -> tuple[Ask, Repository]:
        ask = self._context.store.asks.get(key)
        if ask is None:
            raise LookupError(f"no ask {key}")
        repository = self._context.store.repositories.get(ask.repository_id)
        if repository is None or not self._context.store.repositories.active(ask.repository_id):
            raise GoneError(f"repository {ask.repository_id} is not accessible")
        return ask, repository

    def _trigger(self, ask: Ask, repository: Repository) -> tuple[Comment, Command | None]:
        comment = self._context.github.comment(repository, ask.comment_id)
        policy = self._policies.current(repository)
        for command in commands(comment.body, names=policy.command_names):
            if command.key == ask.asked:
                return comment, command
        return comment, None

    def _questioner(self, ask: Ask, asker: Person) -> Person:
        """Returns whose question is answered: not always who wants another answer to it."""
        if not ask.again:
            return asker
        first = self._context.store.replies.by_trigger(ask.comment_node_id, ask.asked)
        return asker if first is None else first.asker

    def _forget_question(self, reply: Reply) -> None:
        """Orders that the question of somebody who opted out is deleted once it is answered."""
        removal = Removal(
            repository_id=reply.repository_id,
            reply_id=reply.id,
            person_id=reply.asker.id,
            at=max(reply.posted_at, self._context.clock()),
        )
        self._context.store.removals.add(removal, f"asked:{reply.id}")

    def _tell(self, ask: Ask, text: str) -> bool:
        """Keeps words of ours as what will be posted."""
        block = block_for(ask, {"app": ask.command})
        self._context.store.asks.save_draft(
            ask.key,
            DraftRecord(
                body=self._posting.sealed(ask, text, block),
                question="",
                answer="",
                block=block,
                created_at=self._context.clock(),
            ),
        )
        return True

    def _ordered(self, ask: Ask, repository: Repository) -> Run:
        """Begins the training run that somebody asks for."""
        login = ask.asker.login if ask.asker is not None else ""
        return self._orders.order(repository, by=login, key=ask.key)
