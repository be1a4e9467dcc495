"""An ask on a real (local) GitHub, and all that can be wrong with it."""

import json
import time

import pytest
import structlog

from app.domain import Allowance, AskState, Delivery, Job, Person
from app.errors import RateLimited, TransientError
from app.feedback import metadata
from app.webhooks.commands import commands
from playground.faults import Fault
from tests.integration.flows.conftest import FILES, Town

QUESTION = "/ask How do I run the tests?"


def ask_key(node_id: str, body: str) -> str:
    return f"ask:{node_id}:{commands(body)[0].key}"


def state(town: Town, node_id: str, body: str) -> AskState | None:
    ask = town.bot.store.asks.get(ask_key(node_id, body))
    return None if ask is None else ask.state


def test_an_answer_quotes_its_source_and_carries_a_signed_block(town: Town) -> None:
    number, posted = town.ask("rae", QUESTION)
    reply = town.reply(number)
    assert "Run the tests with `make check`." in reply.body
    assert "/olivia/loom/blob/" in reply.body and "README.md#L" in reply.body
    assert town.people["mia"].reactions(posted.id) == [("treadle[bot]", "eyes")]
    block = metadata.read(reply.body, keys=town.bot.context.keys, trigger_node_id=posted.node_id)
    assert isinstance(block, metadata.Block)
    assert block.intact
    assert block.values["reply_to"] == posted.id
    assert block.values["repository"] == town.repository.id
    assert block.values["model"] == "extract"
    stored = town.bot.store.replies.by_url(reply.url)
    assert stored is not None
    assert stored.question == "How do I run the tests?"
    assert next(source.path for source in stored.sources) == "README.md"
    assert state(town, posted.node_id, QUESTION) is AskState.ANSWERED


def test_a_pull_request_is_answered_like_an_issue(town: Town) -> None:
    world = town.playground.world
    walt = world.person("walt")
    world.commit_files(
        walt, town.repository, {"fast.md": b"Fast.\n"}, message="Go faster", branch="faster"
    )
    pull = world.create_pull(
        walt, town.repository, title="Weave faster", head="faster", base="main"
    )
    town.people["walt"].comment(pull.number, QUESTION)
    town.work()
    assert "make check" in town.reply(pull.number).body


@pytest.mark.parametrize(
    "body",
    [
        "> /ask How do I run the tests?",
        "```\n/ask How do I run the tests?\n```",
        "<!--\n/ask How do I run the tests?\n-->",
        "Say /ask How do I run the tests?",
        "/askew How do I run the tests?",
        "/shrug",
    ],
)
def test_what_is_no_command_gets_no_reply(body: str, town: Town) -> None:
    number, posted = town.ask("rae", body)
    assert town.replies(number) == []
    assert town.people["mia"].reactions(posted.id) == []


def test_an_edited_comment_runs_only_its_new_commands(town: Town) -> None:
    number, posted = town.ask("rae", QUESTION)
    town.people["rae"].edit(posted.id, QUESTION + "\nPlease.")
    town.work()
    assert len(town.replies(number)) == 2, "the argument is another one now"
    town.people["rae"].edit(posted.id, QUESTION + "\nPlease.\n/help")
    town.work()
    assert len(town.replies(number)) == 3
    assert "`/ask your question`" in town.replies(number)[-1].body


def test_one_command_in_two_deliveries_gets_one_reply(town: Town) -> None:
    number, posted = town.ask("rae", QUESTION)
    found = commands(posted.body)[0]
    again = Delivery(
        guid="another",
        event="issue_comment",
        action="created",
        installation_id=town.bot.store.repositories.all()[0].installation_id,
        repository_id=town.repository.id,
        owner="olivia",
        name="loom",
        number=number,
        comment_id=posted.id,
        comment_node_id=posted.node_id,
        commands=(found.key,),
    )
    for job in town.bot.deliveries.handle(again):
        town.run(job)
    assert len(town.replies(number)) == 1


def test_a_block_that_was_tampered_with_is_ignored_and_noted(town: Town) -> None:
    number, _ = town.ask("rae", QUESTION)
    first = town.reply(number)
    forged = first.body.replace('"version":1', '"version":2')
    town.people["mia"].edit(first.id, forged)
    with structlog.testing.capture_logs() as logs:
        town.people["walt"].comment(number, QUESTION)
        town.work()
    assert len(town.replies(number)) == 2
    noted = [line for line in logs if line["event"] == "block.tampered"]
    assert noted == [
        {
            "event": "block.tampered",
            "log_level": "warning",
            "repository": town.repository.id,
            "comment": first.id,
            "reason": "wrong signature",
        }
    ]


def test_whole_blocks_of_other_replies_are_not_noted(town: Town) -> None:
    number, _ = town.ask("rae", QUESTION)
    with structlog.testing.capture_logs() as logs:
        town.people["walt"].comment(number, QUESTION)
        town.work()
    assert len(town.replies(number)) == 2
    assert not [line for line in logs if line["event"] == "block.tampered"]


def test_a_post_whose_answer_was_lost_is_not_posted_again(town: Town) -> None:
    town.playground.world.faults.add(
        Fault(kind="drop_after", method="POST", path=r"/issues/\d+/comments$", contains="treadle {")
    )
    number = town.people["rae"].open_issue("Tests", "")
    posted = town.people["rae"].comment(number, QUESTION)
    with pytest.raises(TransientError):
        town.work()
    assert len(town.replies(number)) == 1
    town.run(Job(name="ask", key="", args=(ask_key(posted.node_id, QUESTION),)))
    reply = town.reply(number)
    assert town.bot.store.replies.by_url(reply.url) is not None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind="status", method="GET", path=r"/issues/comments/\d+$"), TransientError),
        (Fault(kind="drop", method="GET", path=r"/issues/comments/\d+$"), TransientError),
        (
            Fault(kind="secondary", method="POST", path=r"/reactions$", retry_after=7),
            RateLimited,
        ),
        (Fault(kind="limited", method="GET", path=r"/tarball/", retry_after=9), RateLimited),
    ],
)
def test_a_passing_fault_is_told_and_the_next_try_answers(
    fault: Fault, error: type[TransientError], town: Town
) -> None:
    town.playground.world.faults.add(fault)
    number = town.people["rae"].open_issue("Tests", "")
    town.people["rae"].comment(number, QUESTION)
    with pytest.raises(error) as caught:
        town.work()
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == pytest.approx(fault.retry_after, abs=2)
        [installation] = town.playground.world.installations
        town.bot.store.limits.change(installation.id, lambda _, __: (Allowance(), None))
    town.handled.clear()
    town.work()
    assert "make check" in town.reply(number).body


def test_a_reaction_that_has_to_wait_is_left_out(town: Town) -> None:
    [installation] = town.playground.world.installations
    busy = Allowance(next_write=time.time() + 3600)
    town.bot.store.limits.change(installation.id, lambda _, __: (busy, None))
    posted = town.people["rae"].comment(town.people["rae"].open_issue("Tests", ""), QUESTION)
    with pytest.raises(RateLimited):
        town.work()
    assert town.people["mia"].reactions(posted.id) == []
    assert town.bot.store.asks.draft(ask_key(posted.node_id, QUESTION)) is not None


def test_after_the_last_try_the_asker_is_told_once(town: Town) -> None:
    number, posted = town.ask("rae", "/ask")
    assert "Write a question" in town.reply(number).body
    key = ask_key(posted.node_id, "/ask")
    town.bot.ask.apologise(key)
    assert len(town.replies(number)) == 1

    number = town.people["rae"].open_issue("Tests", "")
    posted = town.people["rae"].comment(number, QUESTION)
    town.playground.settle()
    delivery = Delivery(
        guid="one",
        event="issue_comment",
        action="created",
        installation_id=0,
        repository_id=town.repository.id,
        owner="olivia",
        name="loom",
        number=number,
        comment_id=posted.id,
        comment_node_id=posted.node_id,
        commands=(commands(QUESTION)[0].key,),
    )
    town.bot.deliveries.handle(delivery)
    key = ask_key(posted.node_id, QUESTION)
    town.bot.ask.apologise(key)
    town.bot.ask.apologise(key)
    assert "Something went wrong" in town.reply(number).body
    assert state(town, posted.node_id, QUESTION) is AskState.FAILED


def test_a_question_that_the_text_does_not_answer_gets_no_guess(town: Town) -> None:
    number, _ = town.ask("rae", "/ask Which bank gives a mortgage on a loom?")
    reply = town.reply(number)
    assert "make check" not in reply.body
    assert "README.md" in reply.body or "docs/settings.md" in reply.body


def test_muting_a_thread_and_bringing_the_bot_back(town: Town) -> None:
    number, _ = town.ask("rae", "/no-ai")
    town.people["walt"].comment(number, QUESTION)
    town.work()
    assert town.replies(number) == []
    passer = town.people["pat"].comment(number, "/ai")
    town.work()
    assert ("treadle[bot]", "confused") in town.people["mia"].reactions(passer.id)
    town.people["tess"].comment(number, "/ai")
    town.people["walt"].comment(number, QUESTION + " Now?")
    town.work()
    assert len(town.replies(number)) == 1


def test_who_may_not_ask_is_told_once(town: Town) -> None:
    town.put(".github/treadle.yml", b"who_may_ask: triage\n")
    number, _ = town.ask("rae", QUESTION)
    assert "triage access or more" in town.reply(number).body
    number, again = town.ask("rae", QUESTION)
    assert town.replies(number) == []
    assert ("treadle[bot]", "confused") in town.people["mia"].reactions(again.id)
    number, _ = town.ask("rae", "/help")
    assert "`/ask your question`" in town.reply(number).body
    number, _ = town.ask("tess", QUESTION)
    assert "make check" in town.reply(number).body


def test_the_limit_counts_in_the_order_of_asking_and_is_told_once(town: Town) -> None:
    town.put(".github/treadle.yml", b"limits:\n  per_person_per_day: 1\n")
    asks = "\n".join(f"{QUESTION} {word}" for word in ("One.", "Two.", "Three.", "Four."))
    number, posted = town.ask("tess", asks)
    first, second = town.replies(number)
    assert "make check" in first.body
    assert "1 question of one person" in second.body
    assert ("treadle[bot]", "confused") in town.people["mia"].reactions(posted.id)
    number, _ = town.ask("walt", QUESTION)
    assert "make check" in town.reply(number).body


def test_no_comment_can_ask_for_a_flood(town: Town) -> None:
    asks = "\n".join(f"{QUESTION} {number}" for number in range(40))
    number, _ = town.ask("walt", asks)
    assert len(town.replies(number)) == 5
    helps = "\n".join(f"/help {number}" for number in range(40))
    for _ in range(3):
        number, _ = town.ask("rae", helps)
    assert town.replies(number) == []


@pytest.mark.parametrize("change", ["deleted", "edited", "muted"])
def test_what_is_no_longer_wanted_when_the_answer_is_ready_is_not_posted(
    change: str, town: Town
) -> None:
    number = town.people["rae"].open_issue("Tests", "")
    posted = town.people["rae"].comment(number, QUESTION)
    world = town.playground.world
    publish = town.bot.ask.publish

    def meanwhile(key: str) -> None:
        if change == "deleted":
            world.delete_comment(world.person("rae"), world.comment(posted.id))
        elif change == "edited":
            town.people["rae"].edit(posted.id, "Never mind.")
        else:
            town.bot.store.threads.mute(
                town.repository.id, number, Person(id=posted.id, login="rae")
            )
        publish(key)

    town.bot.ask.publish = meanwhile  # type: ignore[method-assign]
    town.work()
    assert town.replies(number) == []
    assert state(town, posted.node_id, QUESTION) is AskState.IGNORED


# Where the list of commits alone is not there, the branch tells the head.
@pytest.mark.parametrize("path", [r"/tarball/", r"/(commits|branches)/"])
@pytest.mark.parametrize("status", [403, 404, 451])
def test_a_text_that_may_not_be_read_is_told(path: str, status: int, town: Town) -> None:
    town.playground.world.faults.add(
        Fault(kind="status", method="GET", path=path, status=status, times=9)
    )
    number, _ = town.ask("rae", QUESTION)
    assert "*Contents: read*" in town.reply(number).body


def test_a_broken_configuration_file_leaves_the_last_good_one_in_force(town: Town) -> None:
    town.put(".github/treadle.yml", b"command: loom\n")
    town.put(".github/treadle.yml", b"command: 7\nwho_can_ask: triage\n")
    number, _ = town.ask("rae", "/loom How do I run the tests?")
    assert "make check" in town.reply(number).body
    assert "has 2 faults" not in town.reply(number).body
    number, _ = town.ask("walt", "/loom How do I run the tests?")
    assert "`.github/treadle.yml` has 2 faults" in town.reply(number).body
    stored = town.bot.store.replies.by_url(town.reply(number).url)
    assert stored is not None and "faults" not in stored.answer
    number, _ = town.ask("rae", "/help")
    body = town.reply(number).body
    assert "line 1" in body and "line 2" in body and "`who_may_ask`" in body


def test_the_organisation_sets_defaults_and_its_limits_stand(town: Town) -> None:
    world = town.playground.world
    world.create_repository(
        "olivia",
        ".github",
        files={".github/treadle.yml": b"command: weave\nmax_restarts: 0\n"},
    )
    number, _ = town.ask("rae", "/weave How do I run the tests?")
    assert "make check" in town.reply(number).body
    town.put(".github/treadle.yml", b"command: spin\nmax_restarts: 3\n")
    policy = town.bot.policies.kept(town.repository.id)
    assert (policy.command, policy.max_restarts) == ("spin", 0)


def test_a_push_brings_new_text_into_answers(town: Town) -> None:
    town.ask("rae", QUESTION)
    town.put("docs/colours.md", b"# Colours\n\nDye the yarn with `loom dye --colour red`.\n")
    number, _ = town.ask("rae", "/ask How do I dye the yarn red?")
    assert "loom dye --colour red" in town.reply(number).body


def test_paths_that_the_organisation_leaves_out_are_left_out_at_once(town: Town) -> None:
    world = town.playground.world
    number, _ = town.ask("rae", QUESTION)
    assert "make check" in town.reply(number).body
    files = {".github/treadle.yml": b"paths:\n  exclude: [README.md]\n"}
    world.create_repository("olivia", ".github", files=files)
    town.bot.refresh.repository(town.repository.id)
    number, _ = town.ask("rae", QUESTION)
    assert "make check" not in town.reply(number).body


def test_a_renamed_repository_is_followed(town: Town) -> None:
    town.ask("rae", QUESTION)
    world = town.playground.world
    world.update_repository(world.person("olivia"), town.repository, name="loom2")
    town.work()
    assert town.bot.store.repositories.all()[0].name == "loom2"


def test_an_empty_repository_is_told(town: Town) -> None:
    world = town.playground.world
    empty = world.create_repository("olivia", "empty")
    issue = world.create_issue(world.person("rae"), empty, title="Hello", body="")
    world.create_comment(world.person("rae"), issue, QUESTION)
    town.work()
    [comment] = [item for item in world.comments if item.issue_id == issue.id and item.app_id]
    assert "no text yet" in comment.body


@pytest.mark.parametrize("archive", [b"", b"not a tar at all", b"\x1f\x8b\x08\x00broken"])
def test_a_broken_archive_is_tried_again_and_then_told(archive: bytes, town: Town) -> None:
    town.playground.world.set_raw_tarball(town.repository, archive)
    number = town.people["rae"].open_issue("Tests", "")
    posted = town.people["rae"].comment(number, QUESTION)
    with pytest.raises(TransientError, match="archive cannot be read"):
        town.work()
    town.bot.ask.apologise(ask_key(posted.node_id, QUESTION))
    assert "Something went wrong" in town.reply(number).body


def test_a_comment_deleted_meanwhile_is_dropped(town: Town) -> None:
    number = town.people["rae"].open_issue("Tests", "")
    posted = town.people["rae"].comment(number, QUESTION)
    world = town.playground.world
    world.delete_comment(world.person("rae"), world.comment(posted.id))
    town.work()
    assert town.replies(number) == []


def test_a_suspended_installation_is_left_alone(town: Town) -> None:
    number, _ = town.ask("rae", QUESTION)
    posted = town.people["rae"].comment(number, QUESTION + " Again?")
    town.playground.settle()
    [installation] = list(town.playground.world.installations)
    town.playground.world.suspend(installation.id, by="olivia")
    town.work()
    assert len(town.replies(number)) == 1
    assert state(town, posted.node_id, posted.body) in (None, AskState.IGNORED)
    assert not town.bot.store.repositories.active(town.repository.id)
    assert town.bot.sweep.due() == 0


def test_a_repository_taken_out_of_the_installation_is_left_alone_and_may_come_back(
    town: Town,
) -> None:
    town.ask("rae", QUESTION)
    world = town.playground.world
    world.create_repository("olivia", "other", files=FILES)
    [installation] = list(world.installations)
    world.choose_repositories(installation.id, ["other"])
    town.work()
    assert not town.bot.store.repositories.active(town.repository.id)
    world.choose_repositories(installation.id, ["loom", "other"])
    town.work()
    assert town.bot.store.repositories.active(town.repository.id)
    number, _ = town.ask("rae", QUESTION)
    assert "make check" in town.reply(number).body


def test_mentions_and_html_of_a_repository_reach_no_reply(town: Town) -> None:
    town.put(
        "docs/pings.md",
        b"# Pings\n\nThe shuttle pings @octocat and ![x](https://evil.example/x.png) "
        b"<img src=x onerror=alert(1)> at noon.\n",
    )
    number, _ = town.ask("rae", "/ask Whom does the shuttle ping at noon?")
    body = town.reply(number).body
    assert "octocat" in body
    assert " @octocat" not in body and "<img" not in body and "![x]" not in body


def test_the_queue_and_logs_carry_no_text_of_people(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    town.ask("rae", "/ask What about my secret aardvark?")
    captured = capsys.readouterr()
    assert "aardvark" not in captured.out + captured.err
    assert FILES["README.md"].decode()[:20] not in captured.out


def test_hidden_blocks_hold_no_text_of_sources(town: Town) -> None:
    number, posted = town.ask("rae", QUESTION)
    block = metadata.read(
        town.reply(number).body, keys=town.bot.context.keys, trigger_node_id=posted.node_id
    )
    assert isinstance(block, metadata.Block)
    assert "They need no network" not in json.dumps(dict(block.values))
