import math
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Piece
from app.weave.sampling import CALLS
from app.weave.search import Score, SearchConfig, WeaveResult, weave
from app.weave.tree import Node

WORD = "bdacbdca"


class Letters:
    """A sampler of letters; counts what it is asked. `rule` makes the piece after a text."""

    def __init__(self, rule: Callable[[random.Random, str], tuple[str, bool]]) -> None:
        self.rule = rule
        self.random = random.Random(0)
        self.asked = 0
        self.calls = 0
        self.fewer = 0
        self.generous = 0

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        self.calls += 1
        self.asked += sum(counts)
        return [self._pieces(*of) for of in zip(prefixes, counts, strict=True)]

    def _pieces(self, prefix: str, count: int) -> list[Piece]:
        pieces = []
        for _ in range(max(0, count - self.fewer) + self.generous):
            text, finished = self.rule(self.random, prefix)
            pieces.append(Piece(text=text, finished=finished, logprob=-1.0))
        return pieces


def word(chance: random.Random, prefix: str) -> tuple[str, bool]:
    return chance.choice("abcd"), len(prefix) + 1 >= len(WORD)


RULES: dict[str, Callable[[random.Random, str], tuple[str, bool]]] = {
    "a word": word,
    "never ends": lambda chance, prefix: (chance.choice("abcd"), False),
    "ends at once": lambda chance, prefix: (chance.choice("abcd"), True),
    "often ends": lambda chance, prefix: (chance.choice("abcd"), chance.random() < 0.4),
    "one copy": lambda chance, prefix: ("a", len(prefix) > 4),
    "nothing, open": lambda chance, prefix: ("", False),
    "nothing, ended": lambda chance, prefix: ("", True),
    "a or nothing": lambda chance, prefix: (chance.choice(["", "a"]), chance.random() < 0.2),
}


def right(text: str) -> float:
    return float(sum(map(str.__eq__, text, WORD)))


def judged(rule: Callable[[str], float]) -> tuple[Score, list[str]]:
    scored: list[str] = []

    def score(texts: Sequence[str]) -> list[float]:
        scored.extend(texts)
        return [rule(text) for text in texts]

    return score, scored


EVALUATORS: dict[str, Callable[[str], float]] = {
    "right letters": right,
    "all alike": lambda text: 0.0,
    "no number": lambda text: math.nan,
    "minus infinity": lambda text: -math.inf,
    "infinities": lambda text: (-math.inf, math.inf, 0.0)[len(text) % 3],
    "some out of question": lambda text: -1e12 if "aa" in text else right(text),
    "huge": lambda text: 1e300 * right(text),
}


def nodes(root: Node) -> list[Node]:
    found, waiting = [], list(root.children)
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += node.children
    return found


@given(
    budget=st.integers(1, 160),
    pieces=st.one_of(st.none(), st.integers(1, 30)),
    seed=st.integers(0, 3),
    rule=st.sampled_from(sorted(RULES)),
    evaluator=st.sampled_from(sorted(EVALUATORS)),
    fewer=st.integers(0, 3),
    generous=st.integers(0, 2),
)
def test_no_sampler_or_evaluator_breaks_a_limit(
    budget: int,
    pieces: int | None,
    seed: int,
    rule: str,
    evaluator: str,
    fewer: int,
    generous: int,
) -> None:
    back_end = Letters(RULES[rule])
    back_end.fewer, back_end.generous = fewer, generous
    score, scored = judged(EVALUATORS[evaluator])
    config = SearchConfig(budget=budget, seed=seed, max_pieces=pieces)
    result = weave("q", expand=back_end.expand, score=score, config=config)
    assert back_end.asked == result.pieces <= budget
    assert back_end.calls <= CALLS
    assert len(scored) == result.evaluations <= 1.25 * budget
    found = nodes(result.root)
    assert {node.text for node in found} == set(scored)
    assert all(node.depth <= (pieces or budget) for node in found)
    assert all(child.parent is node for node in found for child in node.children)
    assert not found or result.text in {node.text for node in found}


@given(
    length=st.integers(1, 12),
    answers=st.integers(4, 20),
    told=st.booleans(),
    alike=st.booleans(),
    seed=st.integers(0, 5),
)
def test_answers_are_finished_from_a_budget_of_four_on(
    length: int, answers: int, told: bool, alike: bool, seed: int
) -> None:
    back_end = Letters(lambda chance, prefix: (chance.choice("abcd"), len(prefix) + 1 >= length))
    score, _ = judged((lambda text: 0.0) if alike else right)
    config = SearchConfig(
        budget=max(8, answers * length), seed=seed, max_pieces=length if told else None
    )
    result = weave("q", expand=back_end.expand, score=score, config=config)
    assert len(result.text) == length


@pytest.mark.parametrize("length", [24, 32])
@pytest.mark.parametrize("answers", [4, 6, 12])
@pytest.mark.parametrize("alike", [True, False])
def test_long_answers_are_finished_too(length: int, answers: int, alike: bool) -> None:
    back_end = Letters(lambda chance, prefix: (chance.choice("abcd"), len(prefix) + 1 >= length))
    score, _ = judged((lambda text: 0.0) if alike else right)
    config = SearchConfig(budget=answers * length, seed=0)
    result = weave("q", expand=back_end.expand, score=score, config=config)
    assert len(result.text) == length


def search(rule: Callable[[str], float], seed: int | None = 0, budget: int = 96) -> WeaveResult:
    back_end = Letters(word)
    back_end.random.seed(seed)
    score, _ = judged(rule)
    config = SearchConfig(budget=budget, seed=seed)
    return weave("q", expand=back_end.expand, score=score, config=config)


@given(
    factor=st.sampled_from([0.05, 1 / 3, 3.0, 20.0, 1e6]),
    shift=st.sampled_from([0.0, 7.0, -1234.5]),
    seed=st.integers(0, 9),
)
def test_scale_and_origin_of_scores_change_nothing(factor: float, shift: float, seed: int) -> None:
    plain = search(right, seed)
    changed = search(lambda text: factor * right(text) + shift, seed)
    assert changed.text == plain.text
    assert [n.text for n in nodes(changed.root)] == [n.text for n in nodes(plain.root)]


def test_the_same_seed_gives_the_same_search() -> None:
    first, second = search(right, 5), search(right, 5)
    assert [n.text for n in nodes(first.root)] == [n.text for n in nodes(second.root)]
    assert first.text == second.text


def test_finds_more_than_as_many_whole_samples() -> None:
    won = 0
    for seed in range(20):
        back_end = Letters(word)
        back_end.random.seed(seed)
        score, _ = judged(right)
        config = SearchConfig(budget=96, seed=seed)
        found = weave("q", expand=back_end.expand, score=score, config=config)
        chance = random.Random(1000 + seed)
        plain = max(right("".join(chance.choices("abcd", k=len(WORD)))) for _ in range(12))
        won += found.score > plain
    assert won >= 18


def test_a_key_that_looks_poor_is_found() -> None:
    """An answer is worth its right letters, and 4 more if it begins with "d"; that shows late."""

    def worth(text: str) -> float:
        if text[:1] == "d":
            return -1.0 if len(text) == 1 else 4 + right(text)
        return right(text)

    found = [search(worth, seed, 240).text[0] for seed in range(10)]
    assert found.count("d") >= 8


def test_whole_answers_are_sampled_where_beginnings_tell_nothing() -> None:
    totals = []
    for seed in range(20):
        result = search(lambda text: right(text) if len(text) >= len(WORD) else 0.0, seed)
        ended = [node for node in nodes(result.root) if node.finished]
        assert len(ended) >= 96 / len(WORD)
        totals.append(result.score)
    # P(at least k of 8 right) is .90, .63, .32, .11, .03, .00 for k = 1 ... 6, so the best of
    # twelve samples has 1 + 1 + .99 + .77 + .28 + .05 = 4.1 right on the mean.
    assert sum(totals) / len(totals) > 4.1


def test_copies_are_scored_once() -> None:
    back_end = Letters(RULES["one copy"])
    score, scored = judged(right)
    result = weave("q", expand=back_end.expand, score=score, config=SearchConfig(budget=72, seed=0))
    looks = {node.text: node.looks for node in nodes(result.root)}
    assert len(scored) == sum(looks.values())
    assert len(looks) == 6


def test_noise_is_measured_again_where_it_matters() -> None:
    chance = random.Random(1)
    result = search(lambda text: right(text) + chance.gauss(0, 1.0), 0, 200)
    best = next(node for node in nodes(result.root) if node.text == result.text)
    assert best.looks > 1


def test_whole_answers_alone_come_in_one_call() -> None:
    back_end = Letters(lambda chance, prefix: ("".join(chance.choices("abcd", k=4)), True))
    score, _ = judged(right)
    config = SearchConfig(budget=9, seed=0, max_pieces=1)
    weave("q", expand=back_end.expand, score=score, config=config)
    assert (back_end.calls, back_end.asked) == (1, 9)


def test_nothing_to_say_is_an_empty_text() -> None:
    result = weave(
        "q",
        expand=lambda prefixes, counts: [[] for _ in prefixes],
        score=lambda texts: [0.0 for _ in texts],
        config=SearchConfig(budget=9),
    )
    assert (result.text, result.score) == ("", -math.inf)


@pytest.mark.parametrize(
    "config",
    [SearchConfig(budget=0), SearchConfig(budget=5, max_pieces=0)],
    ids=["budget", "length"],
)
def test_refuses_an_empty_budget(config: SearchConfig) -> None:
    with pytest.raises(ValueError, match="at least one piece"):
        weave("q", expand=Letters(word).expand, score=lambda texts: [], config=config)


@pytest.mark.parametrize(
    ("expand", "score"),
    [
        (lambda prefixes, counts: [], lambda texts: []),
        (Letters(word).expand, lambda texts: [0.0]),
    ],
    ids=["no batch", "too few scores"],
)
def test_refuses_answers_of_the_wrong_shape(expand, score) -> None:
    with pytest.raises(ValueError, match="got"):
        weave("q", expand=expand, score=score, config=SearchConfig(budget=9))
