from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain import Answer, Calibration, Course, MemoryKind
from app.errors import TransientError
from app.layouts import Layout
from app.layouts.numbered import unknown
from app.layouts.templates import FENCE, template, tokens
from app.weave.answer import ComposerConfig
from app.weave.constitution import STANDARD, standing
from app.weave.principles import Constitution, Principle
from tests.unit.weave.made import FILES, ask, dictionary, memory
from tests.unit.weave.models import COST, Scripted, ScriptedSession, ask_model, says

PORT = "Which port does the server use by default?"
ADDRESSES, SUPPORTED = template("judge/addresses"), template("judge/supported")
SAID = "It listens on port 8080. [1]"
ROOMS = {
    f"{at}.md": f"In room {at} the server uses the default port 80{at}. " * 30
    for at in range(80, 92)
}
"""More text than a small model can read."""


def put(model: Scripted, question: str = PORT, **more: object) -> Answer:
    return ask_model(model, question, layout=Layout.PASSAGES, **more)  # type: ignore[arg-type]


def prefers(*words: str) -> dict[str, object]:
    """A judge for whom drafts with one of these words are right, and others wrong."""
    return {"judge": lambda text, _: 3.0 if any(word in text for word in words) else -3.0}


def test_says_what_the_model_wrote() -> None:
    model = Scripted(script=says(SAID))
    answer = put(model, adapter="loom-3")
    assert answer.text == "It listens on port 8080. [1]"
    assert [(quote.text, quote.source) for quote in answer.quotes] == [
        ("It listens on port 8080.", 0)
    ]
    assert answer.sources[0].path == "docs/port.md"
    assert (answer.model, answer.adapter, answer.usage) == ("scripted", "loom-3", COST)
    assert not answer.abstained and not answer.whole and answer.tokens > 0
    assert answer.confidence == ask(PORT).confidence
    assert 0 < answer.pieces <= 72 and answer.evaluations <= 90


def test_reads_passages_best_first_and_how_to_answer() -> None:
    model = Scripted(script=says(SAID))
    taught = memory(PORT, "It is port 9090.", before="It is 8080.")
    put(model, memories=[taught], words=dictionary(port=4.0))
    prompt = model.sessions[0].prompt
    assert f"[1]\n{FENCE}\na correction by ada" in prompt.text
    assert "docs/port.md: Port" in prompt.text
    assert unknown() in prompt.text and "+ port" in prompt.text
    assert prompt.opening == "# Answer\n\n"
    assert 0 < prompt.shown <= len(prompt.sources) <= 12


def test_goes_on_piece_by_piece_where_the_model_finds_it_good() -> None:
    texts = {
        "": ["It listens ~", "No idea ~"],
        "It listens ": ["on port 8080. [1]", "somewhere. [1]"],
        "No idea ": ["at all. [1]", "of it. [1]"],
    }
    model = Scripted(script=lambda session, prefix: texts.get(prefix, ()), **prefers("8080", "It"))
    assert put(model).text == "It listens on port 8080. [1]"
    (session,) = model.sessions
    assert session.expanded[0][0] == ""
    drawn = Counter[str]()
    for prefix, count in session.expanded[1:]:
        drawn[prefix] += count
    # What looks poor is tried as well: by the scout, and by a piece or two of the level.
    assert drawn["It listens "] >= 5 * drawn["No idea "] > 0


def test_each_text_is_judged_once_in_one_call_a_question() -> None:
    model = Scripted(script=says(SAID, "It is 8080. [1]", SAID))
    put(model)
    for question in (ADDRESSES, SUPPORTED):
        calls = [texts for texts, asked in model.sessions[0].judged if asked == question]
        assert [sorted(texts) for texts in calls] == [sorted({SAID, "It is 8080. [1]"})]
    assert len(model.sessions[0].judged) == 2


@pytest.mark.parametrize("question", [ADDRESSES, SUPPORTED])
def test_both_questions_count(question: str) -> None:
    def judge(text: str, asked: str) -> float:
        return 30.0 if asked == question and "listens" in text else 3.0

    good, bad = "It listens on 8080. [1]", "It is 8080. [1]"
    answer = put(Scripted(script=says(bad, good), judge=judge))
    assert answer.text == good
    # What is said is bounded to 4 nats: -ln((e^-4 + e^-3) / 2) = 3.3799.
    assert answer.score == pytest.approx(3.38, abs=0.05)
    assert sorted(one.odds for one in answer.opinions) == [3.0, 30.0]


def test_a_repositorys_own_constitution_is_asked_behind_a_fence() -> None:
    own = Constitution(
        principles=(Principle(name="a", question="Is it rude?", expected=False, weight=2.0),),
        fenced=True,
    )

    def judge(text: str, asked: str) -> float:
        return 3.0 if "listens" in text else -3.0

    texts = ("It listens on 8080. [1]", "It is 8080. [1]")
    model = Scripted(script=says(*texts), judge=judge)
    answer = put(model, config=ComposerConfig(constitution=own))
    assert answer.text == texts[1], "yes speaks against the answer"
    asked = {question for _, question in model.sessions[0].judged}
    assert asked == set(own.questions(PORT)) and FENCE in asked.pop()


def test_odds_are_calibrated_by_what_people_taught_of_this_model() -> None:
    (supported,) = (one for one in standing(STANDARD).principles if one.question == SUPPORTED)
    texts = ("It listens on 8080. [1]", "It is 8080. [1]")

    def judge(text: str, asked: str) -> float:
        # The one question prefers the first text a little, the other the second far more.
        return (1.0 if "listens" in text else 0.0) * (1.0 if asked == ADDRESSES else -3.0)

    def said(calibrated: str) -> str:
        scale = {f"{supported.key}/{calibrated}": Calibration(temperature=20.0)}
        words = replace(dictionary(), calibrations=scale)
        return put(Scripted(script=says(*texts), judge=judge), words=words).text

    assert said("another") == texts[1]
    assert said("scripted") == texts[0], "people let the other question count little"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("It listens on port 8080.", id="no citation"),
        pytest.param("It listens on port 8080. [40]", id="no such source"),
        pytest.param("Set `NOPE_PORT`. [1]", id="all of it invented"),
        pytest.param(unknown(), id="says so"),
        pytest.param(f"{unknown()} It might be 8080. [1]", id="says so first"),
        pytest.param("", id="nothing"),
        pytest.param("  \n ", id="space"),
        pytest.param("<!-- [1] -->", id="comment"),
    ],
)
def test_abstains_where_nothing_can_be_said(text: str) -> None:
    answer = put(Scripted(script=says(text)))
    assert answer.abstained
    assert (answer.text, answer.quotes, answer.phrases) == ("", (), ())
    assert answer.nearest and set(answer.nearest) <= set(FILES)


def test_abstains_where_most_samples_say_that_there_is_no_answer() -> None:
    likes = prefers("8080")
    assert put(Scripted(script=says(unknown(), unknown(), SAID), **likes)).abstained
    assert not put(Scripted(script=says(unknown(), SAID, SAID), **likes)).abstained


def test_a_draft_without_citation_gives_way_to_one_that_cites() -> None:
    likes = {"judge": lambda text, _: 3.0 * ("It is" in text)}
    model = Scripted(script=says("It is 8080.", SAID), **likes)  # type: ignore[arg-type]
    assert put(model).text == SAID


def test_invented_names_count_against_a_draft() -> None:
    model = Scripted(script=says("Set `NOPE`. Port 8080. [1]", SAID))
    assert put(model).text == SAID


def test_liked_phrases_count_for_a_draft() -> None:
    texts = ("It uses port 8080. [1]", "It listens on port 8080. [1]")
    for phrase, said in (("uses", texts[0]), ("listens", texts[1])):
        answer = put(Scripted(script=says(*texts)), words=dictionary(**{phrase: 5.0}))
        assert answer.text == said
        assert [use.phrase for use in answer.phrases] == [phrase]


def test_cited_sources_come_first_under_new_numbers() -> None:
    def script(session: ScriptedSession, prefix: str) -> Sequence[str]:
        shown = [source.path for source in session.prompt.sources]
        one, two = (shown.index(path) + 1 for path in ("docs/cache.md", "docs/port.md"))
        return [] if prefix else [f"They are cached for hours. [{one}] Port 8080. [{two}] [44]"]

    answer = put(Scripted(script=script), "Which port has the server, and what of the cache?")
    assert answer.text == "They are cached for hours. [1] Port 8080. [2]"
    assert [source.path for source in answer.sources[:2]] == ["docs/cache.md", "docs/port.md"]
    assert [quote.source for quote in answer.quotes] == [0, 1]


def test_an_unfinished_text_is_cut_to_its_last_sentence() -> None:
    def script(session: ScriptedSession, prefix: str) -> Sequence[str]:
        return ["It listens on port 8080. [1] ~"] if not prefix else ["And then ~"]

    answer = put(Scripted(script=script), pieces=8)
    assert answer.text == "It listens on port 8080. [1]"
    assert answer.pieces == 8


def test_whole_answers_are_asked_for_once() -> None:
    model = Scripted(script=says(SAID, "Nope. [1]"), whole=True, **prefers("8080"))
    answer = put(model, answers=6)
    assert (answer.text, answer.whole) == (SAID, True)
    assert model.sessions[0].expanded == [("", 6)]
    cut_off = Scripted(script=says(f"{SAID} And the~"), whole=True)
    assert put(cut_off).text == SAID


def test_a_limit_that_was_reached_ends_the_search() -> None:
    assert put(Scripted()).abstained
    answer = put(Scripted(script=says(f"{SAID} ~")))
    assert answer.text == SAID


def again(model: Scripted) -> str:
    """Returns what the second prompt of a model has more than the first."""
    first, second = (session.prompt.text for session in model.sessions)
    assert second.startswith(first)
    return second.removeprefix(first)


def test_a_disliked_answer_is_made_anew_with_the_reasons() -> None:
    bad, good = "It uses port 8080. [1]", "It listens on port 8080. [1]"
    words = dictionary(uses=-3.0, port=4.0)
    config = ComposerConfig(min_score=1.0)
    model = Scripted(script=says(bad, good), judge=lambda text, _: 4.0 * (text == bad))
    answer = put(model, words=words, config=config)
    assert (answer.text, answer.restarts, answer.refused) == (good, 1, False)
    assert f"{FENCE}\nuses\n{FENCE}" in again(model)
    judged = [text for session in model.sessions for texts, _ in session.judged for text in texts]
    assert sorted(set(judged)) == [good, bad] and len(judged) == 4, "each text once a question"
    assert [one.course for one in answer.tried] == [Course.FIRST, Course.TOLD]
    assert list(answer.tried[1].banned) == ["It uses port 8080."]
    given_up = put(Scripted(script=says(bad)), words=words, config=config)
    assert (given_up.abstained, given_up.refused, given_up.restarts) == (True, True, 1)
    first = put(Scripted(script=says(bad)), words=words, config=ComposerConfig(max_restarts=0))
    assert first.text == bad


def test_a_model_that_says_no_to_all_its_drafts_is_told_and_then_given_up() -> None:
    model = Scripted(script=says(SAID), judge=lambda text, question: -4.0)
    answer = put(model, config=ComposerConfig(max_restarts=1))
    assert (answer.text, answer.abstained, answer.refused) == ("", True, True)
    assert answer.nearest
    assert f"{SUPPORTED} (yes)\n{FENCE}" in again(model)
    unsure = put(Scripted(script=says(SAID), judge=lambda text, question: -1.0))
    assert unsure.text == SAID and not unsure.refused
    loose = put(
        Scripted(script=says(SAID), judge=lambda text, question: -4.0),
        config=ComposerConfig(min_score=-3.0),
    )
    assert loose.text == SAID


def test_a_text_of_invented_names_alone_is_made_anew() -> None:
    def script(session: ScriptedSession, prefix: str) -> Sequence[str]:
        if prefix:
            return ()
        return [SAID if "NOPE_PORT" in session.prompt.text else "Set `NOPE_PORT`. [1]"]

    model = Scripted(script=script)
    answer = put(model)
    assert (answer.text, answer.restarts) == (SAID, 1)
    assert f"{FENCE}\nNOPE_PORT\n{FENCE}" in again(model)


def test_what_was_tried_is_told() -> None:
    model = Scripted(script=says(SAID, "It is 8080.", "Set `NOPE`. Port 8080. [1]"))
    (tried,) = put(model).tried
    assert tried.accepted and tried.text == "It listens on port 8080."
    by_text = {one.text: one for one in tried.branches}
    assert [text for text, one in by_text.items() if one.chosen] == [SAID]
    assert by_text["It is 8080."].ruled_out == "It cites none of the sources."
    assert by_text["It is 8080."].score is None
    chosen = by_text[SAID]
    assert set(chosen.parts) == {"principles", "phrases", "grounding", "log-probability"}
    assert chosen.score == pytest.approx(sum(chosen.parts.values()), abs=1e-3)
    assert len(chosen.opinions) == len(tried.principles) > 0
    assert by_text["Set `NOPE`. Port 8080. [1]"].parts["grounding"] < 0


def test_a_cited_correction_is_remembered_and_makes_sure() -> None:
    question = "Who maintains the French translation?"
    taught = memory(question, "Ada maintains it.")
    liked = memory(question, "Bob did.", kind=MemoryKind.GOOD, number=6)
    answer = put(Scripted(script=says("Ada does. [1]")), question, memories=[taught, liked])
    assert not answer.abstained and answer.confidence == pytest.approx(0.99)
    assert answer.sources[answer.quotes[0].source].memory_id == 5
    assert set(answer.memories) == {5, 6}


@pytest.mark.parametrize("text", ["Ask @bob. [1]", "x" * 300_000, "It [1] `" * 9_000])
def test_foreign_text_is_neutralised_and_bounded(text: str) -> None:
    answer = put(Scripted(script=says(text)), files={"a.md": "The server port: ask @bob for it."})
    assert "@bob" not in answer.text.replace("`@bob`", "")
    assert len(answer.text) <= 12_000


def test_a_prompt_is_no_longer_than_the_model_reads() -> None:
    large, small = Scripted(script=says(SAID)), Scripted(script=says(SAID), reads=2048)
    for model in (large, small):
        assert put(model, files=ROOMS).text == SAID
    lengths = [tokens(model.sessions[0].prompt.text) for model in (large, small)]
    # Three quarters of 2048 - 512.
    assert lengths[0] > 2048 and 800 < lengths[1] <= 1152


@pytest.mark.parametrize("call", ["expand", "yes_no"])
def test_a_prompt_that_proves_too_long_is_halved_until_it_can_be_read(call: str) -> None:
    limits = {call: lambda session: tokens(session.prompt.text) > 1600}
    model = Scripted(script=says(SAID), too_long=limits)
    answer = put(model, files=ROOMS)
    assert answer.text == SAID
    lengths = [tokens(session.prompt.text) for session in model.sessions]
    # 6000, 3000, 1500.
    assert len(lengths) == 3 and 1200 < lengths[2] <= 1500
    assert answer.left_out == 12 - model.sessions[2].prompt.shown > 0
    assert answer.usage == COST + COST + COST, "what was refused may have cost something"


def test_where_a_model_can_read_no_source_nothing_is_said() -> None:
    model = Scripted(script=says(SAID), too_long={"expand": lambda session: True})
    answer = put(model, files=ROOMS)
    assert answer.abstained and answer.left_out == 12


@pytest.mark.parametrize("call", ["context", "expand", "yes_no"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_fault_passes_through_and_the_session_is_closed(call: str, whole: bool) -> None:
    model = Scripted(script=says(SAID), whole=whole, faults={call: TransientError("later")})
    with pytest.raises(TransientError, match="later"):
        put(model)
    assert len(model.sessions) == (call != "context")


def test_a_model_is_not_asked_where_nothing_fits() -> None:
    model = Scripted(script=says(SAID), faults={"context": AssertionError("loaded")})
    assert put(model, "What is the capital of France?").abstained
    assert put(model, files={}).abstained
    assert model.sessions == []
