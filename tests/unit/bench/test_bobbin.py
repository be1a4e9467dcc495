import io

import pytest
from rich.console import Console

import bench.bobbin
from app.training.bobbin.corpus import Missing
from app.training.bobbin.shares import Share
from bench.bobbin import differences, main, show

SHARES = {"hand_exact": Share(hits=70, total=100), "quotes": Share(hits=490, total=500)}


def test_shares_that_are_not_the_cards_are_told():
    card = {"measures": {"hand_exact": {"value": 0.72}, "quotes": {"value": 0.972}}}
    assert differences(card, SHARES) == ["hand_exact is 0.700, 0.720 in the card"]


@pytest.mark.parametrize(
    ("name", "hits", "told"),
    [
        # The card says 78 of 200: .39. What is not trained may differ by two pages.
        ("style_before", 80, []),
        ("style_before", 81, ["style_before is 0.405, 0.390 in the card"]),
        # What is trained anew may differ by ten.
        ("style_after", 88, []),
        ("style_after", 68, []),
        ("style_after", 89, ["style_after is 0.445, 0.390 in the card"]),
        ("style_led", 67, ["style_led is 0.335, 0.390 in the card"]),
    ],
)
def test_measures_of_a_trained_adapter_may_differ_by_more(
    name: str, hits: int, told: list[str]
) -> None:
    card = {"measures": {name: {"value": 0.39}}}
    assert differences(card, {name: Share(hits=hits, total=200)}) == told


def test_what_was_measured_is_shown_beside_what_is_wanted():
    out = io.StringIO()
    show(SHARES, "bobbin", Console(file=out, width=140))
    rows = {row[0]: row[1:] for row in map(cells, out.getvalue().splitlines()) if len(row) == 5}
    assert rows["right sentence, word for word"] == ["0.700", "0.60-0.78", "0.70", "100"]
    assert rows["does the answer quote the sources?"] == ["0.980", "0.96-0.99", "0.97", "500"]
    assert "Synthetic questions" not in out.getvalue()


def test_packages_that_are_not_installed_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(names: object) -> None:
        raise Missing("not installed: loom")

    monkeypatch.setattr(bench.bobbin.Probe, "load", lambda folder: None)
    monkeypatch.setattr(bench.bobbin, "documents", absent)
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "not installed: loom" in capsys.readouterr().err


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("│┃ ").replace("┃", "│").split("│")]
