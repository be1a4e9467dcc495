"""What is posted of an ask: at most one comment for one command, however often that is tried."""

from collections.abc import Mapping

import structlog

from app.domain import Ask, AskState, Comment, Repository, Thread
from app.feedback import metadata
from app.flows.block import block_for
from app.flows.context import Context
from app.flows.policies import Policies
from app.text.layout import answer_part
from app.webhooks.commands import commands

log = structlog.get_logger()

FINAL = {AskState.ANSWERED, AskState.REFUSED, AskState.IGNORED, AskState.FAILED}


class Posting:
    """Posts to the threads of asks, and looks for what was posted there before."""

    def __init__(self, context: Context, policies: Policies) -> None:
        self._context = context
        self._policies = policies

    def sealed(self, ask: Ask, body: str, block: Mapping[str, object]) -> str:
        """Returns a comment to an ask: what people read, and the signed block."""
        return metadata.seal(
            body, block, keys=self._context.keys, trigger_node_id=ask.comment_node_id
        )

    def post(self, ask: Ask, repository: Repository, body: str) -> Comment | None:
        """Posts unless the thread already carries a reply to the same command.

        Returns:
            The comment, or None where none is wanted any more.

        Raises:
            TransientError: another is posting for this ask, or GitHub may work later.
        """
        with self._context.store.asks.posting(ask.key):
            thread = self._context.github.thread(repository, ask.number)
            posted = self._posted(ask, thread)
            if posted is None and self._still_wanted(ask, repository, thread):
                posted = self._context.github.post(repository, ask.number, body)
        return posted

    def say(
        self, ask: Ask, repository: Repository, body: str, state: AskState, reason: str = ""
    ) -> None:
        """Ends an ask with words of ours, posted unless a reply is there already.

        Where a reaction wants another answer nothing is posted: nobody wrote anything to us.
        """
        if ask.state in FINAL:
            return
        if not ask.again:
            self._post_once(ask, repository, body)
        self._context.store.asks.set_state(ask.key, state, reason)
        log.info("ask." + state.value, ask=ask.key, repository=repository.id)

    def _post_once(self, ask: Ask, repository: Repository, body: str) -> None:
        with self._context.store.asks.posting(ask.key):
            thread = self._context.github.thread(repository, ask.number)
            if self._posted(ask, thread) is None:
                sealed = self.sealed(ask, body, block_for(ask, {"app": "notice"}))
                self._context.github.post(repository, ask.number, sealed)

    def _still_wanted(self, ask: Ask, repository: Repository, thread: Thread) -> bool:
        """Tells whether the command still stands and nobody silenced the bot meanwhile."""
        if self._context.store.threads.muted(repository.id, ask.number):
            return False
        if ask.again and not self._stands(ask, thread):
            return False
        policy = self._policies.current(repository)
        return any(
            command.key == ask.asked
            for comment in thread.comments
            if comment.id == ask.comment_id
            for command in commands(comment.body, names=policy.command_names)
        )

    def _stands(self, ask: Ask, thread: Thread) -> bool:
        """Tells whether the first answer to a command is there as it was posted.

        One that a person edited is that person's answer, to which ours has nothing to add.
        """
        first = self._context.store.replies.by_trigger(ask.comment_node_id, ask.asked)
        return first is not None and any(
            answer_part(comment.body) == answer_part(first.body)
            for comment in thread.comments
            if comment.id == first.comment_id
        )

    def _posted(self, ask: Ask, thread: Thread) -> Comment | None:
        """Looks for a comment of ours that answers the same command."""
        keys = self._context.keys
        for comment in thread.comments:
            if not metadata.is_own(comment, app_id=self._context.github.app_id, keys=keys):
                continue
            block = metadata.read(comment.body, keys=keys, trigger_node_id=ask.comment_node_id)
            if isinstance(block, metadata.Block) and block.values.get("command") == ask.command_key:
                return comment
            # Replies to other comments of the thread are right where they stand.
            elsewhere = metadata.read(comment.body, keys=keys)
            if isinstance(elsewhere, metadata.Tampered):
                log.warning(
                    "block.tampered",
                    repository=ask.repository_id,
                    comment=comment.id,
                    reason=elsewhere.reason,
                )
        return None
