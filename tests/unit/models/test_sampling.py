from collections import Counter

import pytest
import torch

from app.models.sampling import Sampler, key, uniform

WEIGHTS = (0.5, 0.2, 0.15, 0.1, 0.05)
LOGITS = torch.tensor(WEIGHTS).log()[None]


def shares(sampler: Sampler, draws: int = 4000) -> list[float]:
    logits = LOGITS.expand(draws, -1)
    tokens, _ = sampler.draw(logits, [key(0, (), index) for index in range(draws)], 0)
    counts = Counter(tokens)
    return [counts[token] / draws for token in range(len(WEIGHTS))]


@pytest.mark.parametrize(
    ("temperature", "top_p", "wanted"),
    [
        (1.0, 1.0, WEIGHTS),
        # The first with .5 is not enough, the second makes .7: those two, of .7 together.
        (1.0, 0.7, (5 / 7, 2 / 7, 0, 0, 0)),
        (1.0, 0.71, (0.5 / 0.85, 0.2 / 0.85, 0.15 / 0.85, 0, 0)),
        (1.0, 0.2, (1, 0, 0, 0, 0)),
        # Squares .25 .04 .0225 .01 .0025, of .325 together.
        (0.5, 1.0, (0.25 / 0.325, 0.04 / 0.325, 0.0225 / 0.325, 0.01 / 0.325, 0.0025 / 0.325)),
        (0.0, 1.0, (1, 0, 0, 0, 0)),
    ],
)
def test_draws_from_the_nucleus(
    temperature: float, top_p: float, wanted: tuple[float, ...]
) -> None:
    found = shares(Sampler(temperature=temperature, top_p=top_p))
    for share, expected in zip(found, wanted, strict=True):
        # Five standard errors of a share of 4,000 draws are at most .04.
        assert share == pytest.approx(expected, abs=0.04)
        assert bool(share) == bool(expected)


def test_tells_log_probabilities_at_temperature_one() -> None:
    tokens, said = Sampler(temperature=3.0, top_p=1.0).draw(LOGITS + 7, [key(1, (), 0)], 0)
    assert said[0] == pytest.approx(LOGITS[0, tokens[0]].item(), abs=1e-6)


def test_a_row_draws_the_same_in_any_company() -> None:
    torch.manual_seed(0)
    logits = torch.randn(6, 50)
    keys = [key(3, (1, 2), index) for index in range(6)]
    sampler = Sampler(temperature=1.0, top_p=0.9)
    together, _ = sampler.draw(logits, keys, 2)
    alone = [sampler.draw(logits[at : at + 1], keys[at : at + 1], 2)[0][0] for at in range(6)]
    assert together == alone


def test_never_draws_what_has_no_probability() -> None:
    logits = torch.full((200, 9), -torch.inf)
    logits[:, 4] = 0.0
    tokens, _ = Sampler(temperature=1.0, top_p=0.5).draw(
        logits, [key(0, (), index) for index in range(200)], 0
    )
    assert set(tokens) == {4}


def test_numbers_differ_by_everything_that_they_come_from() -> None:
    numbers = {
        uniform(key(seed, ids, index), step, attempt)
        for seed in (0, 1)
        for ids in ((), (1,), (1, 2))
        for index in (0, 1)
        for step in (0, 1)
        for attempt in (0, 1)
    }
    assert len(numbers) == 2 * 3 * 2 * 2 * 2
    assert all(0 <= number < 1 for number in numbers)
