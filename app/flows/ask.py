"""An ask from acknowledgement to its one reply. Each public method is one durable step.

Every step may run again after a crash, so each first looks at what is already true: the
state of the ask in the store, and the thread on GitHub for a block of the same trigger.
"""

from collections.abc import Mapping

import structlog

from app.domain import (
    Ask,
    AskState,
    Command,
    Comment,
    DraftRecord,
    Permission,
    Question,
    Reply,
    Repository,
    Run,
    Thread,
)
from app.errors import GoneError, RateLimited, UserError
from app.feedback import metadata
from app.flows import notices
from app.flows.admission import HELP, RETRAIN, Admission
from app.flows.block import block_for, block_of, usage_of
from app.flows.composing import Composing
from app.flows.context import Context
from app.flows.orders import Orders
from app.flows.people import People
from app.flows.policies import Policies
from app.flows.policy import Policy
from app.flows.refresh import Refresh
from app.text.layout import COMMENT_LIMIT
from app.weave import reply as layout
from app.webhooks.commands import commands

log = structlog.get_logger()

FINAL = {AskState.ANSWERED, AskState.REFUSED, AskState.IGNORED, AskState.FAILED}

CONTEXT = 4000
"""Characters of a thread's title and opening text that an answer may go by."""


class AskFlow:
    """Answers one command of one comment, once."""

    def __init__(
        self,
        context: Context,
        policies: Policies,
        people: People,
        refresh: Refresh,
        orders: Orders,
    ) -> None:
        self._context = context
        self._orders = orders
        self._composing = Composing(context)
        self._policies = policies
        self._people = people
        self._refresh = refresh
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
        refusal = self._admission.judge(ask, comment, repository, policy)
        if refusal is not None and refusal.tell:
            raise UserError(refusal.reason)
        if refusal is not None:
            self._context.github.react(repository, comment.id, "confused")
            self._context.store.asks.set_state(key, AskState.REFUSED, refusal.reason)
            return False
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
        _, command = self._trigger(ask, repository)
        if command is None:
            self._context.store.asks.set_state(key, AskState.IGNORED, "command edited away")
            return False
        policy = self._policies.current(repository)
        if command.name == HELP:
            text = notices.help_text(policy, self._policies.faults(repository.id))
            return self._tell(ask, text)
        if command.name == RETRAIN:
            return self._tell(ask, notices.ordered(self._ordered(ask, repository)))
        return self._answer(ask, command, repository, policy)

    def publish(self, key: str) -> None:
        """Posts the draft unless the thread already carries a reply to the same trigger."""
        ask, repository = self._load(key)
        if ask.state in FINAL:
            return
        draft = self._context.store.asks.draft(key)
        if draft is None:
            raise LookupError(f"{key} has no draft to publish")
        with self._context.store.asks.posting(key):
            thread = self._context.github.thread(repository, ask.number)
            posted = self._posted(ask, thread)
            if posted is None and self._still_wanted(ask, repository, thread):
                posted = self._context.github.post(repository, ask.number, draft.body)
        if posted is None:
            self._context.store.asks.set_state(key, AskState.IGNORED, "no longer wanted")
            log.info("ask.dropped", ask=key)
            return
        if draft.question and ask.asker is not None:
            self._context.store.replies.add(
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
                    asker=ask.asker,
                    question=draft.question,
                    answer=draft.answer,
                    body=draft.body,
                    block=draft.block,
                    sources=draft.sources,
                    dictionary_version=draft.dictionary_version,
                    posted_at=posted.created_at,
                )
            )
        self._context.store.asks.set_state(key, AskState.ANSWERED)
        log.info("ask.answered", ask=key, repository=repository.id, comment=posted.id)

    def refuse(self, key: str, reason: str) -> None:
        """Tells the asker what they can put right."""
        self._say(key, notices.refusal(reason), AskState.REFUSED)

    def apologise(self, key: str) -> None:
        """Tells the asker that no answer came of it, and that asking again may work."""
        self._say(key, notices.APOLOGY, AskState.FAILED)

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
            if command.key == ask.command_key:
                return comment, command
        return comment, None

    def _tell(self, ask: Ask, text: str) -> bool:
        """Keeps words of ours as what will be posted."""
        block = block_for(ask, {"app": ask.command})
        self._context.store.asks.save_draft(
            ask.key,
            DraftRecord(
                body=self._sealed(ask, text, block),
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

    def _answer(self, ask: Ask, command: Command, repository: Repository, policy: Policy) -> bool:
        """Drafts an answer; False where the language model cannot, and the asker was told."""
        store = self._context.store
        if not command.argument.strip():
            raise UserError(
                f"Write a question after the command, as in `/{policy.command} How do I …?`"
            )
        try:
            corpus = self._refresh.corpus(repository)
        except GoneError as error:
            raise UserError(
                "I may not read this repository's text. Somebody who looks after this App has "
                "to allow it to: it needs the permission *Contents: read*."
            ) from error
        if corpus is None:
            raise UserError("This repository has no text yet that an answer could come from.")
        thread = self._context.github.thread(repository, ask.number)
        question = Question(
            text=command.argument,
            title=thread.title[:CONTEXT],
            body=thread.body[:CONTEXT],
        )
        model = self._context.model
        try:
            composed = self._composing.answer(
                question, corpus=corpus, repository_id=repository.id, policy=policy
            )
        except UserError as error:
            # Nothing that the asker could put right: the reason is for whoever runs the bot.
            log.error("ask.model_unusable", ask=ask.key, model=model.name, reason=str(error))
            self._say(ask.key, notices.MODEL_UNUSABLE, AskState.FAILED, str(error))
            return False
        answer = composed.answer
        if answer.left_out:
            # A model that reads more, or more TREADLE_MODEL_PROMPT_TOKENS, would see them.
            log.info("ask.passages_left_out", ask=ask.key, model=model.name, count=answer.left_out)
        block = block_of(
            answer,
            ask=ask,
            commit=corpus.commit,
            dictionary_version=composed.dictionary_version,
            without=composed.chosen.unused,
        )
        body = layout.render(
            answer,
            repository=repository,
            commit=corpus.commit,
            web_url=self._context.web_url,
            footer=policy.footer,
            bot_name=policy.name,
            room=COMMENT_LIMIT - len(self._sealed(ask, "", block)),
            notice=" ".join(filter(None, (model.note, self._notice(ask, repository)))),
        )
        store.asks.save_draft(
            ask.key,
            DraftRecord(
                body=self._sealed(ask, body, block),
                question=command.argument,
                answer=answer.text,
                block=block,
                sources=tuple(answer.sources),
                dictionary_version=composed.dictionary_version,
                abstained=answer.abstained,
                details={
                    "title": question.title,
                    "body": question.body,
                    "usage": usage_of(answer),
                    "place": model.place,
                },
                created_at=self._context.clock(),
            ),
        )
        return True

    def _notice(self, ask: Ask, repository: Repository) -> str:
        """Tells people who can mend the configuration file that there is something to mend."""
        faults = self._policies.faults(repository.id)
        if not faults or ask.asker is None:
            return ""
        if self._people.permission(repository, ask.asker) < Permission.WRITE:
            return ""
        return notices.faulty(len(faults))

    def _sealed(self, ask: Ask, body: str, block: Mapping[str, object]) -> str:
        return metadata.seal(
            body, block, keys=self._context.keys, trigger_node_id=ask.comment_node_id
        )

    def _still_wanted(self, ask: Ask, repository: Repository, thread: Thread) -> bool:
        """Tells whether the command still stands and nobody silenced the bot meanwhile."""
        if self._context.store.threads.muted(repository.id, ask.number):
            return False
        policy = self._policies.current(repository)
        return any(
            command.key == ask.command_key
            for comment in thread.comments
            if comment.id == ask.comment_id
            for command in commands(comment.body, names=policy.command_names)
        )

    def _posted(self, ask: Ask, thread: Thread) -> Comment | None:
        """Looks for a comment of ours that answers the same command."""
        for comment in thread.comments:
            # Others than GitHub do not say which App wrote a comment: there the block decides.
            named = comment.app_id is not None
            if named and comment.app_id != self._context.github.app_id:
                continue
            block = metadata.read(
                comment.body, keys=self._context.keys, trigger_node_id=ask.comment_node_id
            )
            if (
                isinstance(block, metadata.Block)
                and block.values.get("command") == ask.command_key
                and (named or block.intact)
            ):
                return comment
            # Replies to other comments of the thread are right where they stand.
            elsewhere = metadata.read(comment.body, keys=self._context.keys)
            if named and isinstance(elsewhere, metadata.Tampered):
                log.warning(
                    "block.tampered",
                    repository=ask.repository_id,
                    comment=comment.id,
                    reason=elsewhere.reason,
                )
        return None

    def _say(self, key: str, body: str, state: AskState, reason: str = "") -> None:
        ask, repository = self._load(key)
        if ask.state in FINAL:
            return
        with self._context.store.asks.posting(key):
            thread = self._context.github.thread(repository, ask.number)
            if self._posted(ask, thread) is None:
                sealed = self._sealed(ask, body, block_for(ask, {"app": "notice"}))
                self._context.github.post(repository, ask.number, sealed)
        self._context.store.asks.set_state(key, state, reason)
        log.info("ask." + state.value, ask=key, repository=repository.id)
