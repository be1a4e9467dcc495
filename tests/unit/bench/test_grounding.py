import random
import re
from pathlib import Path

import pytest

from bench.grounded.drafts import TEMPLATES, Built, Item, drafts
from bench.grounded.made_up import MadeUp
from bench.grounded.names import links, true_names
from bench.grounded.trees import HALVES, Tree
from bench.grounding import Count, Tally, measure
from tests.unit.weave.test_grounding import FILES, corpus

TEXT = {
    **FILES,
    "loom/more.py": (
        '"""Uses it.\n\nThe loom keeps every thread in place until the cloth is done. Then ends.\n'
        '"""\nimport os\n\nHOME = os.environ["LOOM_HOME_DIR"]\n\n\n'
        'class ThreadBox:\n    """Holds."""\n\n    def put_in(self, the_thread):\n'
        '        """Pass --tight-fit here."""\n'
    ),
    "loom-1.dist-info/METADATA": "Name: loom\n\nSee https://loom.example/a/guide for more.\n",
}
TREE = Tree(name="loom", files=TEXT, corpus=corpus(TEXT))


def test_true_names_come_from_the_files() -> None:
    names = true_names(TREE)
    assert "loom/core.py" in names["path"]
    assert names["flag"] == ["--min-score", "--tight-fit"]
    assert {"LOOM_HOME_DIR", "the_thread", "max_size"} <= set(names["setting"])
    assert {"ThreadBox", "ThreadBox.put_in", "load_all"} <= set(names["symbol"])
    assert {"make check", "make lint"} <= set(names["command"])
    assert "loom.more ThreadBox" in names["imported"]


def test_links_are_whole() -> None:
    text = "https://x.org/a/b and https://x.org/c?q=1, [i](https://x.org/d/e)"
    assert links(text) == ["https://x.org/a/b", "https://x.org/d/e"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("path", "loom/core.py"),
        ("flag", "--min-score"),
        ("command", "make check"),
        ("setting", "max_size"),
        ("symbol", "load_all"),
        ("quotation", "the loom keeps every thread in place"),
    ],
)
def test_made_up_names_are_nowhere(kind: str, name: str) -> None:
    made_up = MadeUp(TREE, random.Random(1))
    whole = "\n".join([*TEXT.values(), *TEXT]).lower()
    made = {made_up.like(kind, name) for _ in range(30)} - {""}
    assert made
    assert not [one for one in made if one.lower() in whole]


def test_drafts_say_where_their_names_stand() -> None:
    first, again = (list(drafts(TREE, "dev", 20, seed=3)) for _ in range(2))
    assert [one.text for one in first] == [one.text for one in again]
    items = [item for built in first for item in built.items]
    assert {item.true for item in items} == {True, False}
    for built in first:
        assert [built.text[one.start : one.end] for one in built.items] == [
            one.text for one in built.items
        ]


def test_the_halves_have_nothing_in_common() -> None:
    assert set(HALVES["dev"]).isdisjoint(HALVES["test"])
    for part in ("sentences", "asides"):
        assert set(TEMPLATES["dev"][part]).isdisjoint(TEMPLATES["test"][part])


def test_figures_by_hand() -> None:
    count = Count(found=9, made_up=10, blamed=1, true=30)
    figures = count.figures()
    assert (figures["precision"][0], figures["recall"][0]) == (0.9, 0.9)
    tally = Tally()
    items = (
        Item(kind="path", text="a.py", start=0, end=4, true=False),
        Item(kind="symbol", text="b_c", start=5, end=8, true=True),
    )
    built = Built(tree="t", text="a.py b_c d_e", sources=(), items=items)
    tally.add(built, [("path", "a.py", 0, 4), ("symbol", "d_e", 9, 12)])
    tally.seconds.append(0.001)
    whole = tally.figures()["kinds"]["all"]  # type: ignore[index]
    assert (whole["precision"][0], whole["recall"][0]) == (0.5, 1.0)


def test_both_ways_check_the_same_drafts() -> None:
    tallies = measure([TREE], "dev", 5)
    counted = [
        [(one.made_up, one.true) for _, one in sorted(tally.kinds.items()) if one.true]
        for tally in tallies.values()
    ]
    assert counted[0] == counted[1]


def test_no_template_has_a_slot_that_is_not_known() -> None:
    text = (Path(__file__).parents[3] / "bench/grounded/templates.json").read_text("utf-8")
    known = {"path", "flag", "command", "setting", "symbol", "link", "quotation"}
    assert set(re.findall(r"(?<!\{)\{([a-z]+)\}(?!\})", text)) == known | {"module", "imported"}
