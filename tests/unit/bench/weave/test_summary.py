import pytest

from bench.weave.summary import Summary
from bench.weave.trial import Trial


def trial(
    family: str, method: str, number: int, quality: float, text: str = "", seed: int | None = None
) -> Trial:
    return Trial(
        family=family,
        variant=("even", "odd")[number % 2],
        number=number,
        seed=number if seed is None else seed,
        budget=72,
        method=method,
        text=text,
        quality=quality,
        finished=True,
        pieces=70,
        scored=60,
        calls=number,
        micros=2.0,
    )


def summary(**qualities: tuple[list[float], list[float]]) -> Summary:
    """The qualities of each method in two families."""
    return Summary(
        [
            trial(family, method, number, quality)
            for method, families in qualities.items()
            for family, values in zip(("one", "two"), families, strict=True)
            for number, quality in enumerate(values)
        ]
    )


def test_means_weigh_families_alike() -> None:
    made = summary(
        beam=([0.2, 0.4], [0.6]), greedy=([0.5, 0.5], [0.1]), treadle=([0.6, 0.6], [0.6])
    )
    assert made.overall("beam").value == pytest.approx(0.45)
    assert made.leader(["one"]) == "greedy"
    assert made.leader(["one", "two"]) == "beam"
    assert made.ratio().value == pytest.approx(0.6 / 0.45)
    assert made.row("one", "beam").calls == 0.5
    assert made.variants("one", "beam") == {"even": 0.2, "odd": 0.4}


def test_a_paired_difference_that_never_changes_has_no_width() -> None:
    values = [0.1, 0.5, 0.9, 0.2]
    made = summary(beam=(values, values), treadle=([v + 0.1 for v in values],) * 2)
    lead = made.lead(["one"])
    assert (lead.low, lead.value, lead.high) == pytest.approx((0.1, 0.1, 0.1))
    assert made.row("one", "beam").quality.high > 0.6


@pytest.mark.parametrize(("ours", "close"), [(0.98, True), (0.97, True), (0.96, False)])
def test_close_is_within_three_percent(ours: float, close: bool) -> None:
    made = summary(beam=([1.0] * 5, [1.0] * 5), treadle=([ours + 1e-9] * 5, [1.0] * 5))
    assert made.close("one") is close


def test_same_compares_with_the_first_of_a_seed() -> None:
    texts = ["a", "a", "b", "a", "c", "c", "c", "c"]
    made = Summary(
        [trial("scaled", "treadle", n, 0.1, text, seed=n // 4) for n, text in enumerate(texts)]
    )
    assert made.same("scaled", "treadle") == pytest.approx(5 / 6)


def test_trials_with_one_seed_are_one_problem() -> None:
    # Two problems, worth 0.2 and 0.4 on the mean: drawn again, the mean has these as its ends.
    values = [0.1, 0.3, 0.4, 0.4]
    made = Summary([trial("one", "beam", n, v, seed=n // 2) for n, v in enumerate(values)])
    quality = made.row("one", "beam").quality
    assert (quality.low, quality.value, quality.high) == pytest.approx((0.2, 0.3, 0.4))


def test_hindsight_takes_the_best_of_each_family() -> None:
    made = Summary(
        [
            trial(family, method, number, quality)
            for family, one, other in (("one", 0.4, 0.2), ("two", 0.1, 0.3))
            for method, quality in (("beam", one), ("treadle", other))
            for number in range(3)
        ]
    )
    assert made.hindsight(["beam", "treadle"]) == pytest.approx((0.4 + 0.3) / (0.4 + 0.1))
