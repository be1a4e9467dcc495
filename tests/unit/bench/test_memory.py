"""The corrections that memory is measured by, and how it is measured."""

from collections import Counter

import pytest

from app.domain import Answer, Passage, Quote, SourceKind
from bench.memory import Outcome, reached, share
from bench.questions import SITE_PACKAGES, documents, load
from bench.questions.memories import Correction, corrections
from tests.unit.weave.made import memory

KNOWN = corrections()
EVERY = KNOWN.corrections


def test_there_are_enough_of_each_kind() -> None:
    assert len(EVERY) >= 20
    assert sum(len(one.paraphrases) for one in EVERY if one.half == "held out") >= 60
    assert all(len(set(one.paraphrases)) >= 3 for one in EVERY)
    unrelated = {text for one in EVERY if one.half == "held out" for text in KNOWN.unrelated(one)}
    assert len(unrelated) >= 60
    assert max(Counter(one.id for one in EVERY).values()) == 1


def test_no_package_is_in_both_halves_or_in_the_test_set() -> None:
    halves = [{one.package for one in EVERY if one.half == half} for half in ("dev", "held out")]
    assert not halves[0] & halves[1]
    assert not (halves[0] | halves[1]) & set(load("test").packages)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
def test_only_the_correction_has_the_fact(one: Correction) -> None:
    assert one.fact in one.correction.replace("`", "")
    asked = [one.question, *one.paraphrases, *KNOWN.unrelated(one)]
    assert not any(one.fact.casefold() in text.casefold() for text in asked)
    assert not {one.question, *one.paraphrases} & set(KNOWN.unrelated(one))
    for path in documents(KNOWN.packages[one.package]):
        text = (SITE_PACKAGES / path).read_text(encoding="utf-8")
        assert one.fact.casefold() not in text.casefold(), path


@pytest.mark.parametrize(
    "said, cites, expected",
    [
        ("Requests give up after `12 seconds`.", None, True),
        ("Something else.", 5, True),
        ("Something else.", 6, False),
        ("After 5 seconds.", None, False),
    ],
)
def test_what_counts_as_reached(said: str, cites: int | None, expected: bool) -> None:
    one = next(one for one in EVERY if one.fact == "12 seconds")
    source = Passage(
        path="",
        start_line=1,
        end_line=1,
        title="",
        text=said,
        kind=SourceKind.PROSE,
        memory_id=cites,
    )
    answer = Answer(
        text=said, quotes=(Quote(text=said, source=0),), sources=(source,), confidence=1, score=1
    )
    assert reached(answer, one, memory("q", "a")) is expected


def test_a_share_is_of_questions_and_its_interval_of_corrections() -> None:
    made = [
        Outcome(
            correction=name,
            half="dev",
            kind="same",
            way="alone",
            question=f"{name}{n}",
            reached=name == "a",
            seconds=0.0,
        )
        for name in ("a", "b")
        for n in range(2)
    ]
    found = share(made)
    assert (found["share"], found["questions"], found["corrections"]) == (0.5, 4, 2)
    assert found["interval"] == [0.0, 1.0]
