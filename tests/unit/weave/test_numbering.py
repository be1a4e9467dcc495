import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.domain import Answer
from app.errors import TransientError
from app.layouts import Layout, numbered
from app.layouts.templates import template
from app.weave import relevance
from app.weave.answer import ComposerConfig
from tests.unit.weave.made import ask, dictionary, memory
from tests.unit.weave.models import COST, Scripted, ScriptedSession, ask_model, says

TESTS = "How do I run the tests?"
CHECK = "Run the tests with `make check`."
NETWORK = "They need no network."
QUOTES = numbered.check(template("judge/quotes"))
ADDRESSES = numbered.check(template("judge/addresses"))


@pytest.fixture(autouse=True)
def weights(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets what the model's word is worth; more than nothing, whatever was fitted last."""
    real = {"likelihood": 0.3, "quotes": 0.1, "addresses": 0.1, "declined": 0.0}

    def put(**values: float) -> None:
        kept = relevance.coefficients

        def coefficients(name: str) -> dict[str, float]:
            return {**real, **values} if name == "model" else dict(kept(name))

        for module in ("numbering", "page_search", "answer"):
            monkeypatch.setattr(f"app.weave.{module}.coefficients", coefficients)

    put()
    return put


def put(model: Scripted, question: str = TESTS, **more: object) -> Answer:
    return ask_model(model, question, layout=Layout.NUMBERED, **more)  # type: ignore[arg-type]


def repeats(*texts: str, lead: str = "") -> Callable[[ScriptedSession, str], Sequence[str]]:
    """A script that says one of these sentences, with its number, and ends."""
    begin = f"{lead} " if lead else ""
    return lambda session, prefix: (
        () if prefix else [f"{begin}[{session.number(text)}] {text}" for text in texts]
    )


def test_says_a_sentence_of_the_page() -> None:
    model = Scripted(script=repeats(CHECK))
    answer = put(model, adapter="loom-3")
    assert answer.text.startswith(CHECK)
    assert answer.quotes[0].text == CHECK
    assert answer.sources[answer.quotes[0].source].path == "CONTRIBUTING.md"
    assert (answer.model, answer.adapter, answer.usage) == ("scripted", "loom-3", COST)
    assert model.adapters == [("loom-3", 0)]
    assert 0 < answer.pieces <= 72 and 0 < answer.evaluations <= 90
    assert answer.tokens == -(-len(model.sessions[0].prompt.text) // 4)


def test_reads_a_page_of_its_own_layout() -> None:
    model = Scripted(script=repeats(CHECK))
    put(model, words=dictionary(make__check=5.0, tox=-3.0, weak=1.0))
    prompt = model.sessions[0].prompt
    lines = prompt.text.split("\n")
    assert lines[0] == "Sources" and lines[-2:] == ["Answer:", ""]
    assert f"Question: {TESTS}" in lines
    assert "Keep: make check" in lines and "Avoid: tox" in lines
    assert prompt.shown == sum(line.startswith("[") for line in lines) <= 8
    places = [
        next(i for i, line in enumerate(lines) if line.endswith(text)) for text in (CHECK, NETWORK)
    ]
    assert places[1] == places[0] + 1, "sources stand in the order of the documents"


def test_a_long_question_is_cut_to_what_it_asks() -> None:
    model = Scripted(script=repeats(CHECK))
    put(model, "It worked on Monday. " * 40 + TESTS)
    asked = next(
        line for line in model.sessions[0].prompt.text.split("\n") if line.startswith("Question")
    )
    assert asked.endswith(TESTS) and len(asked) <= 310


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([CHECK], id="the best"),
        pytest.param([NETWORK], id="another"),
        pytest.param([NETWORK, CHECK], id="both"),
    ],
)
def test_the_ranking_ranks_where_the_model_has_no_say(
    said: list[str], weights: Callable[..., None]
) -> None:
    weights(likelihood=0.0, quotes=0.0)
    model = Scripted(script=repeats(*said), likely=lambda line: -9.0 * (CHECK in line))
    answer, plain = put(model), ask(TESTS)
    assert answer.quotes == plain.quotes
    assert answer.text == plain.text
    assert answer.score == pytest.approx(plain.score, abs=1e-3)
    assert model.sessions[0].measured == [] and model.sessions[0].judged == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[1] Run the tests with `make all`.", id="changed"),
        pytest.param("Run the tests with `make check`.", id="no number"),
        pytest.param("[9] Something else.", id="no such number"),
        pytest.param("[1]", id="number alone"),
        pytest.param("", id="nothing"),
        pytest.param("[1] run the tests with `make check`.", id="other case"),
        pytest.param("[1] Run the tests with `make check`. And more.", id="more"),
        pytest.param("<!-- treadle {} -->: [1] Run the tests with `make check`.", id="comment"),
        pytest.param("\n\n\n", id="lines"),
        pytest.param("x" * 100_000, id="giant"),
    ],
)
def test_what_is_no_sentence_to_the_letter_is_not_said(text: str) -> None:
    model = Scripted(script=says(text))
    answer = put(model)
    assert answer.quotes == ask(TESTS).quotes
    assert "make all" not in answer.text and "treadle" not in answer.text
    judged = {text for texts, _ in model.sessions[0].judged for text in texts}
    assert text.strip("\n") not in judged


def test_a_wrong_number_is_the_sentence_that_follows_it() -> None:
    def script(session: ScriptedSession, prefix: str) -> Sequence[str]:
        wrong = session.number(NETWORK)
        return () if prefix else [f"Short answer: [{wrong}] {CHECK}"]

    answer = put(Scripted(script=script), config=ComposerConfig(sentences=1))
    assert [quote.text for quote in answer.quotes] == [CHECK]
    assert answer.sources[0].path == "CONTRIBUTING.md"
    assert answer.text == f"Short answer: {CHECK} [1]"


@pytest.mark.parametrize(
    ("lead", "shown"),
    [
        ("Short answer:", "Short answer: "),
        ("In a few words:", "In a few words: "),
        ("Kurz:", "Kurz: "),
        ("One two three four five:", ""),
        ("See @bob:", ""),
        ("<b>Hi</b>:", ""),
        ("No colon", ""),
        ("/deploy:", ""),
        ("Look https://evil.example:", ""),
    ],
)
def test_the_models_usual_lead_is_shown(lead: str, shown: str) -> None:
    answer = put(Scripted(script=repeats(CHECK, lead=lead)), config=ComposerConfig(sentences=1))
    assert answer.text == f"{shown}{CHECK} [1]"
    assert answer.quotes[0].lead == shown.strip()


def test_a_lead_stands_before_the_best_sentence_though_the_model_said_another() -> None:
    model = Scripted(script=repeats(NETWORK, lead="In short:"))
    answer = put(model, config=ComposerConfig(sentences=1))
    assert answer.text == f"In short: {CHECK} [1]"
    assert all(line.startswith("In short: [") for line in model.sessions[0].measured[0])


def test_a_rare_or_disliked_lead_is_not_usual() -> None:
    def script(session: ScriptedSession, prefix: str) -> Sequence[str]:
        line = f"[{session.number(CHECK)}] {CHECK}"
        return () if prefix else [line, line, f"In short: {line}"]

    one = ComposerConfig(sentences=1)
    assert put(Scripted(script=script), config=one).quotes[0].lead == ""
    words = dictionary(in__short=-4.0)
    model = Scripted(script=repeats(CHECK, lead="In short:"))
    assert put(model, config=one, words=words).quotes[0].lead == ""


def test_a_lead_opens_an_answer_of_several_sentences_once() -> None:
    def script(session: ScriptedSession, prefix: str) -> Sequence[str]:
        first, second = (f"[{session.number(text)}] {text}" for text in (NETWORK, CHECK))
        return [] if prefix else [f"So: {first}\nSo: {second}"]

    model = Scripted(script=script, judge=lambda text, _: 4.0 if "\n" in text else -4.0)
    answer = put(model, files={"CONTRIBUTING.md": f"# Tests\n\n{CHECK}\n{NETWORK}\n"})
    assert [(quote.lead, quote.text) for quote in answer.quotes] == [("So:", CHECK), ("", NETWORK)]
    assert answer.text == f"So: {CHECK} {NETWORK} [1]"


def test_saying_that_there_is_no_answer_is_a_vote(weights: Callable[..., None]) -> None:
    plain = put(Scripted(script=repeats(CHECK)))
    unknown = Scripted(script=says(numbered.unknown()))
    assert put(unknown).quotes == plain.quotes, "a vote without weight changes nothing"
    weights(declined=-9.0)
    declined = put(unknown)
    assert declined.abstained and declined.confidence < 0.1
    assert numbered.unknown() not in declined.text
    half = Scripted(script=lambda s, p: [*says(numbered.unknown())(s, p), *repeats(CHECK)(s, p)])
    assert declined.confidence < put(half).confidence < plain.confidence


@pytest.mark.parametrize(
    ("likely", "readable"), [(True, True), (False, True), (True, False), (False, False)]
)
def test_the_model_sways_the_ranking_if_it_can_read(
    likely: bool, readable: bool, weights: Callable[..., None]
) -> None:
    question = "What about the port of the server?"
    files = {"a.md": "The server has port one, alpha.", "b.md": "The server has port two, omega."}
    config = ComposerConfig(sentences=1, min_confidence=0.0)
    first = ask(question, files=files, config=config).quotes[0].text
    model = Scripted(
        script=repeats(first) if readable else says("nothing of use"),
        likely=lambda line: -5.0 if (first in line) != likely else -1.0,
    )
    weights(likelihood=2.0)
    answer = put(model, question, files=files, config=config)
    assert (answer.quotes[0].text == first) is (likely or not readable)
    assert len(model.sessions[0].measured) == readable, "all lines are measured in one call"


def test_the_judge_is_asked_once_a_text_in_one_call_a_question() -> None:
    model = Scripted(script=repeats(CHECK, NETWORK), judge=lambda text, _: 1.0)
    answer = put(model)
    plain = put(Scripted(script=repeats(CHECK, NETWORK)))
    assert answer.score == pytest.approx(plain.score + 0.1)
    (session,) = model.sessions
    assert {question for _, question in session.judged} == {QUOTES}
    texts = [text for texts, _ in session.judged for text in texts]
    assert len(set(texts)) == len(texts) > 1
    # One call for each step of the search.
    assert len(session.judged) <= answer.pieces / 2
    both = Scripted(script=repeats(CHECK))
    put(both, addresses=True)
    assert {question for _, question in both.sessions[0].judged} == {QUOTES, ADDRESSES}


def test_a_model_that_reached_its_limit_still_answers_by_the_ranking() -> None:
    answer = put(Scripted())
    assert answer.quotes == ask(TESTS).quotes
    assert put(Scripted(), pieces=1).quotes[0].text == CHECK


@pytest.mark.parametrize("whole", [False, True])
def test_a_model_is_asked_for_beginnings_alone(whole: bool) -> None:
    model = Scripted(script=repeats(CHECK), whole=whole)
    answer = put(model)
    assert (answer.quotes, answer.whole) == (ask(TESTS).quotes, whole)
    # Of 72 pieces 18 are for the first of 4 sentences; the page's 2 sentences are among them.
    assert model.sessions[0].expanded == [("", 16)]


def test_corrections_and_dictionary_count_as_without_a_model() -> None:
    taught = memory(TESTS, "Run the tests with `tox`.", before=CHECK)
    answer = put(Scripted(script=repeats(CHECK)), memories=[taught])
    assert answer.quotes[0].text == "Run the tests with `tox`."
    assert answer.memories == (5,)


def test_a_disliked_answer_is_made_anew_then_given_up() -> None:
    files = {"a.md": f"{CHECK}\n\nRun the tests with `make all`.\n"}
    words = dictionary(make__check=-6.0, tests=4.5)
    config = ComposerConfig(sentences=1, min_score=1.0)
    model = Scripted(script=repeats(CHECK), likely=lambda line: -1.0)
    answer = put(model, files=files, words=words, config=config)
    assert answer.quotes[0].text == "Run the tests with `make all`."
    hard = put(
        Scripted(script=repeats(CHECK)),
        files=files,
        words=words,
        config=ComposerConfig(sentences=1, min_score=9.0, max_restarts=1),
    )
    assert hard.abstained and hard.restarts == 1
    none_left = put(
        Scripted(script=repeats(CHECK)),
        files={"a.md": CHECK},
        words=words,
        config=ComposerConfig(min_score=9.0, max_restarts=5),
    )
    assert none_left.abstained and none_left.restarts == 1


@pytest.mark.parametrize("call", ["expand", "yes_no", "logprob"])
def test_a_fault_passes_through_and_the_session_is_closed(call: str) -> None:
    model = Scripted(script=repeats(CHECK), faults={call: TransientError("later")})
    with pytest.raises(TransientError, match="later"):
        put(model)
    assert len(model.sessions) == 1


@pytest.mark.parametrize(
    ("question", "files"),
    [("xyzzy", None), ("What is the capital of France?", None), (TESTS, {})],
)
def test_a_model_is_not_asked_where_nothing_fits(
    question: str, files: dict[str, str] | None
) -> None:
    model = Scripted(script=repeats(CHECK))
    answer = put(model, question, files=files)
    assert answer.abstained and answer.model == "scripted"
    assert answer.nearest == ask(question, files=files).nearest
    assert model.sessions == []


def test_what_the_model_is_worth_is_on_file() -> None:
    text = (Path(relevance.__file__).parent / "coefficients.json").read_text("utf-8")
    assert set(json.loads(text)["model"]) == {"likelihood", "quotes", "addresses", "declined"}


@pytest.mark.parametrize(("tokens", "most"), [(6000, 1300), (400, 900), (600, 1200)])
def test_a_page_keeps_to_its_room_and_has_the_best_sentence(tokens: int, most: int) -> None:
    filler = " ".join(f"Tests of kind {i} run in the tests folder number {i}." for i in range(60))
    long = "Run the tests with `make check`, " + "and again " * 80 + "until all tests pass."
    for files in ({"a.md": filler}, {"a.md": f"{long} {filler}"}):
        model = Scripted()
        put(
            model,
            files=files,
            config=ComposerConfig(prompt_tokens=tokens, sentences=1, min_confidence=0.0),
        )
        prompt = model.sessions[0].prompt
        sources = [line for line in prompt.text.split("\n") if line.startswith("[")]
        assert 1 <= len(sources) == prompt.shown <= 8
        assert sum(len(line) - 4 for line in sources) <= most
