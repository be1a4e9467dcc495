"""The issues of what was learned, on both databases."""

from dataclasses import replace

from app.domain import LearnedIssue, LearnedState
from app.store import Store
from tests.stored import NOW, a_repository, later

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
