"""What goes into the queue of a delivery, and how it is read again."""

import json

from app.domain import Delivery
from app.inbox import ask_key, delivery_of, facts

DELIVERY = Delivery(
    guid="g1",
    event="issue_comment",
    action="created",
    installation_id=7,
    repository_id=1,
    owner="ann",
    name="loom",
    number=3,
    comment_id=29,
    comment_node_id="N29",
    commands=("c1", "c2"),
    added=(4, 5),
    removed=(6,),
)


def test_a_delivery_goes_through_json() -> None:
    assert delivery_of(json.loads(json.dumps(facts(DELIVERY)))) == DELIVERY


def test_facts_of_another_version_are_read() -> None:
    older = {"guid": "g1", "event": "push", "action": "", "installation_id": 7}
    assert delivery_of(older) == Delivery(**older)  # type: ignore[arg-type]
    assert delivery_of({**facts(DELIVERY), "colour": "red"}) == DELIVERY


def test_an_ask_is_known_by_comment_and_command() -> None:
    assert ask_key(DELIVERY, "c2") == "ask:N29:c2"
