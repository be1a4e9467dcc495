"""Answers under the limit: drafted anew, then given up in words; what was tried is kept."""

import json
from dataclasses import replace

import pytest
import structlog
from rich.console import Console

from app.bootstrap.composers import composer_config
from app.domain import Course, Fault, Outcome, PhraseWeight
from app.feedback import metadata
from app.flows.ask import AskFlow
from app.flows.people import People
from app.inspection import show_why
from app.layouts import Layout
from app.layouts.templates import FENCE
from app.weave.answer import Composer, ModelUse
from app.weave.reply import REFUSED
from app.webhooks.commands import commands
from tests.integration.flows.conftest import Town
from tests.unit.weave.models import Scripted

QUESTION = "/ask How do I run the tests?"


def strike(town: Town, *phrases: str) -> None:
    """Teaches the bot that people strike out phrases."""
    weights = [PhraseWeight(phrase=one, z=-6.0, liked=0.0, disliked=9.0) for one in phrases]
    # Known to the bot since somebody asked there.
    town.ask("rae", "/help")
    town.bot.store.weights.save(town.repository.id, weights, town.clock())


def test_what_was_tried_for_an_answer_is_kept(town: Town) -> None:
    number, posted = town.ask("rae", QUESTION)
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None and not reply.refused
    tree = town.bot.store.trees.get(f"ask:{posted.node_id}:{reply.command_key}")
    assert tree is not None
    assert (tree.question, tree.outcome) == ("How do I run the tests?", Outcome.ANSWERED)
    (tried,) = tree.tried
    assert tried.accepted and "make check" in tried.text
    chosen = [branch.text for branch in tried.branches if branch.chosen]
    assert chosen[0].startswith("Run the tests with `make check`.")
    assert all(branch.parts for branch in tried.branches if branch.score is not None)


def test_an_answer_of_struck_out_words_is_given_up_and_the_nearest_files_are_named(
    town: Town,
) -> None:
    strike(town, "make check", "need no network", "weaves cloth", "default interval", "from yarn")
    town.put(".github/treadle.yml", b"min_score: 3\nmax_restarts: 1\n")
    with structlog.testing.capture_logs() as logs:
        number, posted = town.ask("rae", QUESTION)
    reply = town.reply(number)
    assert reply.body.startswith(f"{REFUSED} The nearest files are:")
    assert "README.md" in reply.body and "make check" not in metadata.strip(reply.body)
    stored = town.bot.store.replies.by_url(reply.url)
    assert stored is not None and stored.refused and stored.abstained
    assert not stored.answer, "no guess is kept as an answer that people could teach"
    tree = town.bot.store.trees.get(f"ask:{posted.node_id}:{stored.command_key}")
    assert tree is not None
    assert (tree.outcome, tree.min_score) == (Outcome.REFUSED, 3.0)
    assert [one.course for one in tree.tried] == [Course.FIRST, Course.BANNED]
    assert [one.accepted for one in tree.tried] == [False, False]
    assert (Fault.PHRASE, "make check") in [
        (reason.fault, reason.what) for reason in tree.tried[0].reasons
    ]
    assert any("make check" in text for text in tree.tried[1].banned)
    (noted,) = [line for line in logs if line["event"] == "ask.drafted_anew"]
    assert (noted["restarts"], noted["course"], noted["refused"]) == (1, "banned", True)
    assert "make check" not in str(noted)


def test_the_command_line_leads_to_what_was_tried(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    number, posted = town.ask("rae", QUESTION)
    url = town.reply(number).url
    settings = town.bot.settings
    console = Console(width=200)
    show_why(settings, url, console=console, as_json=False)
    key = commands(QUESTION)[0].key
    place = f"/repositories/{town.repository.id}/asks/{posted.id}/{key}"
    assert f"What was tried for it: http://127.0.0.1:8081{place}" in capsys.readouterr().out
    show_why(settings, url, console=console, as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert shown["now"]["refused"] is False and "tried" not in shown["now"]


def writer(town: Town, model: Scripted) -> Town:
    """Lets the bot of a town answer with a model that writes."""
    bot, use = town.bot, ModelUse(layout=Layout.PASSAGES)
    context = replace(
        bot.context,
        answerer=lambda policy, adapter="": Composer.of(
            model, use, composer_config(bot.settings, policy)
        ),
    )
    people = People(context.github, context.clock)
    ask = AskFlow(context, bot.policies, people, bot.refresh, bot.orders, bot.verbs)
    return replace(town, bot=replace(bot, ask=ask))


def test_a_model_that_writes_is_told_why_and_its_better_answer_is_posted(town: Town) -> None:
    strike(town, "make check")
    bad, good = "Run `make check`. [1]", "There is a target for it in the Makefile. [1]"
    model = Scripted(
        script=lambda session, prefix: (
            () if prefix else (good,) if "earlier drafts" in session.prompt.text else (bad,)
        )
    )
    number, posted = writer(town, model).ask("rae", QUESTION)
    assert "There is a target for it in the Makefile." in town.reply(number).body
    told = model.sessions[1].prompt.text.removeprefix(model.sessions[0].prompt.text)
    assert f"{FENCE}\nmake check\n{FENCE}" in told
    key = commands(QUESTION)[0].key
    tree = town.bot.store.trees.get(f"ask:{posted.node_id}:{key}")
    assert tree is not None and tree.outcome is Outcome.ANSWERED
    assert [(one.course, one.accepted) for one in tree.tried] == [
        (Course.FIRST, False),
        (Course.TOLD, True),
    ]
    assert [[branch.text for branch in one.branches] for one in tree.tried] == [[bad], [good]]


def test_a_model_that_doubts_all_that_it_writes_posts_no_guess(town: Town) -> None:
    model = Scripted(
        script=lambda session, prefix: () if prefix else ("Run `make check`. [1]",),
        judge=lambda text, question: -4.0,
    )
    number, _ = writer(town, model).ask("rae", QUESTION)
    body = town.reply(number).body
    assert body.startswith(f"{REFUSED} The nearest files are:") and "make check" not in body
    assert len(model.sessions) == 2, "once, and once anew: it had nothing else to say"
