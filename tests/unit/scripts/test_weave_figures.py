"""The sections about answers and time on the page of figures, from what the benches keep."""

from bench.answering.summary import OURS, figures
from bench.weave_speed import Reply, Spent, summary
from scripts.weave_figures import answers, speed
from tests.unit.bench.answering.made import outcome


def test_a_table_for_each_group_has_leads_and_ties() -> None:
    outcomes = [outcome(OURS), outcome("single sample", facts=0.25), outcome("greedy")]
    page = answers({"model": "bobbin", "selections": figures(outcomes)})
    assert "All ways have bobbin" in page
    assert page.count("| single, reported, 1 questions | facts |") == 1
    assert "| single sample | 0.250 (0.25 to 0.25) | +0.750 (+0.75 to +0.75) | above |" in page
    assert "| greedy | 1.000 (1.00 to 1.00) | +0.000 (+0.00 to +0.00) | tie |" in page


def test_time_has_a_column_for_each_model_and_no_row_for_calls_that_none_made() -> None:
    asked = {"expand": Spent(calls=1, texts=1, seconds=3.0), "yes_no": Spent(), "logprob": Spent()}
    figures = summary([Reply(seconds=4.0, spent=asked)])
    page = speed({"bobbin": figures, "a random model": figures})
    assert "|  | bobbin | a random model |" in page
    assert "| inside the model, median | 75% | 75% |" in page
    assert "| sampling: calls a reply | 1.0 | 1.0 |" in page
    assert "questions about drafts" not in page
