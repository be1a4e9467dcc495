"""From a question to the answer that will be posted, and to the record of what was tried."""

from dataclasses import replace

import structlog

from app.domain import (
    Answer,
    Ask,
    AskState,
    AskTree,
    Command,
    DraftRecord,
    Outcome,
    Permission,
    Question,
    Repository,
)
from app.errors import GoneError, UserError
from app.flows import notices
from app.flows.asked import unhelpful
from app.flows.block import block_of, opinions_of, usage_of
from app.flows.composing import Composed, Composing
from app.flows.context import Context
from app.flows.people import People
from app.flows.policies import Policies
from app.flows.policy import Policy
from app.flows.posting import Posting
from app.flows.refresh import Refresh
from app.ports.knowledge import Corpus
from app.text.layout import COMMENT_LIMIT
from app.weave import reply as layout

log = structlog.get_logger()

CONTEXT = 4000
"""Characters of a thread's title and opening text that an answer may go by."""


class Answering:
    """Drafts answers to questions."""

    def __init__(
        self,
        context: Context,
        policies: Policies,
        people: People,
        refresh: Refresh,
        posting: Posting,
    ) -> None:
        self._context = context
        self._policies = policies
        self._people = people
        self._refresh = refresh
        self._posting = posting
        self._composing = Composing(context)

    def draft(self, ask: Ask, command: Command, repository: Repository, policy: Policy) -> bool:
        """Keeps an answer as it will be posted, and what was tried for it.

        Returns:
            False where the language model cannot answer, and the asker was told.

        Raises:
            UserError: there is no question, or no text that an answer could come from.
        """
        if not command.argument.strip():
            raise UserError(
                f"Write a question after the command, as in `/{policy.command} How do I …?`"
            )
        corpus = self._corpus(repository)
        thread = self._context.github.thread(repository, ask.number)
        question = Question(
            text=command.argument,
            title=thread.title[:CONTEXT],
            body=thread.body[:CONTEXT],
            unhelpful=unhelpful(self._context.store, ask.comment_node_id, ask.command_key),
        )
        model = self._context.model
        try:
            composed = self._composing.answer(
                question, corpus=corpus, repository_id=repository.id, policy=policy
            )
        except UserError as error:
            # Nothing that the asker could put right: the reason is for whoever runs the bot.
            log.error("ask.model_unusable", ask=ask.key, model=model.name, reason=str(error))
            self._posting.say(ask, repository, notices.MODEL_UNUSABLE, AskState.FAILED, str(error))
            return False
        answer = composed.answer
        if answer.left_out:
            # A model that reads more, or more TREADLE_MODEL_PROMPT_TOKENS, would see them.
            log.info("ask.passages_left_out", ask=ask.key, model=model.name, count=answer.left_out)
        # First, since an ask with a draft is not drafted again.
        self._keep(ask, command.argument, answer, policy.min_score)
        record = self._record(ask, repository, question, corpus, policy, composed)
        # By it the opening text can be deleted when its author wants that.
        details = {**record.details, "opener": thread.author.id}
        self._context.store.asks.save_draft(ask.key, replace(record, details=details))
        return True

    def _record(
        self,
        ask: Ask,
        repository: Repository,
        question: Question,
        corpus: Corpus,
        policy: Policy,
        composed: Composed,
    ) -> DraftRecord:
        """Lays an answer out as it will be posted."""
        answer, model = composed.answer, self._context.model
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
            room=COMMENT_LIMIT - len(self._posting.sealed(ask, "", block)),
            notice=" ".join(
                filter(None, (self._again(ask), model.note, self._notice(ask, repository)))
            ),
        )
        return DraftRecord(
            body=self._posting.sealed(ask, body, block),
            question=question.text,
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
                **opinions_of(answer),
            },
            created_at=self._context.clock(),
        )

    def _corpus(self, repository: Repository) -> Corpus:
        try:
            corpus = self._refresh.corpus(repository)
        except GoneError as error:
            raise UserError(
                "I may not read this repository's text. Somebody who looks after this App has "
                "to allow it to: it needs the permission *Contents: read*."
            ) from error
        if corpus is None:
            raise UserError("This repository has no text yet that an answer could come from.")
        return corpus

    def _keep(self, ask: Ask, question: str, answer: Answer, min_score: float) -> None:
        """Keeps what was tried, for who wants to know why the reply is as it is."""
        if not answer.tried:
            return
        if answer.restarts:
            log.info(
                "ask.drafted_anew",
                ask=ask.key,
                restarts=answer.restarts,
                course=answer.tried[-1].course.value,
                refused=answer.refused,
            )
        self._context.store.trees.save(
            AskTree(
                ask_key=ask.key,
                repository_id=ask.repository_id,
                question=question,
                outcome=_outcome(answer),
                min_score=min_score,
                tried=answer.tried,
                drafts=answer.drafts,
                more=answer.more,
                created_at=self._context.clock(),
            )
        )

    def _again(self, ask: Ask) -> str:
        """Says that an answer is another try, and where the first one stands."""
        if not ask.again:
            return ""
        first = self._context.store.replies.by_trigger(ask.comment_node_id, ask.asked)
        return "" if first is None else notices.another_try(first.url)

    def _notice(self, ask: Ask, repository: Repository) -> str:
        """Tells people who can mend the configuration file that there is something to mend."""
        faults = self._policies.faults(repository.id)
        if not faults or ask.asker is None:
            return ""
        if self._people.permission(repository, ask.asker) < Permission.WRITE:
            return ""
        return notices.faulty(faults)


def _outcome(answer: Answer) -> Outcome:
    if answer.refused:
        return Outcome.REFUSED
    return Outcome.UNKNOWN if answer.abstained else Outcome.ANSWERED
