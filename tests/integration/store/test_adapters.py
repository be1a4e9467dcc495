"""Versions of adapters on both databases: what may be promoted, and the way back."""

import dataclasses
from collections.abc import Sequence

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from app.domain import AdapterVersion, Promotion, Ruling, RulingKind, RulingWhat
from app.errors import UserError
from app.store import Store
from app.store.schema import adapter_version, promotion, repository, training_run
from tests.stored import ANN, NOW, a_repository, a_run, a_verdict, a_version, later

ONE, TWO, THREE = (a_version(number) for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def _known_repositories(store: Store) -> None:
    store.repositories.save(a_repository())
    store.repositories.save(a_repository(id=2, name="shuttle"))


def add(store: Store, *versions: AdapterVersion) -> None:
    for version in versions:
        store.adapters.add(version)


def promote(store: Store, version: AdapterVersion, **given: object) -> Promotion:
    values = {"by": "ann", "reason": "It won.", "at": NOW}
    return store.adapters.promote(version.repository_id, version.name, **values | given)  # type: ignore[arg-type]


def back(store: Store, **given: object) -> str:
    values = {"by": "ben", "reason": "It was worse.", "at": NOW}
    return store.adapters.rollback(1, **values | given).adapter  # type: ignore[arg-type]


def a_veto(version: AdapterVersion) -> Ruling:
    return Ruling(
        kind=RulingKind.ADAPTER,
        key=version.name,
        what=RulingWhat.VETOED,
        by=ANN,
        at=NOW,
        url="",
    )


def in_force(store: Store, repository_id: int = 1) -> str:
    version = store.adapters.active(repository_id)
    return "" if version is None else version.name


class TestVersions:
    def test_all_of_a_version_comes_back(self, store: Store) -> None:
        refused = a_version(2, verdict=a_verdict("Only 6 of 8.", "Says less."), seed=2**62)
        assert store.adapters.next_number(1) == 1
        assert store.adapters.add(ONE) == ONE
        assert store.adapters.next_number(1) == 2
        add(store, refused)
        assert store.adapters.get(ONE.name) == ONE
        assert store.adapters.versions(1) == [ONE, refused]
        assert store.adapters.versions(2) == []
        assert store.adapters.get("r1-0003-x") is None

    def test_the_same_again_is_no_fault(self, store: Store) -> None:
        add(store, ONE)
        assert store.adapters.add(dataclasses.replace(ONE, created_at=later(9))) == ONE
        retired = store.adapters.retire(1, ONE.name, later(3))
        assert store.adapters.add(ONE) == retired

    @pytest.mark.parametrize(
        "other",
        [
            {"seed": 8},
            {"run_id": "two"},
            {"base_hash": "e" * 64},
            {"metrics": {}},
            {"recipe": {"rate": 0.002}},
            {"verdict": a_verdict("No.")},
            {"files": {"adapter_config.json": "c" * 64}},
            # The name says 8 of its 64 characters.
            {"data_hash": ONE.data_hash[:63] + "f"},
        ],
    )
    def test_another_under_the_same_name_is_refused(
        self, store: Store, other: dict[str, object]
    ) -> None:
        add(store, ONE)
        with pytest.raises(UserError, match=f"The name {ONE.name} belongs to another"):
            store.adapters.add(dataclasses.replace(ONE, **other))  # type: ignore[arg-type]
        assert store.adapters.get(ONE.name) == ONE

    def test_a_number_is_given_once(self, store: Store) -> None:
        add(store, ONE)
        with pytest.raises(UserError, match="The number 1 belongs to another"):
            store.adapters.add(a_version(1, data_hash="f" * 64))
        add(store, a_version(1, repository_id=2))

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"name": "r1-0001-ffffffff"}, "is named r1-0001-10000000"),
            ({"files": {}}, "has files"),
            ({"files": {"adapter_config.json": "C" * 64}}, "SHA-256"),
            ({"base_hash": ""}, "SHA-256"),
        ],
    )
    def test_what_is_no_version_is_an_error(
        self, store: Store, given: dict[str, object], words: str
    ) -> None:
        with pytest.raises(ValueError, match=words):
            store.adapters.add(a_version(1, **given))

    def test_there_must_be_a_repository(self, store: Store) -> None:
        with pytest.raises(LookupError, match="no repository with the id 9"):
            store.adapters.add(a_version(1, repository_id=9))

    def test_numbers_that_json_lacks_are_none(self, store: Store) -> None:
        odd = a_version(1, metrics={"worse": (float("inf"), float("nan"), 1.5)})
        kept = store.adapters.add(odd)
        assert kept.metrics == {"worse": [None, None, 1.5]}
        assert store.adapters.add(odd) == kept


class TestPromotion:
    def test_the_newest_is_in_force(self, store: Store) -> None:
        add(store, ONE, TWO)
        assert store.adapters.active(1) is None
        promote(store, ONE)
        assert store.adapters.active(1) == ONE
        made = promote(store, TWO, by="", reason="Better.", at=later(5))
        assert made == Promotion(
            repository_id=1, adapter=TWO.name, by="", reason="Better.", at=later(5)
        )
        assert store.adapters.active(1) == TWO
        assert [one.adapter for one in store.adapters.history(1)] == [ONE.name, TWO.name]

    def test_what_is_vetoed_is_not_used(self, store: Store) -> None:
        add(store, ONE, TWO, THREE)
        for version in (ONE, TWO, THREE):
            promote(store, version)
        for version in (TWO, THREE):
            store.rulings.set(1, a_veto(version))
        assert in_force(store) == ""
        with pytest.raises(UserError, match="vetoed"):
            promote(store, THREE)
        store.rulings.lift(1, RulingKind.ADAPTER, THREE.name)
        assert in_force(store) == THREE.name
        assert back(store) == ONE.name

    def test_what_is_in_force_is_not_promoted_again(self, store: Store) -> None:
        add(store, ONE)
        first = promote(store, ONE)
        assert promote(store, ONE, at=later(5)) == first
        assert store.adapters.history(1) == [first]

    def test_what_did_not_pass_is_refused_in_words(self, store: Store) -> None:
        bad = a_version(1, verdict=a_verdict("Only 6 of 8 pairs.", "It quotes less."))
        add(store, bad)
        with pytest.raises(
            UserError, match=r"did not pass the gate .* Only 6 of 8 pairs\. It quotes less\."
        ):
            promote(store, bad)
        assert in_force(store) == ""

    def test_what_nobody_measured_is_refused(self, store: Store) -> None:
        bare = a_version(1, verdict=dataclasses.replace(a_verdict(), findings=()))
        add(store, bare)
        with pytest.raises(UserError, match="Nothing was measured"):
            promote(store, bare)

    def test_another_repositorys_is_refused(self, store: Store) -> None:
        other = a_version(1, repository_id=2)
        add(store, ONE, other)
        with pytest.raises(UserError, match=f"has no adapter {other.name}"):
            store.adapters.promote(1, other.name, by="ann", reason="", at=NOW)
        with pytest.raises(UserError, match="has no adapter r1-0009-x"):
            store.adapters.promote(1, "r1-0009-x", by="ann", reason="", at=NOW)
        promote(store, other)
        assert (in_force(store, 1), in_force(store, 2)) == ("", other.name)

    def test_the_database_itself_refuses_another_repositorys(self, store: Store) -> None:
        add(store, a_version(1, repository_id=2))
        row = {"rollback": False, "by_login": "", "reason": "", "at": NOW}
        with pytest.raises(IntegrityError), store.engine.begin() as connection:
            connection.execute(
                insert(promotion).values(
                    repository_id=1, adapter=a_version(1, repository_id=2).name, **row
                )
            )

    def test_what_is_retired_is_refused(self, store: Store) -> None:
        add(store, ONE)
        store.adapters.retire(1, ONE.name, NOW)
        with pytest.raises(UserError, match="was retired on 2026-05-04 and is not used again"):
            promote(store, ONE)


class TestRollback:
    @pytest.mark.parametrize(
        ("steps", "wanted"),
        [
            # Digits promote that version, "<" rolls back, "x" and a digit retire.
            (["1", "<"], [""]),
            (["1", "2", "<"], ["1"]),
            (["1", "2", "3", "<", "<"], ["2", "1"]),
            (["1", "2", "<", "<"], ["1", ""]),
            # What was left is not come back to; what was promoted again is left for what was
            # there just before.
            (["1", "2", "<", "3", "<"], ["1", "1"]),
            (["1", "2", "1", "<", "<"], ["2", "1"]),
            (["1", "<", "1", "<"], ["", ""]),
            (["1", "<", "2", "<"], ["", ""]),
            # What was retired is passed over.
            (["1", "2", "3", "x2", "<", "<"], ["1", ""]),
            (["1", "2", "x1", "<"], [""]),
            (["1", "2", "1", "x2", "<"], [""]),
            (["1", "2", "3", "x2", "<", "3", "<"], ["1", "1"]),
        ],
    )
    def test_what_comes_back(
        self, store: Store, steps: Sequence[str], wanted: Sequence[str]
    ) -> None:
        versions = {"1": ONE, "2": TWO, "3": THREE}
        add(store, *versions.values())
        came = []
        for step in steps:
            if step == "<":
                came.append(back(store))
                assert in_force(store) == came[-1]
            elif step[0] == "x":
                store.adapters.retire(1, versions[step[1]].name, NOW)
            else:
                promote(store, versions[step])
        assert came == [versions[one].name if one else "" for one in wanted]

    def test_it_stands_in_the_history(self, store: Store) -> None:
        add(store, ONE)
        promote(store, ONE)
        back(store, at=later(5))
        assert store.adapters.history(1)[1:] == [
            Promotion(repository_id=1, adapter="", by="ben", reason="It was worse.", at=later(5))
        ]

    def test_without_an_adapter_there_is_no_way_back(self, store: Store) -> None:
        with pytest.raises(UserError, match="nothing to roll back"):
            back(store)
        add(store, ONE)
        promote(store, ONE)
        back(store)
        with pytest.raises(UserError, match="nothing to roll back"):
            back(store)

    def test_asked_twice_for_the_same_it_goes_back_once(self, store: Store) -> None:
        add(store, ONE, TWO)
        promote(store, ONE)
        promote(store, TWO)
        assert back(store, leaving=TWO.name) == ONE.name
        with pytest.raises(UserError, match=f"{TWO.name} is not in force any more: {ONE.name} is"):
            back(store, leaving=TWO.name)
        assert in_force(store) == ONE.name


class TestRetiring:
    def test_it_is_for_good(self, store: Store) -> None:
        add(store, ONE)
        retired = store.adapters.retire(1, ONE.name, later(3))
        assert retired == dataclasses.replace(ONE, retired_at=later(3))
        assert store.adapters.retire(1, ONE.name, later(9)) == retired

    def test_never_what_is_in_force(self, store: Store) -> None:
        add(store, ONE, TWO)
        promote(store, ONE)
        with pytest.raises(UserError, match="is in force: roll it back"):
            store.adapters.retire(1, ONE.name, NOW)
        promote(store, TWO)
        store.adapters.retire(1, ONE.name, NOW)
        assert in_force(store) == TWO.name

    def test_only_ones_own(self, store: Store) -> None:
        add(store, ONE)
        with pytest.raises(UserError, match="has no adapter"):
            store.adapters.retire(2, ONE.name, NOW)


def test_all_goes_with_its_repository(store: Store) -> None:
    add(store, ONE, TWO, a_version(1, repository_id=2))
    store.runs.create(a_run())
    promote(store, ONE)
    promote(store, TWO)
    back(store)
    with store.engine.begin() as connection:
        connection.execute(delete(repository).where(repository.c.id == 1))
        left = [
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (training_run, adapter_version, promotion)
        ]
    assert left == [0, 1, 0]
