"""Which rows may be used: siblings come with them, what people took back does not."""

import pytest

from app.domain import (
    Consent,
    Evidence,
    Person,
    PreferenceRow,
    RowKind,
    RowOrigin,
    Ruling,
    RulingKind,
    RulingWhat,
)
from app.flows.usable_rows import UsableRows, Wanted
from app.store import Store
from app.store.digests import memory_digest, row_digest
from tests.stored import ANN, BEN, NOW, a_memory, a_reply, a_repository, a_row, later

CARL = Person(id=4, login="carl")


@pytest.fixture(autouse=True)
def told(store: Store) -> list[int]:
    """Two answers to one question, one liked by ann, one disliked by ben, and a pair elsewhere."""
    store.repositories.save(a_repository())
    rows = [
        a_row(kind=RowKind.UNPAIRED, rejected="", people=("ann",), origin=RowOrigin.VOTES),
        a_row(kind=RowKind.UNPAIRED, chosen="", people=("ben",), created_at=later(60)),
        a_row(number=4, people=("ben",), prompt="Who?"),
    ]
    ids = []
    for place, row in enumerate(rows):
        reply = store.replies.add(a_reply(30 + 10 * place, asker=CARL, number=row.number))
        ids.append(reply.id)
        made = PreferenceRow(
            **{name: getattr(row, name) for name in row.__slots__} | {"reply_id": reply.id}
        )
        memory = a_memory(reply_id=reply.id, after=f"answer {place}")
        store.evidence.replace(reply.id, Evidence(rows=(made,), memories=(memory,)))
    return ids


def veto(store: Store, kind: RulingKind, key: str) -> None:
    ruling = Ruling(kind=kind, key=key, what=RulingWhat.VETOED, by=ANN, at=NOW, url="")
    store.rulings.set(1, ruling)


def origins(usable: UsableRows) -> list[str]:
    return [f"{row.kind.value} {row.number}" for row in usable]


def test_siblings_come_after_what_they_are_made_of(store: Store) -> None:
    usable = UsableRows(store, 1, Wanted())
    assert origins(usable) == ["unpaired 3", "unpaired 3", "pair 3", "pair 4"]
    rows = list(usable)
    assert {row.consent for row in rows} == {Consent.KEPT}
    assert (rows[2].chosen, rows[2].rejected) == ("use make", "use tox")
    assert rows[2].people == ("ann", "ben")
    assert usable.left_out == {}


def test_rows_of_files_come_last(store: Store) -> None:
    row = a_row(reply_id=0, prompt="Why?", origin=RowOrigin.IMPORTED)
    store.imported.add(1, "one", NOW, [row])
    assert list(UsableRows(store, 1, Wanted()))[-1] == row
    assert row not in list(UsableRows(store, 1, Wanted(imported=False)))
    assert UsableRows(store, 1, Wanted()).count() == 4


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(kinds={RowKind.PAIR}), ["pair 3", "pair 4"]),
        (Wanted(kinds={RowKind.UNPAIRED}), ["unpaired 3", "unpaired 3"]),
        (Wanted(since=later(60)), ["unpaired 3", "pair 3"]),
        (Wanted(since=later(61)), []),
    ],
)
def test_what_was_not_asked_for_is_counted(store: Store, wanted: Wanted, found: list[str]) -> None:
    usable = UsableRows(store, 1, wanted)
    assert origins(usable) == found
    assert sum(usable.left_out.values()) == 4 - len(found)


@pytest.mark.parametrize(
    ("person", "found"),
    [(ANN, ["unpaired 3", "pair 4"]), (BEN, ["unpaired 3"]), (CARL, [])],
    ids=["voter", "voter and editor", "asker"],
)
def test_who_opted_out_is_in_no_row(store: Store, person: Person, found: list[str]) -> None:
    for reply in store.replies.recent(1, 9):
        store.signals.record(reply.id, [], NOW)
    store.opt_outs.add(1, person.id, NOW)
    if person is not CARL:
        # Their logins are known by what they did somewhere.
        store.replies.add(a_reply(90, asker=person))
    store.imported.add(1, "one", NOW, [a_row(prompt="Why?", people=(person.login,))])
    usable = UsableRows(store, 1, Wanted())
    assert origins(usable) == found
    assert set(usable.left_out) == {"of somebody who opted out"}


def test_vetoes_take_out_a_row_a_pair_or_a_reply(store: Store, told: list[int]) -> None:
    rows = list(UsableRows(store, 1, Wanted()))
    veto(store, RulingKind.ROW, row_digest(rows[2]))
    assert origins(UsableRows(store, 1, Wanted())) == ["unpaired 3", "unpaired 3", "pair 4"]
    memory = next(one for one in store.evidence.memories(1) if one.reply_id == told[2])
    key = memory_digest(memory)
    veto(store, RulingKind.MEMORY, key)
    assert origins(UsableRows(store, 1, Wanted())) == ["unpaired 3", "unpaired 3"]
    veto(store, RulingKind.ROW, row_digest(rows[0]))
    usable = UsableRows(store, 1, Wanted())
    assert origins(usable) == ["unpaired 3"]
    assert usable.left_out == {"vetoed": 2}


def test_a_file_brings_nothing_back_of_a_reply_here(store: Store) -> None:
    own = next(row for row in UsableRows(store, 1, Wanted()) if row.number == 4)
    back = PreferenceRow(
        **{name: getattr(own, name) for name in own.__slots__}
        | {"reply_id": 0, "number": 0, "origin": RowOrigin.IMPORTED, "urls": (a_reply(50).url,)}
    )
    store.imported.add(1, "one", NOW, [back])
    veto(store, RulingKind.ROW, row_digest(own))
    usable = UsableRows(store, 1, Wanted())
    assert not any(row.number == 4 or row.origin is RowOrigin.IMPORTED for row in usable)
    assert usable.left_out == {"vetoed": 1, "made of a reply here": 1}
