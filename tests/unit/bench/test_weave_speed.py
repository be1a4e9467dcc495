"""Where a reply's time goes: what is counted of a session, and the figures of replies."""

from collections.abc import Sequence

import pytest
from rich.console import Console

from app.domain import Piece, Usage
from bench.weave_speed import KINDS, Reply, Spent, Watch, summary, table


class Session:
    """Reads 100 tokens with each call, 80 of them before; samples one piece of 5."""

    whole = False

    def __init__(self) -> None:
        self.usage = Usage()

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        self.usage += Usage(read=100, cached=80, written=5)
        return [[Piece(text="a", finished=True, logprob=-1.0)] for _ in prefixes]

    def yes_no(self, texts: Sequence[str], question: str) -> list[float]:
        self.usage += Usage(read=100, cached=80)
        return [0.5 for _ in texts]

    def again(self, prompt: str) -> "Session":
        return self


def test_a_watched_session_says_the_same_and_is_counted_by_kind() -> None:
    watch = Watch()
    session = watch.watched(Session())  # type: ignore[arg-type]
    assert not session.whole
    assert session.expand(["", "a"], [1, 1])[1][0].text == "a"
    assert session.yes_no(["a", "b", "c"], "Good?") == [0.5] * 3
    assert session.again("anew").yes_no(["d"], "Good?") == [0.5]  # type: ignore[arg-type]
    assert [watch.spent[kind].calls for kind in KINDS] == [1, 2, 0]
    assert [watch.spent[kind].texts for kind in KINDS] == [2, 4, 0]
    assert watch.spent["expand"].usage == Usage(read=100, cached=80, written=5)
    assert watch.spent["yes_no"].usage == Usage(read=200, cached=160)
    assert watch.spent["yes_no"].seconds > 0


def reply(seconds: float, inside: float) -> Reply:
    usage = Usage(read=1000, cached=900)
    spent = {kind: Spent() for kind in KINDS}
    spent["yes_no"] = Spent(calls=2, texts=10, seconds=inside, usage=usage)
    return Reply(seconds=seconds, spent=spent)


def test_figures_are_medians_of_replies_and_means_of_counts() -> None:
    found = summary([reply(2.0, 1.0), reply(4.0, 3.6), reply(1.0, 0.8)])
    assert found["seconds"] == 2.0
    # Shares of 0.5, 0.9 and 0.8.
    assert (found["inside"], found["inside_least"]) == (0.8, 0.5)
    asked = found["kinds"]["yes_no"]
    assert (asked["calls"], asked["texts"], asked["seconds"]) == (2, 10, 1.0)
    assert (asked["read"], asked["computed"]) == (1000, 100)


def test_the_table_shows_what_was_looked_up(capsys: pytest.CaptureFixture[str]) -> None:
    Console(width=120).print(table("bobbin", summary([reply(2.0, 1.0)])))
    shown = capsys.readouterr().out
    assert "50% of it inside the model" in shown
    assert "90.0%" in shown
