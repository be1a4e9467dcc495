"""How far a reading of the past has come, on both databases."""

from dataclasses import replace

from app.domain import Evidence, Memory, MemoryKind, PhraseWeight
from app.domain.backfill import BackfillState, Lost, PostedAt
from app.store import Store
from tests.stored import NOW, a_reply, a_repository, later

POSTED = PostedAt(comment_id=30, node_id="N30", url="http://h/1#issuecomment-30", number=3, at=NOW)
STATE = BackfillState(
    repository_id=1,
    begun_at=NOW,
    since=later(-60),
    cursor=later(5),
    page=2,
    total=300,
    comments=120,
    replies=4,
    edge=(29, 30),
    pending=(POSTED,),
    orders=(replace(POSTED, comment_id=31),),
    lost=(Lost(url="http://h/1", what="gone"),),
)


def test_it_is_kept_until_it_ends(store: Store) -> None:
    store.repositories.save(a_repository())
    assert store.backfills.get(1) is None
    for state in (BackfillState(repository_id=1, begun_at=NOW), STATE, replace(STATE, page=3)):
        store.backfills.save(state)
        assert store.backfills.get(1) == state
    store.backfills.end(1)
    assert store.backfills.get(1) is None


def test_numbers_that_comments_cite_are_not_given_again(store: Store) -> None:
    store.repositories.save(a_repository())
    reply = store.replies.add(a_reply(dictionary_version=7))
    store.backfills.number_memories_above(41)
    store.backfills.number_memories_above(12)
    memory = Memory(
        repository_id=1,
        reply_id=reply.id,
        kind=MemoryKind.GOOD,
        question="How?",
        before="",
        after="So.",
        author="ann",
        url=reply.url,
        weight=1.0,
        created_at=NOW,
    )
    store.evidence.replace(reply.id, Evidence(memories=(memory,)))
    [kept] = store.evidence.memories(1)
    assert kept.id > 41
    weight = PhraseWeight(phrase="so", z=3.0, liked=1.0, disliked=0.0)
    assert store.weights.save(1, [weight], NOW).version == 8
    assert store.weights.save(1, [], NOW).version == 9
