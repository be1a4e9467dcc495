"""The questions in other words that recall is fitted on."""

from bench.questions import load
from bench.questions.memories import corrections
from bench.questions.reworded import reworded


def test_each_question_has_other_wordings_once() -> None:
    every = reworded()
    assert len(every) >= 80
    assert len({one.id for one in every}) == len(every)
    texts = [text for one in every for text in (one.question, *one.paraphrases)]
    assert len({text.casefold() for text in texts}) == len(texts)
    assert all(len(one.paraphrases) == 4 and one.correction for one in every)


def test_nothing_that_is_measured_is_fitted_on() -> None:
    measured = {one.package for one in corrections().corrections if one.half == "held out"}
    measured |= set(load("test").packages)
    assert not measured & {one.package for one in reworded()}


def test_no_correction_of_dev_is_taken_for_another_question() -> None:
    about = {name for one in corrections().corrections for name in one.about}
    assert not about & {one.id for one in reworded()}
