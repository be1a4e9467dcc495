"""What is left of a look at a reply where people took back their words."""

from datetime import datetime

import pytest

from app.domain import Barred, Person, Reaction, Removal, Revision, Snapshot
from app.feedback.barred import visible
from tests.stored import ANN, BEN, NOW, a_reply, later

REPLY = a_reply(id=1, body="So.")
BOT = Person(id=9, login="bot[bot]", is_bot=True)
OUT = Barred(out=frozenset({BEN.id}))


def revision(text: str | None, editor: Person, seconds: float) -> Revision:
    return Revision(body=text, editor=editor, edited_at=later(seconds))


def reaction(person: Person, seconds: float) -> Reaction:
    return Reaction(content="+1", person=person, created_at=later(seconds))


def seen(*revisions: Revision, body: str = "So.", reactions: tuple[Reaction, ...] = ()) -> Snapshot:
    return Snapshot(
        comment_node_id="N30",
        seen_at=later(99),
        body=body,
        revisions=revisions,
        reactions=reactions,
    )


@pytest.mark.parametrize(
    ("barred", "reply_id", "said_at", "covered"),
    [
        (Barred(), 1, NOW, False),
        (OUT, 1, later(10**6), True),
        (Barred(removals=[Removal(repository_id=1, person_id=BEN.id, at=NOW)]), 1, NOW, True),
        (Barred(removals=[Removal(repository_id=1, person_id=BEN.id, at=NOW)]), 1, later(1), False),
        (Barred(removals=[Removal(repository_id=1, person_id=ANN.id, at=NOW)]), 1, NOW, False),
        (
            Barred(removals=[Removal(repository_id=1, reply_id=2, person_id=BEN.id, at=NOW)]),
            1,
            NOW,
            False,
        ),
        (
            Barred(removals=[Removal(repository_id=1, reply_id=1, person_id=BEN.id, at=NOW)]),
            1,
            NOW,
            True,
        ),
    ],
)
def test_whose_words_are_barred(
    barred: Barred, reply_id: int, said_at: datetime, covered: bool
) -> None:
    assert barred.covers(reply_id, BEN.id, said_at) is covered


def test_nobody_without_a_name_is_barred() -> None:
    assert not Barred(out=frozenset({0})).covers(1, 0, NOW)


def test_a_reaction_goes_and_the_others_stay() -> None:
    found = visible(REPLY, seen(reactions=(reaction(ANN, 1), reaction(BEN, 2))), OUT)
    assert [one.person for one in found.reactions] == [ANN]
    assert found.body == "So."


def test_an_edit_goes_with_all_that_stands_on_it() -> None:
    snapshot = seen(
        revision("So.", BOT, 0),
        revision("So, ann says.", ANN, 1),
        revision("So, ben says.", BEN, 2),
        revision("So, ben and ann say.", ANN, 3),
        body="So, ben and ann say.",
        reactions=(reaction(ANN, 1), reaction(ANN, 4)),
    )
    found = visible(REPLY, snapshot, OUT)
    assert [one.body for one in found.revisions] == ["So.", "So, ann says."]
    assert found.body == "So, ann says."
    assert found.last_edited_at == later(1)
    assert [one.created_at for one in found.reactions] == [later(1)]


def test_of_mere_summaries_nothing_is_kept() -> None:
    snapshot = seen(
        revision("-old +new", ANN, 1), revision("-new +newer", BEN, 2), body="The newer."
    )
    found = visible(REPLY, snapshot, OUT)
    assert (found.revisions, found.body, found.last_edited_at) == ((), "So.", None)


def test_a_look_without_barred_words_stays_as_it_is() -> None:
    snapshot = seen(
        revision("So, ann says.", ANN, 1), body="So, ann says.", reactions=(reaction(ANN, 2),)
    )
    assert visible(REPLY, snapshot, OUT) == snapshot
