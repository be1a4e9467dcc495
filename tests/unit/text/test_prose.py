import pytest

from app.text.prose import flatten, units
from app.text.units import Form

PAGE = """Title
=====

First one. Second
one here.

.. note::

   Mind :class:`.Thing` and ``x``.

Do this::

    code line
    more code

:param url: where to go
:param size: how much,
    in bytes

name : str
    The name.

.. image:: x.png

>>> f(1)
2
"""


def test_restructured_text() -> None:
    found = [(u.form, u.start_line, u.text, u.heading) for u in units(PAGE)]
    assert found == [
        (Form.SENTENCE, 4, "First one.", "Title"),
        (Form.SENTENCE, 4, "Second one here.", "Title"),
        (Form.SENTENCE, 9, "Mind `Thing` and `x`.", "Title"),
        (Form.SENTENCE, 11, "Do this:", "Title"),
        (Form.CODE, 13, "```\ncode line\nmore code\n```", "Title"),
        (Form.ITEM, 16, ":param url: where to go", "Title"),
        (Form.ITEM, 17, ":param size: how much, in bytes", "Title"),
        (Form.ITEM, 20, "name : str: The name.", "Title"),
        (Form.CODE, 25, "```\n>>> f(1)\n2\n```", "Title"),
    ]


def test_google_sections_are_items_with_their_lead() -> None:
    text = "Does it.\n\nArgs:\n    a: the first.\n    b (int): the second,\n        at length."
    items = [(u.text, u.lead) for u in units(text) if u.form is Form.ITEM]
    assert items == [
        ("a: the first.", "Args:"),
        ("b (int): the second, at length.", "Args:"),
    ]


def test_a_fence_with_blank_lines_is_one_block() -> None:
    (_, code) = units("Look here:\n\n```python\na = 1\n\nb = 2\n```")
    assert code.text == "```\na = 1\n\nb = 2\n```"
    assert (code.start_line, code.end_line) == (4, 6)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (":ref:`the page <x-y>`", "`the page`"),
        (":func:`~a.b.c`", "`a.b.c`"),
        ("``a``", "`a`"),
        ("`link <http://x>`_", "link"),
        ("[text](http://x)", "text"),
        ("**strong** word", "strong word"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("`kept`", "`kept`"),
    ],
)
def test_flatten(given: str, wanted: str) -> None:
    assert flatten(given) == wanted


def test_unclosed_fence_and_only_underlines_do_not_break() -> None:
    assert [u.text for u in units("```\nopen")] == ["```\nopen\n```"]
    assert units("====\n\n----\n") == []


def test_a_heading_underlined_by_tildes_opens_no_fence() -> None:
    found = [(u.text, u.heading) for u in units("Parts\n~~~~~\n\nIt has two.\n\nBoth are long.\n")]
    assert found == [("It has two.", "Parts"), ("Both are long.", "Parts")]


def test_a_line_inside_brackets_begins_no_definition() -> None:
    found = [
        u.text for u in units("size : int\n    The size of the\n    bar [default: 0]. It is so.\n")
    ]
    assert found == ["size : int: The size of the bar [default: 0]. It is so."]
