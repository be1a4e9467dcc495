"""The issues of what was learned, on both databases."""

from dataclasses import replace

from app.domain import Evidence, LearnedIssue, LearnedState
from app.store import Store
from tests.stored import NOW, a_mass, a_reply, a_repository, an_ask, later

ISSUE = LearnedIssue(
    repository_id=1,
    state=LearnedState.OPEN,
    asked=True,
    number=12,
    node_id="I_12",
    url="http://h/ann/loom/issues/12",
    write=3,
    ticked={"a" * 20: True, "b" * 20: False},
    edit="UCE_7",
    edit_at=NOW,
    written_at=later(5),
    due_at=later(60),
)


def test_an_issue_is_kept_replaced_and_forgotten(store: Store) -> None:
    store.repositories.save(a_repository())
    assert store.learned.get(1) is None
    wanted = LearnedIssue(repository_id=1, state=LearnedState.WANTED, due_at=NOW)
    store.learned.save(wanted)
    assert store.learned.get(1) == wanted
    store.learned.save(ISSUE)
    assert store.learned.get(1) == ISSUE
    store.learned.drop(1)
    assert store.learned.get(1) is None


def test_what_is_due_comes_first_and_may_be_hastened(store: Store) -> None:
    for number in (1, 2):
        store.repositories.save(a_repository(id=number, name=f"loom{number}"))
        store.learned.save(replace(ISSUE, repository_id=number, due_at=later(60 * number)))
    assert [issue.repository_id for issue in store.learned.all()] == [1, 2]
    store.learned.put_off(2, later(90))
    store.learned.put_off(1, later(90))
    assert [issue.due_at for issue in store.learned.all()] == [later(90), later(120)]
    store.learned.hasten(2, later(30))
    assert [issue.repository_id for issue in store.learned.all()] == [2, 1]
    found = store.learned.get(2)
    assert found is not None and (found.due_at, found.written_at) == (later(30), None)


def test_an_issue_goes_with_its_repository(store: Store) -> None:
    store.repositories.save(a_repository())
    store.learned.save(ISSUE)
    store.forgotten.add(1, NOW)
    assert store.learned.all() == []


def test_what_its_lines_are_made_of(store: Store) -> None:
    store.repositories.save(a_repository())
    for number, command in enumerate(("retrain", "ask", "retrain")):
        store.asks.open(an_ask(f"N{number}", command=command))
    found = store.asks.of_command(1, "retrain")
    assert sorted(ask.comment_node_id for ask in found) == ["N0", "N2"]
    replies = [store.replies.add(a_reply(30 + number)) for number in range(2)]
    phrases = [f"p{number}" for number in range(1200)]
    for reply, at in zip(replies, (later(60), NOW), strict=True):
        masses = [a_mass(phrase, reply_id=reply.id, at=at) for phrase in phrases]
        store.evidence.replace(reply.id, Evidence(masses=masses))
    newest = store.evidence.newest_masses(1, [*phrases, "unknown"])
    assert newest.keys() == set(phrases)
    assert {mass.at for mass in newest.values()} == {later(60)}
    assert store.evidence.newest_masses(1, []) == {}
