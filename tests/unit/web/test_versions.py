"""The page of one version of an adapter."""

import re

import pytest

from app.web.versions import columns_of, losses_of
from tests.unit.web import trained
from tests.unit.web.bots import NOW, Shown
from tests.unit.web.test_dashboard import words

HOME = "/repositories/1/training"


def page(bot: Shown, number: int = 1) -> str:
    answer = bot.client().get(f"{HOME}/{number}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ({"lessons": 64, "imported": 3}, "Data 64 lessons, 3 imported rows among the lessons,"),
        ({"lessons": 64, "imported": 0}, "Data 64 lessons, ddd"),
        ({"lessons": 64}, "Data 64 lessons, ddd"),
    ],
    ids=["some", "none", "from before"],
)
def test_it_says_how_many_imported_rows_were_in_it(
    school: Shown, metrics: dict[str, int], said: str
) -> None:
    trained.keep(school, 1, metrics=metrics, data_hash="d" * 64)
    assert said in words(page(school))


def test_it_says_what_it_was_made_of(school: Shown) -> None:
    version = trained.keep(school, 1)
    text = page(school)
    said = words(text)
    assert f"Base model bobbin {'b' * 64}" in said
    assert f"Data 64 lessons, 32 pairs, 20 threads, 8 steps, {version.data_hash}" in said
    assert "3: nearly the same as another, and joined with it" in said
    assert "Redacted 1 secret or address" in said
    assert "Taught in 1 min 35 s" in said
    assert "Seed 7" in said and "Run run-1" in said
    for name, digest in version.files.items():
        assert f"{name} {digest}" in said
    assert '"rate": 0.001' in said
    assert f"<title>{version.name} · olivia/shuttle · Treadle</title>" in text


def test_it_says_what_the_gate_found_the_worst_first(school: Shown) -> None:
    trained.keep(school, 1, wins=9)
    said = words(page(school))
    assert "not passed preference The adapter moves towards what people chose in 9 of 16" in said
    assert "passed perplexity The perplexity of general text is 1.01 times what it was." in said
    assert "wanted: at most 1.05 times what it was" in said
    assert said.index("not passed preference") < said.index("passed pairs")


def test_the_four_columns(school: Shown) -> None:
    trained.keep(school, 1)
    table = re.search(r'<table[^>]*id="columns">.*?</table>', page(school), re.DOTALL)
    assert table is not None
    said = words(f"<main {table[0]}")
    # Memory answers a quarter of 16; what is left is (12 * .5 + 4 * .125) / 16 = .40625.
    assert said.endswith(
        "nothing learned 0 of 16 50 % memory and weights 4 of 16 41 % "
        "adapter alone 16 of 16 25 % all of it 16 of 16 12 %"
    )


def test_its_losses_are_drawn(school: Shown) -> None:
    trained.keep(school, 1)
    text = page(school)
    assert text.count("<polyline") == 2
    assert "imitation (SFT) from 3.00 to 1.00; preference (DPO) from 0.70 to 0.30" in words(text)


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"columns": None, "losses": None, "seconds": None},
        {"columns": {"asked": [{"other": 1}]}, "losses": {"new": [1.0]}},
        {"columns": {"asked": []}, "losses": []},
    ],
)
def test_what_was_not_measured_or_otherwise_is_left_out(
    school: Shown, metrics: dict[str, object]
) -> None:
    assert columns_of(metrics) == () and losses_of(metrics) is None
    trained.keep(school, 1, metrics=metrics)
    text = page(school)
    assert "This was not measured." in text and "<polyline" not in text


def test_what_was_too_long_to_learn_from_is_told(school: Shown) -> None:
    trained.keep(school, 1, metrics={"too_long": 2})
    assert "2: longer than the recipe or the model reads" in words(page(school))


def test_what_was_not_too_long_is_not_told(school: Shown) -> None:
    trained.keep(school, 1, metrics={"too_long": 0})
    assert "Left out" not in page(school)


@pytest.mark.parametrize("path", [f"{HOME}/2", f"{HOME}/{10**17}", "/repositories/2/training/1"])
def test_what_is_not_there(school: Shown, path: str) -> None:
    trained.keep(school, 1)
    assert school.client().get(path).status_code == 404


class TestWhatMayBeDone:
    def test_one_that_passed(self, school: Shown) -> None:
        trained.keep(school, 1)
        assert buttons(page(school)) == ["promote", "retire"]

    def test_one_in_use(self, school: Shown) -> None:
        trained.promote(school, trained.keep(school, 1))
        assert buttons(page(school)) == ["rollback"]

    def test_one_that_was_kept_back(self, school: Shown) -> None:
        trained.keep(school, 1, wins=9)
        text = page(school)
        assert buttons(text) == ["retire"]
        assert "It did not pass the gate, and so answers never use it." in text

    def test_one_that_is_retired(self, school: Shown) -> None:
        version = trained.keep(school, 1)
        school.store.adapters.retire(1, version.name, NOW)
        text = page(school)
        assert buttons(text) == []
        assert "It was retired and is not used again." in text

    def test_one_of_another_model(self, school: Shown) -> None:
        trained.keep(school, 1, base="thimble")
        text = page(school)
        assert buttons(text) == ["retire"]
        assert "Set the model back to use it." in text


def buttons(text: str) -> list[str]:
    """Which acts the page offers."""
    return re.findall(rf'action="{HOME}/([a-z]+)"', text)
