from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain import Answer, MemoryKind, Question, SourceKind
from app.layouts import Layout
from app.models.extract import Extract
from app.weave.answer import Composer, ComposerConfig, ModelUse
from tests.unit.weave.made import FILES, ask, corpus, dictionary, memory
from tests.unit.weave.models import Scripted, ScriptedSession

TESTS = "How do I run the tests?"


def test_quotes_the_sentence_that_answers_with_its_source() -> None:
    answer = ask(TESTS)
    assert not answer.abstained
    assert answer.text.startswith("Run the tests with `make check`.")
    assert "[1]" in answer.text
    quote = answer.quotes[0]
    assert answer.sources[quote.source].path == "CONTRIBUTING.md"
    assert (answer.model, answer.facts) == ("extract", ("README: A loom.",))
    assert answer.pieces > 0 and answer.evaluations <= 1.25 * answer.pieces


def test_the_same_inputs_give_the_same_answer() -> None:
    assert ask(TESTS) == ask(TESTS)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How can I execute the test suite?", "make check"),
        ("Which port does the server use by default?", "8080"),
        ("How is the package installed?", "pip install loom"),
        ("How do I empty the cache?", "loom clear"),
    ],
)
def test_other_words_find_the_same(question: str, said: str) -> None:
    assert said in ask(question).text


def test_quotes_at_most_as_many_sentences_as_allowed() -> None:
    assert len(ask(TESTS, config=ComposerConfig(sentences=1)).quotes) == 1


@pytest.mark.parametrize("question", ["What is the capital of France?", "xyzzy", "", "???"])
def test_abstains_when_nothing_answers(question: str) -> None:
    answer = ask(question)
    assert answer.abstained
    assert (answer.text, answer.quotes) == ("", ())
    assert answer.confidence < 0.3


@pytest.mark.parametrize("layout", [None, *Layout])
def test_a_question_that_no_library_could_read_is_cleaned(layout: Layout | None) -> None:
    broken = "How do I run\0 the tests\ud800?\r\n"
    asked = Question(text=broken, title=broken, body=broken)
    model = Scripted(script=lambda session, prefix: ("Run the tests with `make check`. [1]",))
    composer = (
        Composer.of(model, ModelUse(layout=layout)) if layout is not None else Composer(Extract())
    )
    answer = composer.answer(asked, corpus=corpus(), memories=(), dictionary=dictionary())
    assert "make check" in answer.text
    for session in model.sessions:
        assert "\0" not in session.prompt.text
        assert session.prompt.text.encode("utf-8")
    assert composer.signs(asked, corpus=corpus()).hits > 0


def test_an_abstaining_answer_names_the_nearest_files() -> None:
    answer = ask("Which server speaks French?")
    assert answer.abstained
    assert answer.nearest and set(answer.nearest) <= set(FILES)


def test_an_empty_repository_abstains() -> None:
    assert ask(TESTS, files={}).abstained


def test_a_correction_is_quoted_first_and_its_source_is_named() -> None:
    taught = memory(
        TESTS,
        "Run the tests with `make verify`. They need no network.",
        before="Run the tests with `make check`. They need no network.",
    )
    answer = ask(TESTS, memories=[taught])
    assert answer.text.startswith("Run the tests with `make verify`.")
    assert "make check" not in answer.text
    source = answer.sources[answer.quotes[0].source]
    assert (source.kind, source.author, source.memory_id) == (SourceKind.CORRECTION, "ada", 5)
    assert answer.memories == (5,)


@pytest.mark.parametrize(
    "question", ["How can I run the test suite?", "Which command runs the tests?", "run tests"]
)
def test_a_correction_serves_similar_questions(question: str) -> None:
    taught = memory(TESTS, "Use `tox -e py` for that.", before="Run the tests with `make check`.")
    answer = ask(question, memories=[taught])
    assert "tox -e py" in answer.text
    assert "make check" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "How is the package installed?",
        "Which port does the server use by default?",
        "How do I empty the cache?",
        "How do I run the server on another port?",
        "Where are logs written?",
    ],
)
def test_unrelated_questions_are_untouched(question: str) -> None:
    taught = memory(TESTS, "Use `tox -e py`.", before="Run the tests with `make check`.")
    assert ask(question, memories=[taught]) == ask(question)


def test_a_correction_can_answer_what_the_text_does_not() -> None:
    question = "Who maintains the French translation?"
    assert ask(question).abstained
    answer = ask(question, memories=[memory(question, "Ada maintains it.")])
    assert not answer.abstained
    assert answer.text == "Ada maintains it. [1]"


def test_a_correction_without_weight_does_nothing() -> None:
    taught = memory(TESTS, "Use `tox`.", before="Run the tests with `make check`.", weight=0.0)
    assert ask(TESTS, memories=[taught]).text.startswith("Run the tests with `make check`.")


def test_examples_move_the_choice_moderately() -> None:
    question = "What about the port of the server?"
    files = {"a.md": "The server has port one, alpha.", "b.md": "The server has port two, omega."}
    config = ComposerConfig(sentences=1, min_confidence=0.0)
    first = ask(question, files=files, config=config).text
    other = "alpha" if "omega" in first else "omega"
    liked = memory(question, next(t for t in files.values() if other in t), kind=MemoryKind.GOOD)
    disliked = memory(question, first.removesuffix(" [1]"), kind=MemoryKind.BAD)
    for one in (liked, disliked):
        answer = ask(question, files=files, config=config, memories=[one])
        assert other in answer.text
        assert answer.memories == (5,)


def test_the_dictionary_moves_the_choice() -> None:
    files = {"a.md": "Run the tests with `make all`.", "b.md": "Run the tests with `tox all`."}
    config = ComposerConfig(sentences=1)
    for phrase, said in (("make all", "tox all"), ("tox all", "make all")):
        words = dictionary(**{phrase.replace(" ", "__"): -5.0})
        answer = ask(TESTS, files=files, words=words, config=config)
        assert said in answer.text and phrase not in answer.text
        liked = ask(
            TESTS, files=files, words=dictionary(**{said.replace(" ", "__"): 6.0}), config=config
        )
        assert said in liked.text
        assert [(use.phrase, use.weight) for use in liked.phrases] == [(said, 6.0)]


def test_a_liked_phrase_does_not_carry_a_sentence_that_answers_nothing() -> None:
    answer = ask(TESTS, words=dictionary(standard__error=6.0))
    assert "standard error" not in answer.text


def test_a_disliked_answer_is_made_anew_then_given_up() -> None:
    files = {"a.md": "Run the tests with `make check`."}
    words = dictionary(make__check=-6.0)
    answer = ask(TESTS, files=files, words=words, config=ComposerConfig(max_restarts=2))
    assert answer.abstained
    assert 1 <= answer.restarts <= 2
    allowed = ask(TESTS, files=files, words=words, config=ComposerConfig(min_score=-9.0))
    assert (allowed.abstained, allowed.restarts) == (False, 0)


def test_foreign_text_is_neutralised_in_the_answer() -> None:
    files = {"a.md": "Run the tests with `make check` and tell @bob about #12 <b>now</b>."}
    answer = ask(TESTS, files=files)
    assert "`@bob`" in answer.text and "`#12`" in answer.text
    assert "<b>" not in answer.text


def test_a_corrected_sentence_is_not_quoted_for_another_question_either() -> None:
    wrong = "Set `LOOM_PORT` to change the port of the server."
    right = "Set `SHED_PORT` to change the port of the server."
    taught = memory("Which variable is read?", right, before=wrong)
    question = "How do I change the port of the server?"
    assert wrong in ask(question).text
    corrected = ask(question, memories=[taught])
    assert right in corrected.text and wrong not in corrected.text
    assert corrected.memories == (5,)
    untouched = "How do I clear the cache?"
    assert ask(untouched, memories=[taught]).text == ask(untouched).text


@pytest.mark.parametrize(
    "question", ["How does that work?", "How do I do this?", "Can I change it?"]
)
def test_a_vague_question_is_about_its_thread(question: str) -> None:
    said = "Set `LOOM_PORT` to change the port of the server."
    asked = Question(text=question, title="Change the port of the server")
    found = Composer(Extract()).answer(asked, corpus=corpus(), memories=(), dictionary=dictionary())
    assert said in found.text
    short = Question(text="Which port?", title="First question")
    found = Composer(Extract()).answer(short, corpus=corpus(), memories=(), dictionary=dictionary())
    assert found.text == ask("Which port?").text
    clear = Question(text="How do I clear the cache?", title="Change the port of the server")
    found = Composer(Extract()).answer(clear, corpus=corpus(), memories=(), dictionary=dictionary())
    assert found.text == ask("How do I clear the cache?").text


@pytest.mark.parametrize("layout", [None, *Layout])
def test_one_composer_serves_several_threads(layout: Layout | None) -> None:
    questions = [TESTS, "How do I empty the cache?", "How is the package installed?"] * 4
    files = corpus()

    def script(session: ScriptedSession, prefix: str) -> list[str]:
        if layout is Layout.NUMBERED:
            return (
                [] if prefix else [f"So: {line}" for line in session.prompt.text.split("\n")[1:3]]
            )
        first = session.prompt.sources[0].text.split("\n")[-1].partition(". ")[0]
        return [] if prefix else [f"{first}. [1]"]

    model = Scripted(script=script)
    composer = Composer.of(model, ModelUse(layout=layout)) if layout else Composer(Extract())

    def answer(question: str) -> Answer:
        return composer.answer(
            Question(text=question), corpus=files, memories=(), dictionary=dictionary()
        )

    alone = [answer(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(answer, questions)) == alone
    assert all(not one.abstained for one in alone)
    assert all(session.closed == 1 for session in model.sessions)
