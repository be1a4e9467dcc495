import json

import pytest

from app.layouts.formats import Format, checklist, choices, regex, schema

ITEM = {"question": "Does it name a port?", "answer": "yes", "weight": 2}


def listed(*items: object) -> str:
    return json.dumps({"items": items})


@pytest.mark.parametrize(
    ("wanted", "text", "fits"),
    [
        (choices(["yes", "no"]), "yes", True),
        (choices(["yes", "no"]), "yes ", False),
        (choices(["yes", "no"]), "", False),
        (regex("[ab]+"), "abba", True),
        (regex("[ab]+"), "abba\n", False),
        (regex("[ab]+"), "xab", False),
        (regex("a|ab"), "ab", True),
        (schema({"type": "integer"}), "12", True),
        (schema({"type": "integer"}), "1.5", False),
        (schema({"type": "number"}), "NaN", False),
        (schema({"type": "array"}), "[" * 100_000, False),
        (schema({"type": "string"}), "'a'", False),
        (checklist(1), listed(ITEM), True),
        (checklist(2), listed(ITEM), False),
        (checklist(1), listed(ITEM, ITEM), False),
        (checklist(1), listed(ITEM | {"answer": "Yes"}), False),
        (checklist(1), listed(ITEM | {"weight": 9}), False),
        (checklist(1), listed(ITEM | {"question": "It names a port."}), False),
        (checklist(1), listed(ITEM | {"question": "One\nand two lines?"}), False),
        (checklist(1), listed(ITEM | {"more": 1}), False),
    ],
)
def test_a_text_has_a_format_or_not(wanted: Format, text: str, fits: bool) -> None:
    assert (wanted.fault(text) == "") is fits


@pytest.mark.parametrize(
    "make",
    [
        lambda: choices([]),
        lambda: choices(["a", ""]),
        lambda: regex("(a"),
        lambda: schema({"type": "nothing"}),
        lambda: checklist(0),
    ],
)
def test_what_is_no_format_is_refused(make) -> None:
    with pytest.raises(ValueError):
        make()


def test_a_fault_says_where_and_repeats_nothing_of_the_text() -> None:
    said = checklist(1).fault(listed(ITEM | {"answer": "secret words"}))

    assert said == "its JSON breaks the schema's `enum` at ['items'][0]['answer']"


def test_a_format_crosses_processes_and_stays_the_same() -> None:
    wanted = checklist(3)

    assert Format(**json.loads(json.dumps({"kind": wanted.kind, "spec": wanted.spec}))) == wanted
    assert hash(wanted) == hash(checklist(3))
