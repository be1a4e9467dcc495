"""Repositories, installations, configuration files and quiet threads, on both databases."""

from app.domain import PolicyFile
from app.store import Store
from tests.stored import ANN, BEN, NOW, a_repository


def test_a_repository_is_saved_and_found(store: Store) -> None:
    value = a_repository(default_branch="trunk", private=True)
    store.repositories.save(value)
    assert store.repositories.get(1) == value
    assert store.repositories.by_name("ANN", "Loom") == value
    assert store.repositories.all() == [value]
    assert store.repositories.get(2) is None
    assert store.repositories.by_name("ann", "other") is None


def test_saving_again_takes_over_what_is_new(store: Store) -> None:
    store.repositories.save(a_repository())
    moved = a_repository(owner="ben", name="shuttle", installation_id=8)
    store.repositories.save(moved)
    assert store.repositories.all() == [moved]


def test_a_name_leads_to_the_repository_that_has_it_now(store: Store) -> None:
    store.repositories.save(a_repository(id=5))
    store.repositories.remove(5, NOW)
    store.repositories.save(a_repository(id=4))
    found = store.repositories.by_name("ann", "loom")
    assert found is not None
    assert found.id == 4


def test_rename(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.rename(1, "ann", "warp")
    assert store.repositories.get(1) == a_repository(name="warp")


def test_a_removed_repository_is_kept_but_not_active(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.remove(1, NOW)
    assert not store.repositories.active(1)
    assert store.repositories.all() == []
    assert store.repositories.get(1) is not None
    store.repositories.save(a_repository())
    assert store.repositories.active(1)


def test_the_installation_decides_whether_a_repository_is_active(store: Store) -> None:
    store.repositories.save(a_repository())
    assert store.repositories.active(1)
    for state, active in (("suspended", False), ("active", True), ("removed", False)):
        store.repositories.set_installation_state(7, state, NOW)  # type: ignore[arg-type]
        assert store.repositories.active(1) is active
    store.repositories.set_installation_state(8, "active", NOW)
    assert not store.repositories.active(1)
    assert not store.repositories.active(99)


def test_configuration_files_by_scope(store: Store) -> None:
    store.repositories.save(a_repository())
    assert store.repositories.policy(1) == {}
    store.repositories.save_policy(1, "repository", "s1", "limits: 3")
    store.repositories.save_policy(1, "organisation", "s2", "")
    store.repositories.save_policy(1, "repository", "s3", "limits: 3", ["line 2: no such key"])
    assert store.repositories.policy(1) == {
        "repository": PolicyFile(
            scope="repository", sha="s3", text="limits: 3", errors=("line 2: no such key",)
        ),
        "organisation": PolicyFile(scope="organisation", sha="s2", text=""),
    }


def test_a_thread_is_muted_until_it_is_not(store: Store) -> None:
    store.repositories.save(a_repository())
    assert not store.threads.muted(1, 3)
    store.threads.mute(1, 3, ANN)
    store.threads.mute(1, 3, BEN)
    assert store.threads.muted(1, 3)
    assert not store.threads.muted(1, 4)
    store.threads.unmute(1, 3)
    store.threads.unmute(1, 3)
    assert not store.threads.muted(1, 3)


def test_a_removed_installation_is_not_suspended(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.set_installation_state(7, "removed", NOW)
    store.repositories.set_installation_state(7, "suspended", NOW)
    assert store.repositories.installed() == frozenset()
    store.repositories.set_installation_state(7, "active", NOW)
    assert store.repositories.installed() == {1}


def test_the_repositories_of_an_installation_newest_first(store: Store) -> None:
    for number in (1, 2, 3, 4):
        store.repositories.save(a_repository(id=number, name=f"loom{number}"))
    store.repositories.save(a_repository(id=5, name="warp", installation_id=8))
    store.repositories.remove(4, NOW)
    assert [one.id for one in store.repositories.of_installation(7, 2)] == [3, 2]
