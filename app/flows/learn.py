"""From what people did to what the next answer knows: memory, weights, preference rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.domain import Evidence, Judgement, Permission, Reply, Signal
from app.feedback.evidence import evidence
from app.feedback.judgements import PRINCIPLES, capped, words_on
from app.feedback.weights import dictionary
from app.flows.context import Context
from app.flows.policies import Policies
from app.flows.policy import Policy
from app.weave.calibration import calibrations

log = structlog.get_logger()

JUDGED = 2000
"""The newest signals of a repository that principles are calibrated by."""


class Learn:
    """Replaces what a reply taught by what its signals say now.

    Both methods compare before they write, so that work cut off by a crash is made good by
    the next sweep, and running them again changes nothing.
    """

    def __init__(self, context: Context, policies: Policies) -> None:
        self._context = context
        self._policies = policies
        self._weighed: dict[int, datetime] = {}

    def reply(self, reply: Reply) -> bool:
        """Computes a reply's evidence anew; True where it differs from what was kept."""
        store = self._context.store
        policy = self._policies.kept(reply.repository_id)
        found = evidence(
            reply,
            signals=self._ripe(store.signals.of_reply(reply.id), policy),
            revisions=store.revisions.of_reply(reply.id),
            own_login=self._context.github.login,
        )
        if not policy.training:
            found = replace(found, rows=())
        if _comparable(found) == _comparable(store.evidence.of_reply(reply.id)):
            return False
        # Forgotten first: where this is cut off, the next sweep weighs all phrases anew.
        self._weighed.pop(reply.repository_id, None)
        store.evidence.replace(reply.id, found)
        return True

    def dictionary(self, repository_id: int, *, changed: bool) -> None:
        """Weighs all phrases of a repository, and calibrates its principles, where that may give
        other values than kept.

        That is after a change, once a day since evidence decays, and at the first call of a
        process since an earlier one may have been cut off. Age is counted in whole days, so
        that without news a day has one version.
        """
        store = self._context.store
        today = self._context.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        if not changed and self._weighed.get(repository_id) == today:
            return
        before = store.weights.latest(repository_id)
        weights = dictionary(store.evidence.masses(repository_id), today)
        scales = calibrations(self._judgements(repository_id))
        after = store.weights.save(repository_id, weights, self._context.clock(), scales)
        self._weighed[repository_id] = today
        if after.version != before.version:
            log.info("dictionary.version", repository=repository_id, version=after.version)

    def _judgements(self, repository_id: int) -> list[Judgement]:
        """Returns what people say of the replies that were judged by principles."""
        store = self._context.store
        policy = self._policies.kept(repository_id)
        signals: dict[int, list[Signal]] = {}
        for signal in self._ripe(store.signals.of_repository(repository_id, JUDGED), policy):
            signals.setdefault(signal.reply_id, []).append(signal)
        words = []
        for reply_id in sorted(signals):
            reply = store.replies.by_id(reply_id)
            if reply is not None and reply.block.get(PRINCIPLES):
                words += words_on(
                    reply,
                    signals[reply_id],
                    store.revisions.of_reply(reply_id),
                    own_login=self._context.github.login,
                )
        return capped(words)

    def _ripe(self, signals: Sequence[Signal], policy: Policy) -> list[Signal]:
        """Returns the signals that count already: others than writers' wait where that is set."""
        ripe = self._context.clock() - timedelta(days=policy.delay_days)
        return [
            signal
            for signal in signals
            if signal.permission >= Permission.WRITE or signal.first_seen <= ripe
        ]


def _comparable(value: Evidence) -> tuple[object, ...]:
    """The parts of evidence that it is compared by: ids of memories are the store's own."""
    return (
        sorted((replace(memory, id=0) for memory in value.memories), key=repr),
        sorted(value.masses, key=repr),
        sorted(value.rows, key=repr),
    )
