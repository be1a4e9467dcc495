"""The sample repository answers what is asked about it, without a language model."""

from collections.abc import Callable

import pytest

from app.demo.columns import grade
from app.demo.stage import SAMPLE
from app.demo.untaught import UNTAUGHT, Untaught
from app.domain import Answer, Dictionary, Question
from app.knowledge.folder import folder_corpus
from app.models.extract import Extract
from app.weave.answer import Composer
from app.weave.drafting import ComposerConfig
from playground.simulation.questions import questions

Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask() -> Ask:
    corpus = folder_corpus(SAMPLE)
    composer = Composer(Extract(), ComposerConfig())

    def answer(question: str) -> Answer:
        nothing = Dictionary(repository_id=0)
        return composer.answer(
            Question(text=question), corpus=corpus, memories=(), dictionary=nothing
        )

    return answer


def test_each_answer_says_the_sentence_that_answers(ask: Ask) -> None:
    simulated = [Untaught(question=one.question, sentence=one.sentence) for one in questions()]
    for one in (*simulated, *UNTAUGHT):
        found = grade(one, ask(one.question).text)
        assert found.right, one
        # Nobody taught anything yet.
        assert not found.satisfied, one
