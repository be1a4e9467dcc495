"""From what people did to what the next answer knows: memory, weights, preference rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from app.domain import (
    Calibration,
    Dictionary,
    Evidence,
    Judgement,
    MemoryKind,
    PhraseWeight,
    Reply,
    Ruling,
)
from app.feedback.assessment import Assessed, Assessment
from app.feedback.caps import sources_of_writers
from app.feedback.evidence import evidence
from app.feedback.judgements import PRINCIPLES, capped, words_on
from app.feedback.regards import regards
from app.feedback.rulings import Aside, of_phrases, ruled
from app.flows.assessing import Assessing
from app.flows.context import Context
from app.flows.decided import decided
from app.flows.ledgers import Ledgers
from app.flows.policies import Policies
from app.flows.teaching import taught
from app.weave.calibration import calibrations

log = structlog.get_logger()

JUDGED = 500
"""The newest replies of a repository, of those with signals, that principles are calibrated by."""


class Learn:
    """Replaces what replies taught by what the signals of their repository say now.

    All of it compares before it writes, so that work cut off by a crash is made good by the
    next sweep, and running it again changes nothing.
    """

    def __init__(self, context: Context, policies: Policies) -> None:
        self._context = context
        self._policies = policies
        self._assessing = Assessing(context.store, policies, context.clock)
        self._ledgers = Ledgers(context.store.evidence)
        self._weighed: dict[int, object] = {}
        self._counted: dict[int, dict[int, object]] = {}

    def assess(self, repository_id: int) -> Assessment:
        """Returns what all signals of a repository count now."""
        return self._assessing.repository(repository_id)

    def moved(
        self, repository_id: int, assessment: Assessment, but: Collection[int]
    ) -> Sequence[Reply]:
        """Returns other replies whose signals count otherwise than at the last call.

        A word on one reply tells of the person who gave it, and so of what they say elsewhere.
        What happened before this process began is made good as each reply is swept, within a day.
        """
        now = {reply_id: _counts(found) for reply_id, found in assessment.by_reply.items()}
        before = self._counted.get(repository_id)
        self._counted[repository_id] = now
        if before is None:
            return []
        changed = {one for one in now.keys() | before.keys() if now.get(one) != before.get(one)}
        found = (self._context.store.replies.by_id(one) for one in sorted(changed - set(but)))
        return [reply for reply in found if reply is not None]

    def reply(self, reply: Reply, assessment: Assessment) -> bool:
        """Computes a reply's evidence anew; True where it differs from what was kept."""
        store = self._context.store
        signals = assessment.counting(reply.id)
        revisions = store.revisions.of_reply(reply.id)
        own_login = self._context.github.login
        found = evidence(reply, signals, revisions, own_login=own_login)
        moved = store.regards.replace(
            reply.id, regards(reply, signals, revisions, own_login=own_login)
        )
        if not self._policies.kept(reply.repository_id).training:
            found = replace(found, rows=())
        if not reply.question:
            # Who asked took it back: a correction stands without it, an example does not.
            corrections = [one for one in found.memories if one.kind is MemoryKind.CORRECTION]
            found = replace(found, memories=tuple(corrections), rows=())
        before = store.evidence.of_reply(reply.id)
        if _comparable(found) == _comparable(before):
            return moved
        for entry in taught(reply, signals, before, found, self._context.clock()):
            store.audit.record(reply.repository_id, entry)
        # Forgotten first: where this is cut off, the next sweep weighs all phrases anew.
        self._weighed.pop(reply.repository_id, None)
        changes = store.evidence.replace(reply.id, found)
        self._ledgers.replaced(reply.repository_id, reply.id, changes)
        return True

    def dictionary(self, repository_id: int, *, changed: bool) -> None:
        """Weighs all phrases of a repository, and calibrates its principles, where that may give
        other values than kept.

        That is after a change or a ruling, once a day since evidence decays, and at the first
        call of a process since an earlier one may have been cut off. Age is counted in whole
        days, so that without news a day has one version.
        """
        rulings, times = self._decided(repository_id)
        weighed = self._today(), rulings, times
        if not changed and self._weighed.get(repository_id) == weighed:
            return
        assessment = self.assess(repository_id)
        weights = self._phrases(repository_id, assessment, rulings, times)
        scales = calibrations(self._judgements(repository_id, assessment, times))
        self._save(repository_id, weights, scales)
        self._weighed[repository_id] = weighed

    def rule(self, repository_id: int, *, scales: int = 0) -> Dictionary:
        """Weighs all phrases of a repository anew by what was decided about them.

        It needs nothing of GitHub's, and so leaves the scales of principles as they are, or takes
        those of the version `scales`.

        Raises:
            LookupError: there is no such version.
        """
        weights = self._context.store.weights
        kept = weights.version(repository_id, scales) if scales else weights.latest(repository_id)
        found = self._phrases(
            repository_id, self.assess(repository_id), *self._decided(repository_id)
        )
        return self._save(repository_id, found, kept.calibrations)

    def _decided(self, repository_id: int) -> tuple[tuple[Ruling, ...], Aside]:
        """Returns what maintainers decided: rulings, and what is set aside."""
        found = decided(self._context.store, repository_id)
        return found.rulings, found.aside

    def _phrases(
        self,
        repository_id: int,
        assessment: Assessment,
        rulings: Sequence[Ruling],
        times: Aside,
    ) -> list[PhraseWeight]:
        writers = sources_of_writers([one.signal for one in assessment.signals])
        return ruled(
            self._ledgers.weighed(
                repository_id, self._today(), writers, times, also=of_phrases(rulings).keys()
            ),
            rulings,
        )

    def _save(
        self,
        repository_id: int,
        weights: Sequence[PhraseWeight],
        scales: Mapping[str, Calibration],
    ) -> Dictionary:
        store = self._context.store
        before = store.weights.newest(repository_id)
        after = store.weights.save(repository_id, weights, self._context.clock(), scales)
        if after.version != before:
            log.info("dictionary.version", repository=repository_id, version=after.version)
        return after

    def _today(self) -> datetime:
        return self._context.clock().replace(hour=0, minute=0, second=0, microsecond=0)

    def _judgements(
        self, repository_id: int, assessment: Assessment, times: Aside
    ) -> list[Judgement]:
        """Returns what people say of the replies that were judged by principles."""
        store = self._context.store
        words = [
            word
            for reply in store.replies.judged(repository_id, PRINCIPLES, JUDGED)
            for word in words_on(
                reply,
                [
                    one
                    for one in assessment.counting(reply.id)
                    if not times.holds(reply.id, one.known_at)
                ],
                store.revisions.of_reply(reply.id),
                own_login=self._context.github.login,
            )
        ]
        return capped(words)


def _counts(found: Sequence[Assessed]) -> object:
    """What of a reply's signals makes its evidence another."""
    return [(one.signal.person.id, one.signal.content, one.signal.trust) for one in found]


def _comparable(value: Evidence) -> tuple[object, ...]:
    """The parts of evidence that it is compared by: ids of memories are the store's own, and what
    is put beside them comes from elsewhere."""
    return (
        sorted(
            (replace(one, id=0, preference="", preference_by="") for one in value.memories),
            key=repr,
        ),
        sorted(value.masses, key=repr),
        sorted(value.rows, key=repr),
    )
