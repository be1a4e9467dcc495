"""A repository's own principles: read where they change, asked about drafts, scaled by votes."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from app.bootstrap.composers import composer_config
from app.domain import Reply
from app.flows.policies import Policies
from app.flows.policy import Policy
from app.inspection import print_why
from app.layouts import Layout
from app.layouts.templates import FENCE
from app.settings import Settings
from app.weave.answer import Composer, ModelUse
from app.weave.calibration import of_model, scale_key
from app.weave.constitution import PATH, STANDARD, Extent, standing
from app.weave.principles import Principle
from tests.integration.flows.conftest import Town
from tests.integration.flows.test_ask import QUESTION
from tests.unit.weave.models import Scripted, says

POLITE = b"# Ours\n\n## Is polite\n- weight: 3\n- answer: no\n\nIs {{answer}} rude?\n"
RUDE = Principle(name="Is polite", question="Is {{answer}} rude?", weight=3.0, expected=False)
SAID = "Run the tests with `make check`. [1]"


@pytest.fixture
def model(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """The model that the town's bot answers with from now on; it finds answers polite by 6."""
    scripted = Scripted(
        script=says(SAID), judge=lambda _, question: -6.0 if "rude" in question else 1.5
    )

    def composer(settings: Settings, policy: Policy, *_: object) -> Composer:
        config = composer_config(settings, policy)
        return Composer.of(scripted, ModelUse(layout=Layout.PASSAGES), config)

    monkeypatch.setattr("app.bootstrap.building.composer", composer)
    return scripted


def asked_of(model: Scripted) -> set[str]:
    """The questions that the model was asked about its last draft."""
    return {question for _, question in model.sessions[-1].judged}


def ask(town: Town, more: str = "") -> Reply:
    number, _ = town.ask("walt", f"{QUESTION}{more}")
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None and SAID in reply.answer
    return reply


def sweep(town: Town) -> None:
    assert town.bot.sweep.repository(town.repository.id) > 0


def test_drafts_are_judged_by_what_stands_in_the_file_now(town: Town, model: Scripted) -> None:
    usual = {one.question for one in standing(STANDARD).principles}
    ask(town)
    assert asked_of(model) == usual
    town.put(PATH, POLITE)
    ask(town, " Now?")
    (question,) = asked_of(model)
    assert f"{FENCE}\nIs the answer above rude?\n{FENCE}" in question
    town.put(PATH, b"\n")
    ask(town, " And now?")
    assert asked_of(model) == usual


def test_a_faulty_file_leaves_the_last_good_one_in_force(town: Town, model: Scripted) -> None:
    town.put(PATH, POLITE)
    town.put(PATH, POLITE + b"\n## Is polite\n- weight: lots\n\nIs it?\n")
    number, _ = town.ask("rae", QUESTION)
    assert "rude" in asked_of(model).pop()
    assert "faults" not in town.reply(number).body
    number, _ = town.ask("walt", f"{QUESTION} Now?")
    assert f"`{PATH}` has 2 faults: `/help` lists what to mend." in town.reply(number).body
    number, _ = town.ask("walt", "/help")
    body = town.reply(number).body
    assert f"**`{PATH}` has faults.**" in body and "treadle.yml" not in body
    assert "line 9: the principle of line 3 has the same name" in body
    assert "line 10: `weight` is a number" in body


def test_faults_of_both_files_are_told(town: Town, model: Scripted) -> None:
    town.put(".github/treadle.yml", b"command: 7\n")
    town.put(PATH, b"## Empty\n")
    number, _ = town.ask("walt", QUESTION)
    assert (
        f"`.github/treadle.yml` has a fault and `{PATH}` has a fault: `/help` lists"
        in town.reply(number).body
    )


def test_a_file_is_read_within_the_settings(town: Town, model: Scripted) -> None:
    town.put(PATH, POLITE)
    small = Policies(town.bot.context.github, town.bot.store, Extent(size=len(POLITE) - 1))
    here = town.repository.id
    assert town.bot.policies.kept(here).constitution is not None
    assert small.kept(here).constitution is None, "what is kept may have become too large"
    known = town.bot.store.repositories.get(here)
    assert known is not None
    small.reload(known)
    assert small.faults(here) == {PATH: [f"it is larger than {len(POLITE) - 1} bytes"]}
    town.bot.policies.reload(known)
    assert town.bot.policies.faults(here) == {}


def test_what_the_model_says_is_kept_and_explained(town: Town, model: Scripted) -> None:
    town.put(PATH, POLITE + b"\n## Is right\n\nIs it right?\n")
    reply = ask(town)
    right = Principle(name="Is right", question="Is it right?")
    assert reply.block["principles"] == {RUDE.key: 6.0, right.key: 1.5}
    draft = town.bot.store.asks.draft(f"ask:{reply.trigger_node_id}:{reply.command_key}")
    assert draft is not None
    assert draft.details["opinions"] == [
        {"principle": "Is polite", "weight": 3.0, "odds": 6.0, "score": 4.0},
        {"principle": "Is right", "weight": 1.0, "odds": 1.5, "score": 1.5},
    ]
    assert draft.details["spread"] == 2.5
    why = town.bot.why.reply(reply.url)
    assert why.repeated
    assert [(one.principle, one.score) for one in why.now.opinions] == [
        ("Is polite", 4.0),
        ("Is right", 1.5),
    ]
    shown = StringIO()
    print_why(Console(file=shown, width=200), why)
    assert "Principles, 2.5 nats apart" in shown.getvalue()
    # The least content first.
    assert "  +1.5 [+1.5] weight 1: Is right\n  +4.0 [+6.0] weight 3: Is polite" in shown.getvalue()


def test_votes_scale_principles_and_taking_them_back_unscales(town: Town, model: Scripted) -> None:
    town.put(PATH, POLITE)
    reply = ask(town)
    here = town.repository.id
    sweep(town)
    before = town.bot.store.weights.latest(here)
    assert before.calibrations == {}
    town.people["mia"].react(reply.comment_id, "-1")
    sweep(town)
    learned = town.bot.store.weights.latest(here)
    assert learned.version == before.version + 1
    scale = of_model("scripted", learned.calibrations)[RUDE.key]
    assert scale.temperature > 1 and scale.offset < 0 and scale.votes == 1.0
    assert of_model("another", learned.calibrations) == {}

    next_one = ask(town, " Again?")
    assert next_one.dictionary_version == learned.version
    draft = town.bot.store.asks.draft(f"ask:{next_one.trigger_node_id}:{next_one.command_key}")
    assert draft is not None
    (opinion,) = draft.details["opinions"]  # type: ignore[misc]
    expected = 6.0 / scale.temperature + scale.offset
    assert opinion["odds"] == 6.0 and opinion["score"] == pytest.approx(expected, abs=1e-3)

    world = town.playground.world
    world.unreact(world.person("mia"), world.comment(reply.comment_id), "-1")
    sweep(town)
    assert town.bot.store.weights.latest(here).calibrations == {}


def test_a_vote_that_waits_scales_nothing_yet(town: Town, model: Scripted) -> None:
    town.put(".github/treadle.yml", b"delay_days: 3\n")
    reply = ask(town)
    town.people["rae"].react(reply.comment_id, "+1")
    sweep(town)
    here = town.repository.id
    assert town.bot.store.weights.latest(here).calibrations == {}
    town.clock.ahead += timedelta(days=4)
    sweep(town)
    assert set(town.bot.store.weights.latest(here).calibrations) == {
        scale_key("scripted", key)
        for key in reply.block["principles"]  # type: ignore[attr-defined]
    }
