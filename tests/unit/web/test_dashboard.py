"""The pages of the dashboard: what they say, and that people's text stays text."""

import html
import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain import (
    Calibration,
    LearnedIssue,
    LearnedState,
    Permission,
    Person,
    ReplyState,
    Revision,
)
from app.feedback import metadata
from app.models.present import NOTE
from app.weave.calibration import scale_key
from app.weave.principles import Principle
from app.web import explained
from app.web.explained import made
from tests.unit.web.bots import (
    ASKER,
    EVIL,
    HOME,
    KEYS,
    NOW,
    REPOSITORY,
    Shown,
    fill,
    make_bot,
    make_reply,
    make_signal,
    why,
)

TABS = (
    "",
    "/feedback",
    "/memory",
    "/phrases",
    "/preferences",
    "/training",
    "/asks",
    "/configuration",
)
PAGES = ("/", *(f"/repositories/1{tab}" for tab in TABS), "/replies/1")


@pytest.fixture
def filled(bot: Shown) -> Shown:
    fill(bot)
    return bot


def words(page: str) -> str:
    """The text of a page, with single spaces."""
    text = re.sub(r"<[^>]*>", " ", page[page.index("<main") :])
    return html.unescape(" ".join(text.split()))


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_formed(filled: Shown, path: str) -> None:
    page = filled.client().get(path).text
    assert page.count("<h1") == 1
    assert page.count("<main") == 1
    assert not re.search(r"\sstyle=|\son\w+=|<script", page)
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_stays_text(bot: Shown, path: str) -> None:
    fill(bot, text=EVIL)
    page = bot.client().get(path).text
    assert "<script" not in page
    assert "<img" not in page
    assert "onerror=alert(2)>" not in page


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_to_this_github_alone(bot: Shown, path: str) -> None:
    evil = "javascript:alert(1)"
    bot.store.repositories.save(REPOSITORY)
    reply = bot.store.replies.add(make_reply(url="https://evil.test/x", sources=()))
    bot.store.signals.record(reply.id, [make_signal(url=evil)], NOW)
    page = bot.client().get(path).text
    for link in re.findall(r'(?:href|src|action)="([^"]*)"', page):
        assert link.startswith(("/", "#")) or link.startswith(f"{HOME}/"), link


@pytest.mark.parametrize("path", ["/nowhere", "/repositories/2", "/repositories/x",
        f"/repositories/{2**63}",
        f"/replies/{2**63}",
        "/replies/" + "9" * 5000, "/replies/9",
                                  "/repositories/1/nothing", "/openapi.json", "/docs"])  # fmt: skip
def test_what_is_not_there(filled: Shown, path: str) -> None:
    answer = filled.client().get(path)
    assert answer.status_code == 404
    assert "<main" in answer.text
    assert "To the overview" in answer.text
    assert 'href="/metrics"' in answer.text


def test_an_empty_bot_says_what_to_do(bot: Shown) -> None:
    assert "Install the App" in bot.client().get("/").text


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("", "Nothing was answered yet"),
        ("/feedback", "Nobody judged a reply yet"),
        ("/memory", "Nothing is remembered yet"),
        ("/phrases", "no dictionary yet"),
        ("/preferences", "There are no rows yet"),
        ("/asks", "Nobody asked yet"),
        ("/configuration", "these are the defaults"),
    ],
)
def test_an_empty_repository_says_so(bot: Shown, tab: str, expected: str) -> None:
    bot.store.repositories.save(REPOSITORY)
    assert expected in bot.client().get(f"/repositories/1{tab}").text


def test_the_overview_counts(filled: Shown) -> None:
    text = words(filled.client().get("/").text)
    # Two reactions stand, a third was taken back; pat's has no trust, so one unit is liked.
    assert "olivia/shuttle" in text
    assert "liked 1.00, disliked 0.00, corrected 1.00" in text
    for figure in ("replies 1", "votes 2", "edits 1", "corrections 1", "strong phrases 2"):
        assert figure in text
    assert "dictionary version 1" in text


def test_the_picture_has_its_numbers_as_a_table(filled: Shown) -> None:
    page = filled.client().get("/").text
    assert 'role="img"' in page
    assert '<rect class="liked"' in page
    assert "2026-03-10 1.00 1.00 0.00" in words(page)


def test_feedback_says_who_and_how_much(filled: Shown) -> None:
    text = words(filled.client().get("/repositories/1/feedback").text)
    assert "max 👍 thumbs up on How do I run the tests?" in text
    assert "maintain · trust 1.00 · value +1.00 · counts +1.00" in text
    assert "none · trust 0.00 · value −1.00 · counts 0" in text
    assert "cora 😕 confused taken back 10 Mar 2026, 12:00" in text
    assert "max ✎ edited the reply" in text


def test_a_broken_block_is_flagged(filled: Shown) -> None:
    [reply] = filled.store.replies.recent(1, 9)
    person = Person(id=2, login="max")
    for body, wrong in (("Mine now.", "its hidden block is gone"), (reply.body, "")):
        sealed = metadata.seal(body, {}, keys=KEYS, trigger_node_id=reply.trigger_node_id)
        edited = Revision(body=body if wrong else sealed, editor=person, edited_at=NOW)
        filled.store.revisions.record(reply.id, [edited])
        for path in ("/repositories/1/feedback", f"/replies/{reply.id}"):
            text = words(filled.client().get(path).text)
            assert ("was edited, and its hidden block is gone" in text) == bool(wrong)


def test_memory_shows_what_was_corrected(filled: Shown) -> None:
    page = filled.client().get("/repositories/1/memory").text
    assert "`make <del>test</del><ins>check</ins>`" in page
    assert (
        f'<a href="{HOME}/olivia/shuttle/issues/4#issuecomment-901" rel="noreferrer">max</a>'
        in page
    )


def test_phrases_have_bars_numbers_and_causes(filled: Shown) -> None:
    page = filled.client().get("/repositories/1/phrases").text
    text = words(page)
    assert "2 of them, with a z-score of 2.0 or more" in text
    assert "make check plain +3.4" in text
    assert "make docs +1.7 weak" in text
    assert "make test −2.1" in text
    # 100 * 2.1 / 3.4 = 61.76
    assert re.findall(r'class="value" width="([\d.]+)"', page) == ["100.0", "50.0", "61.8"]
    assert "+1.000 edit by max , 10 Mar 2026, 10:00 , reply 1" in text


def test_preference_rows_are_counted_and_shown(filled: Shown) -> None:
    text = words(filled.client().get("/repositories/1/preferences").text)
    assert "pairs 1" in text
    assert "Chosen Run `make check`." in text
    assert "Rejected Run `make test`." in text


def test_asks_say_how_far_they_came(filled: Shown) -> None:
    page = filled.client().get("/repositories/1/asks").text
    text = words(page)
    assert "answered cora /ask in #4 · the reply" in text
    assert "refused cora /ask in #4" in text
    assert "asked too often" in text
    assert f'href="{HOME}/olivia/shuttle/issues/4#issuecomment-801"' in page


def test_the_configuration_in_force(bot: Shown) -> None:
    bot.store.repositories.save(REPOSITORY)
    bot.store.repositories.save_policy(
        1, "repository", "s", "who_may_ask: writers\n", ["line 2: `x`: there is no such setting"]
    )
    text = words(bot.client().get("/repositories/1/configuration").text)
    assert "who_may_ask writers set" in text
    assert "paths.include everything default" in text
    assert "trust.vouched nobody default" in text
    assert "paths.exclude nothing default" in text
    assert ".github/treadle.yml : line 2: `x`: there is no such setting" in text
    assert "these are the defaults" not in text


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (None, "No issue shows it"),
        (LearnedState.OPEN, "Issue #12 is kept up to date."),
        (LearnedState.CLOSED, "Issue #12 is closed"),
        (LearnedState.GONE, "was deleted or transferred"),
        (LearnedState.REFUSED, "GitHub takes no issue for it"),
    ],
)
def test_how_the_issue_of_what_was_learned_stands(
    bot: Shown, state: LearnedState | None, text: str
) -> None:
    bot.store.repositories.save(REPOSITORY)
    url = f"{HOME}/olivia/shuttle/issues/12"
    if state is not None:
        bot.store.learned.save(
            LearnedIssue(repository_id=1, state=state, number=12, url=url, due_at=NOW)
        )
    page = bot.client().get("/repositories/1/configuration").text
    assert text in words(page)
    assert (f'href="{url}"' in page) == ("#12" in text)


def test_the_constitution_in_force(bot: Shown) -> None:
    bot.store.repositories.save(REPOSITORY)
    page = "/repositories/1/configuration"
    usual = words(bot.client().get(page).text)
    assert "which is this bot's own" in usual
    assert "Is supported Is everything in the answer supported by the sources? yes is good" in usual
    own = "## Is polite\n- weight: 3\n- answer: no\n\nIs it <b>rude</b>?\n"
    key = Principle(name="", question="Is it <b>rude</b>?", expected=False).key
    bot.store.repositories.save_policy(1, "constitution", "s", own, ["line 9: `weight` stands"])
    scales = {
        scale_key(bot.model.name, key): Calibration(temperature=1.5, offset=-0.25, votes=7.0),
        scale_key("another", key): Calibration(temperature=9.0),
    }
    bot.store.weights.save(1, [], NOW, scales)
    text = words(bot.client().get(page).text)
    assert "Is polite Is it <b>rude</b>? no is good weight 3" in text, "people's text is text"
    assert "temperature 1.50, offset -0.25 from 7.0 votes" in text
    assert ".github/treadle/constitution.md : line 9: `weight` stands" in text
    assert "supported by the sources" not in text


def test_a_reply_is_explained(filled: Shown) -> None:
    page = filled.client().get("/replies/1").text
    text = words(page)
    assert f'href="{HOME}/olivia/shuttle/blob/c0ffee/CONTRIBUTING.md#L5-L6"' in page
    assert "corrected by max" in text
    memory = page[page.index('id="by-memory"') : page.index('id="by-dictionary"')]
    assert "<ins>Run `make check`. plain</ins>" in memory
    assert "<del>Run `make test`. plain</del>" in memory
    assert f'href="{HOME}/olivia/shuttle/issues/4#issuecomment-901"' in memory
    assert "It says the same without the dictionary." in text
    assert "Without memory Run `make check test `. plain" in text
    assert "Without the dictionary The same." in text
    assert "make check plain weight +3.4, effect +0.40" in text
    assert "is not the one that was posted" in text


def test_a_reply_that_cannot_be_explained_says_why(filled: Shown) -> None:
    filled.why.known.clear()
    text = words(filled.client().get("/replies/1").text)
    assert "cannot be computed anew: the repository's text is not indexed" in text


def test_a_refusal_is_not_the_same_as_not_to_know(filled: Shown) -> None:
    (url, known), *_ = filled.why.known.items()
    unknown = replace(known.now, text="", abstained=True)
    filled.why.known[url] = replace(
        known,
        now=unknown,
        without_memory=replace(unknown, refused=True),
        without_dictionary=unknown,
    )
    text = words(filled.client().get("/replies/1").text)
    assert "Without memory It says that it could not answer well." in text
    assert "Without the dictionary The same." in text


def test_a_vote_waits_on_every_page_by_the_dashboards_clock(bot: Shown) -> None:
    bot.store.repositories.save(REPOSITORY)
    reply = bot.store.replies.add(make_reply())
    vote = make_signal(person=ASKER, permission=Permission.READ, trust=0.25)
    bot.store.signals.record(reply.id, [vote], NOW)
    for page in ("/repositories/1/feedback", f"/replies/{reply.id}"):
        assert '<span class="tag">waiting</span>' in bot.client().get(page).text, page


def test_a_page_does_not_wait_for_what_takes_long(filled: Shown) -> None:
    found = filled.store.replies.by_id(1)
    assert found is not None
    filled.why.known.clear()
    values = explained.reply(filled, found, NOW)
    # What becomes known only after the page has begun is still on it.
    filled.why.known[found.url] = why(found, "late")
    assert values["explain"]().why.now.text == "Run `make check`. late"


def test_an_answer_that_was_none_says_so(bot: Shown) -> None:
    bot.store.repositories.save(REPOSITORY)
    block = {"commit": "c0ffee", "search": {"abstained": True}}
    bot.store.replies.add(make_reply(answer="", block=block))
    assert "It says that it does not know." in bot.client().get("/replies/1").text
    assert "It said that it does not know." in bot.client().get("/repositories/1").text


def test_a_deleted_reply_says_so(filled: Shown) -> None:
    filled.store.replies.set_state(1, ReplyState.DELETED)
    assert '<span class="tag">deleted</span>' in filled.client().get("/replies/1").text


def test_lists_state_their_limit(bot: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.views.SHOWN", 2)
    bot.store.repositories.save(REPOSITORY)
    for number in range(3):
        bot.store.replies.add(make_reply(number, question=f"Question {number}?"))
    page = bot.client().get("/repositories/1").text
    assert page.count("<li>\n    <h2>") == 2
    assert "The newest 2 are shown" in page


def test_metrics_count_what_the_store_holds(filled: Shown) -> None:
    answer = filled.client().get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    for line in (
        'treadle_replies{repository="olivia/shuttle",state="live"} 1.0',
        'treadle_asks{repository="olivia/shuttle",state="refused"} 1.0',
        'treadle_signals{kind="reaction",repository="olivia/shuttle"} 2.0',
        'treadle_signals_removed{repository="olivia/shuttle"} 1.0',
        'treadle_memories{kind="correction",repository="olivia/shuttle"} 1.0',
        'treadle_preference_rows{kind="pair",repository="olivia/shuttle"} 1.0',
        'treadle_dictionary_version{repository="olivia/shuttle"} 1.0',
    ):
        assert line in lines
    assert "make test" not in answer.text


def test_metrics_count_tokens_and_money(filled: Shown) -> None:
    usage = {"read": 1200, "cached": 1000, "written": 34, "cost": 0.5}
    for number in (5, 6):
        filled.store.replies.add(make_reply(number, block={"model": "big", "usage": usage}))
    lines = filled.client().get("/metrics").text.splitlines()
    of = 'model="big",repository="olivia/shuttle"'
    for line in (
        f'treadle_model_tokens_total{{kind="read",{of}}} 2400.0',
        f'treadle_model_tokens_total{{kind="cached",{of}}} 2000.0',
        f'treadle_model_tokens_total{{kind="written",{of}}} 68.0',
        f"treadle_model_cost_total{{{of}}} 1.0",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("block", "place", "said"),
    [
        ({}, "", ""),
        ({"model": 7}, "cpu", ""),
        # As older versions wrote it.
        ({"model": "extract", "adapter": None, "tokens": 900}, "", "Drafted by extract."),
        (
            {
                "model": "bobbin",
                "adapter": "",
                "usage": {"read": 1200, "cached": 1000, "written": 34, "cost": 0.0},
            },
            "cpu, float32",
            "Drafted by bobbin, cpu, float32, 1,200 tokens read, 1,000 of them again; 34 written.",
        ),
        (
            {"model": "bobbin", "adapter": "", "without": "r1-0001-abcdef01"},
            "cpu",
            "Drafted by bobbin, cpu, without the adapter r1-0001-abcdef01, which could not be "
            "used.",
        ),
        (
            {"model": "big", "adapter": "a1", "usage": {"read": 9, "cost": 0.25}},
            "a server",
            "Drafted by big, adapter a1, a server, 9 tokens read, 0 of them again; 0 written, "
            "cost 0.25.",
        ),
    ],
)
def test_what_drafted_a_reply(block: dict[str, object], place: str, said: str) -> None:
    assert made(block, place) == said


def test_a_reply_says_what_drafted_it(bot: Shown) -> None:
    bot.store.repositories.save(REPOSITORY)
    bot.store.replies.add(make_reply(block={"model": "<b>"}))
    assert "Drafted by &lt;b&gt;." in bot.client().get("/replies/1").text


def test_the_first_page_says_which_model_answers(data: Path) -> None:
    bobbin = make_bot(data, model="bobbin")
    text = words(bobbin.client().get("/").text)
    assert f"Model: bobbin , device auto. {NOTE}" in text
    bobbin.store.close()
    extract = make_bot(data, model="extract")
    text = words(extract.client().get("/").text)
    assert "Model: extract , no language model." in text and "demonstration" not in text
    extract.store.close()


def test_the_web_process_does_without_torch() -> None:
    import subprocess
    import sys

    program = "import sys, app.serving; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
