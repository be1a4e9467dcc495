import math
from collections.abc import Callable

import pytest

from app.domain import Branch, Piece
from app.weave.record import LONGEST, Look, Trail
from app.weave.tree import Node


def grow(node: Node, text: str, score: float, *, finished: bool = False) -> Node:
    piece = Piece(text=text, finished=finished, logprob=-1.0)
    child = Node(text=node.text + text, piece=piece, score=score, depth=node.depth + 1, parent=node)
    node.children.append(child)
    return child


def look(text: str) -> Look:
    return Look(parts={"phrases": 0.123456}, opinions=(0.5,))


def kept(
    root: Node,
    chosen: str,
    *,
    nodes: int = 100,
    characters: int = 10_000,
    look: Callable[[str], Look] = look,
) -> tuple[list[Branch], int]:
    return Trail(root=root, chosen=chosen, look=look).branches(nodes=nodes, characters=characters)


@pytest.fixture
def root() -> Node:
    """a (1) with ab (5, the end) and ac (2); d (3) with de (4)."""
    root = Node(text="")
    first = grow(root, "a", 1.0)
    grow(first, "b", 5.0, finished=True)
    grow(first, "c", 2.0)
    grow(grow(root, "d", 3.0), "e", 4.0)
    return root


def test_all_of_a_small_tree_is_kept(root: Node) -> None:
    found, left_out = kept(root, "ab")
    assert left_out == 0
    assert [(one.text, one.parent, one.score, one.chosen) for one in found] == [
        ("a", -1, 1.0, True),
        ("b", 0, 5.0, True),
        ("c", 0, 2.0, False),
        ("d", -1, 3.0, False),
        ("e", 3, 4.0, False),
    ]
    assert [one.finished for one in found] == [False, True, False, False, False]
    assert found[0].parts == {"phrases": 0.1235} and list(found[0].opinions) == [0.5]


@pytest.mark.parametrize(
    ("nodes", "characters", "texts"),
    [
        (4, 100, "abde"),
        (3, 100, "abd"),
        (2, 100, "ab"),
        (1, 100, "a"),
        (0, 100, ""),
        (100, 3, "abd"),
        (100, 0, ""),
    ],
)
def test_the_chosen_text_is_kept_first_then_the_best(
    root: Node, nodes: int, characters: int, texts: str
) -> None:
    found, left_out = kept(root, "ab", nodes=nodes, characters=characters)
    assert "".join(one.text for one in found) == texts
    assert left_out == 5 - len(texts)


def test_of_equal_texts_the_finished_one_was_chosen() -> None:
    root = Node(text="")
    grow(root, "ab", 1.0)
    grow(grow(root, "a", 1.0), "b", 1.0, finished=True)
    found, _ = kept(root, "ab")
    assert [one.chosen for one in found] == [False, True, True]


def test_what_was_out_of_question_has_no_score_and_comes_last() -> None:
    root = Node(text="")
    grow(root, "a", math.nan)
    grow(root, "b", -50.0)
    grow(root, "c", -60.0)
    found, _ = kept(root, "b", look=lambda text: Look(ruled_out="No." if text == "b" else ""))
    assert not any(one.chosen for one in found)
    assert [(one.score, one.ruled_out) for one in found] == [(None, ""), (None, "No."), (-60.0, "")]
    found, _ = kept(root, "", nodes=1)
    assert [one.text for one in found] == ["b"]


def test_long_pieces_are_cut_and_deep_trees_end() -> None:
    root = Node(text="")
    node = grow(root, "x" * 2 * LONGEST, 1.0)
    for at in range(3000):
        node = grow(node, "y", float(at))
    found, left_out = kept(root, node.text, nodes=50, characters=10**6)
    assert len(found[0].text) == LONGEST
    assert (len(found), left_out) == (50, 2951)


def test_nothing_was_tried() -> None:
    assert kept(Node(text=""), "") == ([], 0)
