"""Why an answer says what it says: the answer beside what it would have been without what
was learned, and each difference linked to the comment that caused it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain import (
    OPERATOR,
    Answer,
    Dictionary,
    Memory,
    MemoryKind,
    Question,
    Reply,
    Ruling,
    RulingKind,
)
from app.errors import UserError
from app.feedback.rulings import RULED_Z
from app.flows.asked import question_of
from app.flows.context import Context
from app.flows.decided import vetoed_replies
from app.flows.differing import saved_at
from app.flows.policies import Policies
from app.flows.regarding import regarded
from app.ports.answers import Answerer
from app.ports.knowledge import Corpus
from app.weave.phrase_score import PhraseScore
from app.weave.recall import strikes

CAUSES = 5
"""Phrases named for one difference, the strongest."""
_COMMENT = re.compile(r"#issuecomment-(\d+)$")
_HOW = {
    MemoryKind.CORRECTION: "corrected",
    MemoryKind.GOOD: "liked a similar answer",
    MemoryKind.BAD: "disliked a similar answer",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """A comment that changed an answer: `how` in words, `url` of the comment, by whom."""

    how: str
    url: str
    author: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What an answer says only because of what was learned, and what it says it instead of."""

    gained: Sequence[str]
    lost: Sequence[str]
    causes: Sequence[Cause]


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """One answer and its counterfactuals, all computed anew over the same text.

    `same_text` tells whether the repository's text at the reply's own commit was still
    there; `repeated` whether computing it anew gave the answer that was posted; `reply_id`
    is that of the reply in the store. `gone_back_to` is the version whose weights the dictionary
    had gone back to, 0 where nothing was set aside.
    """

    question: str
    url: str
    posted: str
    now: Answer
    without_memory: Answer
    without_dictionary: Answer
    without_both: Answer
    by_memory: Difference
    by_dictionary: Difference
    dictionary_version: int
    same_text: bool
    repeated: bool
    reply_id: int = 0
    gone_back_to: int = 0


class WhyFlow:
    """Explains replies that were posted and questions that were only asked here."""

    def __init__(self, context: Context, policies: Policies) -> None:
        self._context = context
        self._policies = policies

    def reply(self, url: str) -> Why:
        """Explains the reply at an address of GitHub.

        Raises:
            UserError: no such reply is known, or its text can no longer be searched.
        """
        store = self._context.store
        reply = store.replies.by_url(url) or self._by_comment(url)
        if reply is None:
            raise UserError(
                f"no reply of this bot is known at {url}: give the address of the comment, "
                "as its time stamp on GitHub links to it"
            )
        repository = store.repositories.get(reply.repository_id)
        if repository is None:
            raise UserError("the repository of this reply is no longer known")
        own = self._context.knowledge.corpus(repository.id, str(reply.block.get("commit", "")))
        corpus = own or self._context.knowledge.corpus(repository.id)
        if corpus is None:
            raise UserError("the repository's text is not indexed: ask something there first")
        vetoed = vetoed_replies(store, repository.id, reply.posted_at)
        memories = [
            memory
            for memory in store.evidence.memories(repository.id)
            if memory.created_at <= reply.posted_at
            and memory.reply_id != reply.id
            and memory.reply_id not in vetoed
        ]
        why = self._explain(
            question_of(store, reply),
            answerer=self._context.answerer(
                self._policies.kept(repository.id),
                self._context.active.named(repository.id, str(reply.block.get("adapter", ""))).name,
            ),
            corpus=corpus,
            memories=memories,
            dictionary=regarded(
                store,
                self._dictionary(reply),
                reply.posted_at,
                but=reply.id,
            ),
        )
        return replace(
            why,
            reply_id=reply.id,
            gone_back_to=self._gone_back_to(repository.id, reply.dictionary_version),
            url=reply.url,
            posted=reply.answer,
            same_text=own is not None,
            repeated=why.now.text == reply.answer,
        )

    def _dictionary(self, reply: Reply) -> Dictionary:
        """Returns the dictionary that a reply was written with."""
        number = reply.dictionary_version
        try:
            return self._context.store.weights.version(reply.repository_id, number)
        except LookupError as error:
            raise UserError(
                f"this reply was written with version {number} of the dictionary, which is not "
                "kept here: it was lost with an earlier database"
            ) from error

    def _gone_back_to(self, repository_id: int, version: int) -> int:
        """Returns which version a version had gone back to; 0 for none."""
        store = self._context.store
        at = saved_at(store, repository_id, version)
        made = [
            one
            for one in store.rulings.roll_backs(repository_id)
            if at is not None and one.at <= at
        ]
        return made[-1].version if made else 0

    def _by_comment(self, url: str) -> Reply | None:
        """Finds a reply whose repository has another name since it was posted."""
        comment = _COMMENT.search(url)
        if comment is None:
            return None
        store = self._context.store
        found = (
            store.replies.by_comment(repository.id, int(comment[1]))
            for repository in store.repositories.all()
        )
        return next((reply for reply in found if reply is not None), None)

    def _explain(
        self,
        question: Question,
        *,
        answerer: Answerer,
        corpus: Corpus,
        memories: Sequence[Memory],
        dictionary: Dictionary,
    ) -> Why:
        made: dict[tuple[bool, bool], Answer] = {}

        def answer(*, memory: bool, phrases: bool) -> Answer:
            # Without anything learned there is nothing to do without: a model takes seconds.
            learned = bool(memories or dictionary.regards)
            case = memory and learned, phrases and bool(dictionary.weights)
            if case not in made:
                made[case] = answerer.answer(
                    question,
                    corpus=corpus,
                    memories=memories if memory else (),
                    dictionary=replace(
                        dictionary,
                        # Phrases alone: what is judged stays on the same scale.
                        weights=dictionary.weights if phrases else {},
                        regards=dictionary.regards if memory else (),
                    ),
                )
            return made[case]

        now = answer(memory=True, phrases=True)
        without_memory = answer(memory=False, phrases=True)
        without_dictionary = answer(memory=True, phrases=False)
        by_memory = _difference(now, without_memory)
        by_dictionary = _difference(now, without_dictionary)
        return Why(
            question=question.text,
            url="",
            posted=now.text,
            now=now,
            without_memory=without_memory,
            without_dictionary=without_dictionary,
            without_both=answer(memory=False, phrases=False),
            by_memory=replace(by_memory, causes=_memory_causes(by_memory, now, memories)),
            by_dictionary=replace(
                by_dictionary, causes=self._phrase_causes(by_dictionary, dictionary)
            ),
            dictionary_version=dictionary.version,
            same_text=True,
            repeated=True,
        )

    def _phrase_causes(self, difference: Difference, dictionary: Dictionary) -> list[Cause]:
        """Names the disliked phrases of what was lost and the liked ones of what was gained."""
        phrases = PhraseScore(dictionary)
        lost = [use for use in phrases.uses("\n\n".join(difference.lost)) if use.effect < 0]
        gained = [use for use in phrases.uses("\n\n".join(difference.gained)) if use.effect > 0]
        rulings = self._context.store.rulings.of(dictionary.repository_id)
        ruled = {one.key: one for one in rulings if one.kind is RulingKind.PHRASE}
        causes = []
        for use in sorted([*lost, *gained], key=lambda use: -abs(use.effect))[:CAUSES]:
            if use.phrase in ruled and abs(use.weight) == RULED_Z:
                causes.append(_decided(ruled[use.phrase]))
                continue
            masses = self._context.store.evidence.provenance(dictionary.repository_id, use.phrase)
            strongest = max(masses, key=lambda mass: abs(mass.mass), default=None)
            if strongest is not None:
                causes.append(
                    Cause(
                        how=f"“{use.phrase}” weighs {use.weight:+.1f}",
                        url=strongest.url,
                        author=strongest.person,
                    )
                )
        return causes


def _decided(ruling: Ruling) -> Cause:
    """Says who decided about a phrase."""
    how = f"“{ruling.key}” was {ruling.what.value}"
    if ruling.by == OPERATOR:
        return Cause(how=f"{how} by the operator", url=ruling.url, author="")
    return Cause(how=how, url=ruling.url, author=ruling.by.login)


def _memory_causes(difference: Difference, now: Answer, memories: Sequence[Memory]) -> list[Cause]:
    """Names the memories that the answer used, corrections of what it lost, and the strongest
    vote on each of its sources that votes moved."""
    if not difference.gained and not difference.lost:
        return []
    used = set(now.memories)
    told = [
        Cause(how=_HOW[memory.kind], url=memory.url, author=memory.author)
        for memory in memories
        if memory.id in used or any(strikes(memory, text) for text in difference.lost)
    ]
    return told + [
        Cause(how=f"moved {one.path} {'up' if one.factor > 1 else 'down'}", url=url, author="")
        for one in now.moved
        for url in one.urls[:1]
    ]


def _difference(now: Answer, other: Answer) -> Difference:
    with_it = [quote.text for quote in now.quotes]
    without = [quote.text for quote in other.quotes]
    return Difference(
        gained=[text for text in with_it if text not in without],
        lost=[text for text in without if text not in with_it],
        causes=(),
    )
