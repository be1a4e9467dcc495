"""How the other ways sample, and that none goes on behind an end."""

from collections.abc import Sequence

import pytest

from app.domain import Piece
from bench.answering.ways import WAYS, Sampler, Way, single
from bench.weave.meter import Terms

GROWN = {"": "b", "b": "a", "ba": "d"}


def sampler(pieces: dict[str, str], *, end: str = "") -> Sampler:
    """Samples the one piece that a text has, and finds longer texts better."""

    def sample(prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        return [
            [Piece(text=pieces[text], finished=text + pieces[text] == end, logprob=-1.0)] * count
            if text in pieces
            else []
            for text, count in zip(prefixes, counts, strict=True)
        ]

    return Sampler(sample=sample, judge=lambda texts: [float(len(text)) for text in texts])


def terms(budget: int, longest: int) -> Terms:
    return Terms(budget=budget, longest=longest, seed=0)


@pytest.mark.parametrize(
    ("end", "longest", "expected", "pieces"),
    [("bad", 5, "bad", 3), ("ba", 5, "ba", 2), ("", 2, "ba", 2), ("", 9, "bad", 4)],
)
def test_a_single_sample_ends_where_the_model_does_or_is_cut(
    end: str, longest: int, expected: str, pieces: int
) -> None:
    from_model = sampler(GROWN, end=end)
    assert single(from_model, terms(99, longest)) == expected
    assert from_model.pieces == pieces
    assert from_model.scored == 0


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_each_way_finds_the_only_answer_within_its_budget(way: Way) -> None:
    from_model = sampler(GROWN, end="bad")
    assert way(from_model, terms(24, 3)) == "bad"
    assert from_model.pieces <= 24
    assert from_model.scored > 0


@pytest.mark.parametrize("way", [single, *WAYS.values()], ids=["single", *WAYS])
def test_a_model_that_says_nothing_gives_an_empty_answer(way: Way) -> None:
    assert way(sampler({}), terms(16, 3)) == ""


def test_what_is_asked_for_behind_an_end_counts_and_is_not_sampled() -> None:
    from_model = sampler(GROWN, end="b")
    assert [len(found) for found in from_model.expand(["", ""], [1, 2])] == [1, 2]
    assert from_model.expand(["b"], [3]) == [[]]
    assert from_model.pieces == 6
    assert from_model.ended == {"b"}
