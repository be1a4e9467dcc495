from collections import Counter

import pytest

from app.domain import Dictionary, Facts, Passage, Question
from app.layouts import Layout, numbered
from app.training.probes import lay_out, probes, texts
from app.training.quoted import quotes
from app.weave import prompts


def test_there_are_enough_of_them():
    # 300 questions: 8 lost at most rule 5 points out, and 22 answers of 316 rule out 10.
    assert len(probes()) == 300
    assert len(texts()) == 40
    assert len({probe.name for probe in probes()}) == 300
    assert len({probe.question for probe in probes()}) == 300


def test_every_sentence_is_right_once():
    assert Counter(probe.gold for probe in probes()) == dict.fromkeys(range(1, 6), 60)
    for probe in probes():
        assert len(set(probe.sources)) == len(probe.sources) == 5
        assert sum(map(len, probe.sources)) < 500


def test_the_first_few_are_of_different_pages_and_places():
    first = probes()[:60]
    assert len({probe.sources for probe in first}) == 60
    assert Counter(probe.gold for probe in first) == dict.fromkeys(range(1, 6), 12)


@pytest.mark.parametrize("layout", list(Layout))
def test_the_right_answer_quotes_the_right_source(layout):
    for probe in probes():
        answer = probe.answer(layout)
        assert f"[{probe.gold}]" in answer
        if layout is Layout.NUMBERED:
            found = quotes(answer, lay_out(probe, layout), layout)
            assert found == {numbered.flat(probe.sources[probe.gold - 1])}


def test_numbered_pages_are_those_of_answering():
    probe = probes()[0]
    assert lay_out(probe, Layout.NUMBERED) == numbered.page(probe.sources, probe.question)


def test_passages_are_laid_out_as_answering_does():
    probe = probes()[0]
    sources = [
        Passage(path="kestrel.md", start_line=1, end_line=1, title="kestrel", text=text)
        for text in probe.sources
    ]
    expected = prompts.lay_out(
        Question(text=probe.question),
        sources,
        facts=Facts(),
        examples=(),
        dictionary=Dictionary(repository_id=1),
        budget=4000,
    )
    assert lay_out(probe, Layout.PASSAGES) == expected.text
