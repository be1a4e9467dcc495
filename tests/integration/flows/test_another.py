"""Another answer where 😕 asks for one: once, beside the first, and never over a person's words."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain import Ask, AskState, Comment, Job, Reply, Repository, another, ask_key
from app.errors import TransientError
from tests.integration.flows.conftest import Town

QUESTION = "/ask Where does the loom read its settings from?"


@pytest.fixture
def put(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that sweeps put into the queue, which no worker takes out here."""
    jobs: list[Job] = []
    monkeypatch.setattr("app.bootstrap.building._put", lambda _, job: jobs.append(job))
    return jobs


def asked(town: Town, question: str = QUESTION) -> Reply:
    number, _ = town.ask("rae", question)
    reply = town.bot.store.replies.by_url(town.reply(number).url)
    assert reply is not None
    return reply


def second_of(town: Town, reply: Reply) -> Ask | None:
    return town.bot.store.asks.get(ask_key(reply.trigger_node_id, another(reply.command_key)))


def sweep(town: Town, put: list[Job]) -> None:
    """Sweeps, and does the work that follows from it."""
    town.bot.sweep.repository(town.repository.id)
    while put:
        town.run(put.pop(0))


@pytest.mark.parametrize(
    ("login", "answers"),
    [("rae", 2), ("mia", 2), ("walt", 2), ("tess", 1), ("pat", 1)],
)
def test_the_asker_and_writers_get_another_answer(
    login: str, answers: int, town: Town, put: list[Job]
) -> None:
    reply = asked(town)
    town.people[login].react(reply.comment_id, "confused")
    sweep(town, put)
    posted = town.replies(reply.number)
    assert len(posted) == answers
    assert posted[0].body == reply.body, "the first stays as it is"
    assert (second_of(town, reply) is None) == (answers == 1)


def test_it_is_another_try_and_does_not_say_the_same(town: Town, put: list[Job]) -> None:
    reply = asked(town)
    assert ".loom.yml" in reply.answer
    town.people["walt"].react(reply.comment_id, "confused")
    sweep(town, put)
    _, posted = town.replies(reply.number)
    assert f"another try, since [the first answer]({reply.url}) did not help" in posted.body
    visible = posted.body.partition("**Sources**")[0]
    assert "reads its settings from" not in visible
    stored = town.bot.store.replies.by_url(posted.url)
    assert stored is not None and stored.again
    assert (stored.question, stored.asker) == (reply.question, reply.asker)
    assert stored.block["command"] == another(reply.command_key)


def test_there_is_one_however_often_it_is_wanted(town: Town, put: list[Job]) -> None:
    reply = asked(town)
    for login in ("rae", "walt"):
        town.people[login].react(reply.comment_id, "confused")
        sweep(town, put)
    second = town.bot.store.replies.by_url(town.replies(reply.number)[1].url)
    assert second is not None
    town.people["walt"].react(second.comment_id, "confused")
    sweep(town, put)
    world = town.playground.world
    world.unreact(world.person("walt"), world.comment(reply.comment_id), "confused")
    sweep(town, put)
    town.people["walt"].react(reply.comment_id, "confused")
    sweep(town, put)
    assert len(town.replies(reply.number)) == 2


def test_votes_on_both_are_of_each(town: Town, put: list[Job]) -> None:
    reply = asked(town)
    town.people["rae"].react(reply.comment_id, "confused")
    sweep(town, put)
    second = town.bot.store.replies.by_url(town.replies(reply.number)[1].url)
    assert second is not None
    town.people["rae"].react(second.comment_id, "+1")
    sweep(town, put)
    signals = town.bot.store.signals
    assert [(one.content, one.trust) for one in signals.of_reply(reply.id)] == [("confused", 0.5)]
    assert [(one.content, one.trust) for one in signals.of_reply(second.id)] == [("+1", 0.5)]


def edit(town: Town, reply: Reply) -> None:
    body = reply.body.replace(".loom.yml", ".config/loom.yml")
    town.people["mia"].edit(reply.comment_id, body)


def hide(town: Town, reply: Reply) -> None:
    world = town.playground.world
    world.minimize(world.person("mia"), world.comment(reply.comment_id), "outdated")


def mute(town: Town, reply: Reply) -> None:
    town.people["walt"].comment(reply.number, "/no-ai")
    town.work()


def turn_off(town: Town, _: Reply) -> None:
    town.put(".github/treadle.yml", b"another_answer: false\n")


def limit(town: Town, _: Reply) -> None:
    town.put(".github/treadle.yml", b"limits:\n  per_person_per_day: 1\n")


def close_to_others(town: Town, _: Reply) -> None:
    town.put(".github/treadle.yml", b"who_may_ask: writers\n")


@pytest.mark.parametrize("first", [edit, hide, mute, turn_off, limit, close_to_others])
def test_where_none_is_wanted_or_allowed_nothing_is_posted(
    first: Callable[[Town, Reply], None], town: Town, put: list[Job]
) -> None:
    reply = asked(town)
    first(town, reply)
    before = [one.body for one in town.replies(reply.number)]
    town.people["rae"].react(reply.comment_id, "confused")
    sweep(town, put)
    assert [one.body for one in town.replies(reply.number)] == before


def test_an_old_wish_is_not_met(town: Town, put: list[Job]) -> None:
    reply = asked(town)
    town.people["rae"].react(reply.comment_id, "confused")
    town.clock.ahead = timedelta(days=1, minutes=1)
    sweep(town, put)
    assert second_of(town, reply) is None


def test_an_edit_before_it_is_posted_stops_it(town: Town, put: list[Job]) -> None:
    reply = asked(town)
    town.people["rae"].react(reply.comment_id, "confused")
    town.bot.sweep.repository(town.repository.id)
    [job] = put
    key = str(job.args[0])
    assert town.bot.ask.acknowledge(key) and town.bot.ask.draft(key)
    edit(town, reply)
    town.bot.ask.publish(key)
    [posted] = town.replies(reply.number)
    assert ".config/loom.yml" in posted.body
    ask = second_of(town, reply)
    assert ask is not None and ask.state is AskState.IGNORED


def test_a_question_taken_back_gets_no_other_answer(town: Town, put: list[Job]) -> None:
    reply = asked(town)
    town.people["rae"].react(reply.comment_id, "confused")
    town.bot.sweep.repository(town.repository.id)
    town.people["rae"].edit(reply.trigger_comment_id, "Never mind.")
    while put:
        town.run(put.pop(0))
    assert len(town.replies(reply.number)) == 1


@pytest.mark.parametrize("step", ["open", "put", "save_draft", "post", "add", "set_state"])
def test_cut_off_anywhere_there_is_one_in_the_end(
    step: str, town: Town, put: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each boundary fails once after it did its work, as where the process dies there."""
    reply = asked(town)
    town.people["rae"].react(reply.comment_id, "confused")
    store, hub = town.bot.store, town.bot.context.github
    died: list[str] = []

    def dying(do: Callable[..., object]) -> Callable[..., object]:
        def done(*args: object, **named: object) -> object:
            result = do(*args, **named)
            if not died:
                died.append(step)
                raise TransientError("the process died here")
            return result

        return done

    if step == "put":
        monkeypatch.setattr("app.bootstrap.building._put", dying(lambda _, job: put.append(job)))
    elif step == "post":
        post: Callable[[Repository, int, str], Comment] = hub.post
        monkeypatch.setattr(type(hub), "post", lambda self, *args: dying(post)(*args))
    else:
        noun = store.replies if step == "add" else store.asks
        monkeypatch.setattr(noun, step, dying(getattr(noun, step)))
    key = ask_key(reply.trigger_node_id, another(reply.command_key))
    for _ in range(3):
        try:
            town.bot.sweep.repository(town.repository.id)
            while put:
                town.run(put.pop(0))
            if store.asks.get(key) is not None:
                town.run(Job(name="ask", key=key, args=(key,)))
        except TransientError:
            continue
    assert died == [step]
    assert len(town.replies(reply.number)) == 2
    assert len(store.replies.on_thread(town.repository.id, reply.number)) == 2
    ask = store.asks.get(key)
    assert ask is not None and ask.state is AskState.ANSWERED
