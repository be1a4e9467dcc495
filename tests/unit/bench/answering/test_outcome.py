"""What is measured of an answer."""

from app.domain import Answer, Passage, Quote, Usage
from bench.answering.outcome import claimed, outcome
from bench.questions.facts import Fact, Inquiry
from tests.unit.weave.made import corpus

SOURCE = Passage(
    path="docs/port.md", start_line=3, end_line=3, title="Port", text="It listens on port 8080."
)
ASKED = Inquiry(
    id="loom-01",
    package="loom",
    question="Where does it listen?",
    facts=(Fact(any=("8080",), file="x"), Fact(any=("LOOM_PORT",), file="x")),
)


def answer(text: str, *quotes: str) -> Answer:
    return Answer(
        text=text,
        quotes=tuple(Quote(text=said, source=0) for said in quotes),
        sources=(SOURCE,),
        confidence=0.9,
        score=0.0,
        abstained=not text,
        usage=Usage(read=50, cached=40, written=7),
    )


def test_facts_and_costs_are_counted_and_marks_of_sources_are_no_words() -> None:
    said = answer("It listens on port 8080. [1]", "It listens on port 8080.")
    found = outcome(ASKED, said, corpus(), group="single", way="greedy", seconds=0.12345)
    assert found.facts == 0.5
    assert found.words == 5
    assert (found.read, found.cached, found.written) == (50, 40, 7)
    assert not found.withheld
    assert found.seconds == 0.123


def test_an_answer_that_is_withheld_states_nothing() -> None:
    found = outcome(ASKED, answer(""), corpus(), group="single", way="greedy", seconds=1.0)
    assert (found.facts, found.withheld, found.words) == (0.0, True, 0)


def test_names_that_exist_nowhere_are_counted() -> None:
    text = "Set `LOOM_PORT` in `docs/port.md`, then `LOOM_HARBOUR`."
    named, missing = claimed(text, corpus(), [SOURCE])
    assert (named, missing) == (3, 1)
