"""What was tried, as lines: which texts follow which, and why each was not the one."""

from dataclasses import replace

import pytest

from app.domain import AskTree, Branch, Outcome, Tried
from app.web.trees import DEEPEST, EXCERPT, Shown, Step, page
from tests.unit.web.bots import EVIL, NOW, fill, tree
from tests.unit.web.bots import Shown as Dashboard

PLACE = "/repositories/1/asks/801/k"


@pytest.fixture
def filled(bot: Dashboard) -> Dashboard:
    fill(bot)
    return bot


def shown(*branches: Branch, **more: object) -> Shown:
    tried = Tried(**{"text": "x", "branches": branches, **more})  # type: ignore[arg-type]
    value = AskTree(
        ask_key="k",
        repository_id=1,
        question="?",
        outcome=Outcome.ANSWERED,
        min_score=0.0,
        tried=[tried],
        created_at=NOW,
    )
    found: Shown = page(value, None)["attempts"][0]
    return found


def texts(line: object) -> list[object]:
    """Lays a line out: its pieces, and behind each the lines beside it."""
    found: list[object] = []
    for step in line:  # type: ignore[attr-defined]
        assert isinstance(step, Step)
        found.append(step.excerpt)
        found += [texts(one) for one in step.lines]
    return found


def test_a_line_follows_what_was_chosen_and_has_the_others_beside_it() -> None:
    (first, second) = page(tree("x"), None)["attempts"]
    assert texts(first.line) == [
        "Run `make test`,",
        ["Nobody knows", ", really."],
        ["x [7]"],
        "which is quick. [1] x",
        ["if you can. [1]"],
    ]
    assert first.texts == 18
    assert texts(second.line) == ["Run `make check`. [1]"]
    assert second.line[0].last and not first.line[0].last


def test_why_each_text_was_not_chosen() -> None:
    first = page(tree("x"), None)["attempts"][0]
    begun, ended = first.line
    (better,), (unsaid,) = begun.lines[0][:1], begun.lines[1]
    assert (begun.why, ended.why) == ("", "")
    assert better.why == "It scores no less; the search trusted its score less."
    assert unsaid.why == "It cites none of the sources."
    (other,) = ended.lines[0]
    assert other.why == (
        "The best that came of it scores \N{MINUS SIGN}1.00, 0.47 less than the chosen."
    )
    open_end = shown(Branch(text="a", score=1.0, chosen=True), Branch(text="b", score=2.0))
    assert open_end.line[0].lines[0][0].why.startswith("It scores no less, but was not ended")
    nothing = shown(Branch(text="a", ruled_out="No."), Branch(text="b", score=1.0), text="")
    assert [step.why for step in nothing.line] == ["Nothing of it could be said."]
    # Of what was chosen nothing is kept: it is not said that the others could not be said.
    assert [step.why for step in shown(Branch(text="b", score=1.0)).line] == [""]


@pytest.mark.parametrize(
    ("score", "x", "width", "side"),
    [
        (2.0, 50, 50, "above"),
        (-2.0, 0, 50, "below"),
        (-0.5, 37.5, 12.5, "below"),
        (0, 50, 0, "above"),
    ],
)
def test_bars_grow_from_the_middle(score: float, x: float, width: float, side: str) -> None:
    found = shown(Branch(text="a", score=2.0, chosen=True), Branch(text="b", score=score))
    bar = found.line[0].lines[0][0].bar
    assert bar is not None and (bar.x, bar.width, bar.side) == (x, width, side)


def test_parts_and_principles_are_rows() -> None:
    found = shown(
        Branch(text="a", score=1.0, parts={"principles": 1.0}, opinions=[2.0, -1.0]),
        principles=["p", "q"],
    )
    (step,) = found.line
    assert list(step.parts) == [("principles", 1.0)]
    assert list(step.opinions) == [("p", 2.0), ("q", -1.0)]


def test_long_texts_are_cut_and_deep_ones_counted() -> None:
    # Each text has a better one beside it, that the next ones continue.
    branches = [Branch(text="x" * 2 * EXCERPT, score=-1.0, chosen=True)]
    parent = -1
    for at in range(3 * DEEPEST):
        # Of two that continue the same, the worse one goes on.
        branches.append(Branch(parent=parent, text="b", score=1000.0 - at))
        branches.append(Branch(parent=parent, text="w", score=-1000.0 + at))
        parent = len(branches) - 1
    found = shown(*branches)
    assert len(found.line[0].excerpt) == EXCERPT + 2

    def count(line: object) -> int:
        return sum(
            1 + step.deeper + sum(count(one) for one in step.lines)
            for step in line  # type: ignore[attr-defined]
        )

    assert count(found.line) == len(branches)


def test_a_very_long_line_is_no_fault() -> None:
    branches = [Branch(parent=at - 1, text="x", score=1.0, chosen=True) for at in range(5000)]
    assert len(shown(*branches).line) == 5000


def test_the_page(filled: Dashboard) -> None:
    text = filled.client().get(PLACE).text
    assert "Attempt 2" in text and "Its prompt said what was wrong before." in text
    assert "12 texts" not in text and "18 texts, of which the best 6 are kept" in text
    assert text.count('<li class="chosen">') == 3
    for path in ("/repositories/1/asks", "/replies/1"):
        assert f'href="{PLACE}"' in filled.client().get(path).text


def test_peoples_text_is_shown_and_not_obeyed(filled: Dashboard) -> None:
    filled.store.trees.save(tree(EVIL))
    text = filled.client().get(PLACE).text
    assert "<script>alert" not in text and "<img src=x" not in text
    assert text.count("&lt;script&gt;") >= 5


@pytest.mark.parametrize(
    "path",
    ["/repositories/1/asks/802/k", "/repositories/1/asks/801/no", "/repositories/2/asks/801/k"],
)
def test_an_ask_of_which_nothing_is_kept_has_no_page(filled: Dashboard, path: str) -> None:
    assert filled.client().get(path).status_code == 404


def test_an_empty_tree_can_be_shown(filled: Dashboard) -> None:
    for tried in ([], [Tried()], [Tried(left_out=3, pieces=2)]):
        filled.store.trees.save(replace(tree("x"), tried=tried))
        assert filled.client().get(PLACE).status_code == 200
