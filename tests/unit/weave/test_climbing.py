import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Piece
from app.weave.climbing import climb
from app.weave.search import SearchConfig, WeaveResult

LETTERS = "abcd"


class Alphabet:
    """A back end whose pieces are letters, ended by a full stop; counts what it is asked."""

    def __init__(self, generous: int = 0) -> None:
        self.asked = 0
        self.calls = 0
        self.generous = generous

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        self.calls += 1
        self.asked += sum(counts)
        return [
            [
                Piece(text="" if i == 0 else LETTERS[i % 4], finished=i == 0, logprob=0.0)
                for i in range(min(count + self.generous, 5))
            ]
            for count in counts
        ]


def run(
    word: str, budget: int, *, pieces: int | None = 6, seed: int | None = 0
) -> tuple[WeaveResult, list[str]]:
    scored: list[str] = []

    def score(texts: Sequence[str]) -> list[float]:
        scored.extend(texts)
        return [
            sum(1.0 if a == b else -1.0 for a, b in zip(text, word, strict=False))
            - abs(len(word) - len(text)) * 0.1
            for text in texts
        ]

    config = SearchConfig(budget=budget, seed=seed, max_pieces=pieces)
    return climb("q", expand=Alphabet().expand, score=score, config=config), scored


def test_finds_the_hidden_word_letter_by_letter() -> None:
    result, _ = run("bcdb", 60)
    assert (result.text, result.score) == ("bcdb", 4.0)


def test_a_finished_text_set_aside_wins_over_longer_ones() -> None:
    def score(texts: Sequence[str]) -> list[float]:
        return [{"": -9.0, "b": 5.0}.get(text, 1.0) for text in texts]

    result = climb(
        "q",
        expand=Alphabet().expand,
        score=score,
        config=SearchConfig(budget=40, seed=0, max_pieces=4),
    )
    assert (result.text, result.score) == ("b", 5.0)


@given(
    budget=st.integers(1, 90),
    pieces=st.one_of(st.none(), st.integers(1, 7)),
    seed=st.integers(0, 5),
    word=st.text(LETTERS, max_size=7),
)
def test_budgets_hold_and_the_best_seen_wins(
    budget: int, pieces: int | None, seed: int, word: str
) -> None:
    result, scored = run(word, budget, pieces=pieces, seed=seed)
    assert result.pieces <= budget
    assert result.evaluations == len(scored) <= 1.25 * budget
    assert len(set(scored)) == len(scored)
    assert result.text in scored
    if pieces is not None:
        assert all(len(text) <= pieces for text in scored)


@given(budget=st.integers(1, 60), seed=st.integers(0, 3))
def test_the_same_seed_gives_the_same_search(budget: int, seed: int) -> None:
    def flat(texts: Sequence[str]) -> list[float]:
        return [0.0 for _ in texts]

    config = SearchConfig(budget=budget, seed=seed, max_pieces=5)
    first, second = (
        climb("q", expand=Alphabet().expand, score=flat, config=config) for _ in range(2)
    )
    assert first.text == second.text


def test_a_level_is_asked_for_in_one_batch() -> None:
    back_end = Alphabet()
    config = SearchConfig(budget=15, seed=0, max_pieces=3)
    climb("q", expand=back_end.expand, score=lambda t: [float(len(x)) for x in t], config=config)
    assert back_end.calls == 3
    assert back_end.asked == 15


def test_a_back_end_that_gives_too_much_is_cut_off() -> None:
    config = SearchConfig(budget=3, seed=0, max_pieces=2)
    result = climb(
        "q",
        expand=Alphabet(generous=9).expand,
        score=lambda texts: [0.0 for _ in texts],
        config=config,
    )
    assert result.pieces <= 3


def test_nothing_to_say_is_an_empty_text() -> None:
    result = climb(
        "q",
        expand=lambda prefixes, counts: [[] for _ in prefixes],
        score=lambda texts: [0.0 for _ in texts],
        config=SearchConfig(budget=9),
    )
    assert (result.text, result.score, result.pieces) == ("", -math.inf, 0)


def test_the_tree_holds_every_text_scored() -> None:
    result, scored = run("bc", 20, pieces=3)
    found, waiting = set(), [result.root]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        found |= {child.text for child in node.children}
        assert all(child.parent is node for child in node.children)
    assert found == set(scored)


@pytest.mark.parametrize(
    "config",
    [SearchConfig(budget=0), SearchConfig(budget=5, max_pieces=0)],
    ids=["budget", "length"],
)
def test_refuses_an_empty_budget(config: SearchConfig) -> None:
    with pytest.raises(ValueError, match="at least one piece"):
        climb("q", expand=Alphabet().expand, score=lambda texts: [], config=config)


@pytest.mark.parametrize(
    ("expand", "score"),
    [
        (lambda prefixes, counts: [], lambda texts: []),
        (Alphabet().expand, lambda texts: [0.0]),
    ],
    ids=["no batch", "too few scores"],
)
def test_refuses_answers_of_the_wrong_shape(expand, score) -> None:
    with pytest.raises(ValueError, match="got"):
        climb("q", expand=expand, score=score, config=SearchConfig(budget=9))
