import pytest

from app.text.words import search_words
from app.weave.candidates import SEPARATOR, candidates
from app.weave.evaluator import BANNED, Evaluator
from app.weave.grounding import Grounding
from app.weave.phrase_score import PhraseScore
from app.weave.relevance import probability
from tests.unit.weave.made import dictionary, passage

TEXT = "Run the tests with make. Bake a cake at noon."
FIRST, SECOND = ("Run the tests with make.", "Bake a cake at noon.")


def evaluator(**words: float) -> Evaluator:
    offered = candidates([passage(TEXT)])
    return Evaluator(
        offered,
        [2.0, 0.0],
        recalled=(),
        phrases=PhraseScore(dictionary(**words)),
        grounding=Grounding({"a.md"}, [TEXT]),
    )


def drafts(*texts: str) -> list[str]:
    return [text + SEPARATOR for text in texts]


def test_the_more_relevant_sentence_scores_higher() -> None:
    first, second = evaluator().score(drafts(FIRST, SECOND))
    assert first > second


def test_verdicts_are_by_text() -> None:
    verdicts = evaluator(cake=-3.0).verdicts
    assert set(verdicts) == {FIRST, SECOND}
    assert verdicts[SECOND].phrases == pytest.approx(-1.2)
    assert verdicts[FIRST].odds > verdicts[SECOND].odds


def test_a_banned_sentence_rules_a_draft_out() -> None:
    both = FIRST + SEPARATOR + SECOND + SEPARATOR
    assert evaluator().score([both], frozenset({SECOND})) == [BANNED]
    assert evaluator().score([""]) == [BANNED]


def test_disliked_phrases_count_against_the_whole_draft() -> None:
    both = FIRST + SEPARATOR + SECOND + SEPARATOR
    assert evaluator(cake=-5.0).score([both])[0] < evaluator().score([both])[0] - 0.9


def test_names_that_do_not_exist_count_against_a_draft() -> None:
    plain, invented = evaluator().score(drafts("Use the thing.", "Use `the_thing`."))
    assert invented < plain


def test_text_that_no_source_has_can_be_judged() -> None:
    judged = evaluator().verdict("Something new is said here.")
    assert judged.candidate.words == frozenset(search_words("Something new is said here."))
    assert evaluator().verdict("…").odds == BANNED


def test_a_second_opinion_is_pooled_with_the_odds() -> None:
    judge = evaluator()
    before = {text: probability(one.odds) for text, one in judge.verdicts.items()}
    judge.lean({FIRST: -2.0, SECOND: 0.0})
    after = {text: probability(one.odds) for text, one in judge.verdicts.items()}
    # e^2 : 1 by the scores, and 1 : e^2 by the opinion, make both equally probable.
    assert after[FIRST] == pytest.approx(after[SECOND]) == pytest.approx(0.5)
    assert sum(after.values()) == pytest.approx(sum(before.values()))
    assert judge.score(drafts(FIRST))[0] == pytest.approx(judge.score(drafts(SECOND))[0])


def test_an_opinion_of_some_leaves_the_others_alone() -> None:
    judge = evaluator()
    before = judge.verdicts[SECOND].odds
    judge.lean({FIRST: -3.0})
    assert judge.verdicts[SECOND].odds == before
    judge.lean({})
    assert judge.verdicts[FIRST].odds == pytest.approx(evaluator().verdicts[FIRST].odds)
