"""What was tried, as lines: which texts follow which, and why each was not the one."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.domain import OPERATOR, AskTree, Branch, Outcome, ReplyState, Tried
from app.feedback.picks import key_of
from app.flows.picking import ONE_TEXT, UNANSWERED, Choice
from app.web.trees import DEEPEST, EXCERPT, Shown, Step, page
from tests.stored import an_ask
from tests.unit.web.bots import EVIL, NOW, SITE, fill, tree
from tests.unit.web.bots import Shown as Dashboard
from tests.unit.web.test_dashboard import words

PLACE = "/repositories/1/asks/801/k"


@pytest.fixture
def filled(bot: Dashboard) -> Dashboard:
    fill(bot)
    return bot


def of(value: AskTree) -> dict[str, Any]:
    return page(an_ask(), value, None, Choice(texts=(), more=0, picked="", refusal=""))


def shown(*branches: Branch, **more: object) -> Shown:
    tried = Tried(**{"text": "x", "branches": branches, **more})  # type: ignore[arg-type]
    value = AskTree(
        ask_key="k",
        repository_id=1,
        question="?",
        outcome=Outcome.ANSWERED,
        min_score=0.0,
        tried=[tried],
        created_at=NOW,
    )
    found: Shown = of(value)["attempts"][0]
    return found


def texts(line: object) -> list[object]:
    """Lays a line out: its pieces, and behind each the lines beside it."""
    found: list[object] = []
    for step in line:  # type: ignore[attr-defined]
        assert isinstance(step, Step)
        found.append(step.excerpt)
        found += [texts(one) for one in step.lines]
    return found


def test_a_line_follows_what_was_chosen_and_has_the_others_beside_it() -> None:
    (first, second) = of(tree("x"))["attempts"]
    assert texts(first.line) == [
        "Run `make test`,",
        ["Nobody knows", ", really."],
        ["x [7]"],
        "which is quick. [1] x",
        ["if you can. [1]"],
    ]
    assert first.texts == 18
    assert texts(second.line) == ["Run `make check`. [1]"]
    assert second.line[0].last and not first.line[0].last


def test_why_each_text_was_not_chosen() -> None:
    first = of(tree("x"))["attempts"][0]
    begun, ended = first.line
    (better,), (unsaid,) = begun.lines[0][:1], begun.lines[1]
    assert (begun.why, ended.why) == ("", "")
    assert better.why == "It scores no less; the search trusted its score less."
    assert unsaid.why == "It cites none of the sources."
    (other,) = ended.lines[0]
    assert other.why == (
        "The best that came of it scores \N{MINUS SIGN}1.00, 0.47 less than the chosen."
    )
    open_end = shown(Branch(text="a", score=1.0, chosen=True), Branch(text="b", score=2.0))
    assert open_end.line[0].lines[0][0].why.startswith("It scores no less, but was not ended")
    nothing = shown(Branch(text="a", ruled_out="No."), Branch(text="b", score=1.0), text="")
    assert [step.why for step in nothing.line] == ["Nothing of it could be said."]
    # Of what was chosen nothing is kept: it is not said that the others could not be said.
    assert [step.why for step in shown(Branch(text="b", score=1.0)).line] == [""]


@pytest.mark.parametrize(
    ("score", "x", "width", "side"),
    [
        (2.0, 50, 50, "above"),
        (-2.0, 0, 50, "below"),
        (-0.5, 37.5, 12.5, "below"),
        (0, 50, 0, "above"),
    ],
)
def test_bars_grow_from_the_middle(score: float, x: float, width: float, side: str) -> None:
    found = shown(Branch(text="a", score=2.0, chosen=True), Branch(text="b", score=score))
    bar = found.line[0].lines[0][0].bar
    assert bar is not None and (bar.x, bar.width, bar.side) == (x, width, side)


def test_parts_and_principles_are_rows() -> None:
    found = shown(
        Branch(text="a", score=1.0, parts={"principles": 1.0}, opinions=[2.0, -1.0]),
        principles=["p", "q"],
    )
    (step,) = found.line
    assert list(step.parts) == [("principles", 1.0)]
    assert list(step.opinions) == [("p", 2.0), ("q", -1.0)]


def test_long_texts_are_cut_and_deep_ones_counted() -> None:
    # Each text has a better one beside it, that the next ones continue.
    branches = [Branch(text="x" * 2 * EXCERPT, score=-1.0, chosen=True)]
    parent = -1
    for at in range(3 * DEEPEST):
        # Of two that continue the same, the worse one goes on.
        branches.append(Branch(parent=parent, text="b", score=1000.0 - at))
        branches.append(Branch(parent=parent, text="w", score=-1000.0 + at))
        parent = len(branches) - 1
    found = shown(*branches)
    assert len(found.line[0].excerpt) == EXCERPT + 2

    def count(line: object) -> int:
        return sum(
            1 + step.deeper + sum(count(one) for one in step.lines)
            for step in line  # type: ignore[attr-defined]
        )

    assert count(found.line) == len(branches)


def test_a_very_long_line_is_no_fault() -> None:
    branches = [Branch(parent=at - 1, text="x", score=1.0, chosen=True) for at in range(5000)]
    assert len(shown(*branches).line) == 5000


def test_the_page(filled: Dashboard) -> None:
    text = filled.client().get(PLACE).text
    assert "Attempt 2" in text and "Its prompt said what was wrong before." in text
    assert "12 texts" not in text and "18 texts, of which the best 6 are kept" in text
    assert text.count('<li class="chosen">') == 3
    for path in ("/repositories/1/asks", "/replies/1"):
        assert f'href="{PLACE}"' in filled.client().get(path).text


def test_peoples_text_is_shown_and_not_obeyed(filled: Dashboard) -> None:
    filled.store.trees.save(tree(EVIL))
    text = filled.client().get(PLACE).text
    assert "<script>alert" not in text and "<img src=x" not in text
    assert text.count("&lt;script&gt;") >= 5


@pytest.mark.parametrize(
    "path",
    ["/repositories/1/asks/802/k", "/repositories/1/asks/801/no", "/repositories/2/asks/801/k"],
)
def test_an_ask_of_which_nothing_is_kept_has_no_page(filled: Dashboard, path: str) -> None:
    assert filled.client().get(path).status_code == 404


def test_an_empty_tree_can_be_shown(filled: Dashboard) -> None:
    for tried in ([], [Tried()], [Tried(left_out=3, pieces=2)]):
        filled.store.trees.save(replace(tree("x"), tried=tried))
        assert filled.client().get(PLACE).status_code == 200


# --- picking among the drafts -------------------------------------------------------------

BEST = "Run `make test`, if you can."


def press(
    bot: Dashboard,
    act: str,
    fields: Mapping[str, str],
    *,
    place: str = PLACE,
    origin: str = SITE,
    signed_in: bool = True,
) -> httpx.Response:
    return bot.client(signed_in=signed_in).post(
        f"{place}/{act}", data=fields, headers={"Origin": origin}, follow_redirects=False
    )


def drafts(bot: Dashboard) -> str:
    """Returns the words of the section of drafts."""
    text = bot.client().get(PLACE).text
    found = re.search(r'<section class="card" id="drafts".*?</section>', text, re.DOTALL)
    assert found is not None
    return words("<main>" + found[0])


def test_drafts_are_offered_best_first(filled: Dashboard) -> None:
    text = drafts(filled)
    assert "Draft 1 posted score +2.50 Run `make test`. This is the best" in text
    assert "Draft 3 score \N{MINUS SIGN}1.00 Run `make test`, if you can. This is the best" in text
    assert "12 more texts that could have been posted were looked at." in text
    assert text.count("This is the best") == 3 and "Take it back" not in text


def test_a_draft_is_picked_and_taken_back(filled: Dashboard) -> None:
    answer = press(filled, "pick", {"draft": key_of(BEST)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PLACE}#drafts")
    text = drafts(filled)
    assert f"Draft 3 picked score \N{MINUS SIGN}1.00 {BEST} Take it back" in text
    assert text.count("This is the best") == 2
    text = words(filled.client().get("/repositories/1/preferences").text)
    assert "picks among drafts 1" in text
    pick = filled.store.picks.get("ask:T_1:k")
    assert pick is not None and (pick.chosen, pick.by, pick.at) == (BEST, "the dashboard", NOW)
    assert press(filled, "take-back", {}).status_code == 303
    assert "Take it back" not in drafts(filled)
    told = filled.store.audit.newest(1, 9)
    assert [(one.act, one.subject, one.person) for one in told] == [
        ("took back a pick", "reply 1", OPERATOR),
        ("picked", "reply 1", OPERATOR),
    ]
    text = words(filled.client().get("/repositories/1/preferences").text)
    assert "picks among drafts 0" in text
    text = words(filled.client().get("/repositories/1/audit").text)
    assert "the operator took back a pick reply 1" in text and "the operator picked" in text


def test_a_pick_has_its_page_when_the_tree_is_gone(filled: Dashboard) -> None:
    press(filled, "pick", {"draft": key_of(BEST)})
    filled.store.trees.prune(NOW + timedelta(days=99))
    text = filled.client().get(PLACE).text
    assert "is not kept any more; what was picked of it is." in text
    assert "Draft 1 picked" in drafts(filled) and "posted" in drafts(filled)
    for path in ("/repositories/1/asks", "/replies/1"):
        assert f'href="{PLACE}"' in filled.client().get(path).text
    answer = press(filled, "take-back", {})
    assert (answer.status_code, answer.headers["location"]) == (303, "/repositories/1/asks")
    assert filled.client().get(PLACE).status_code == 404


@pytest.mark.parametrize(
    ("act", "fields", "status", "told"),
    [
        ("pick", {"draft": "f" * 16}, 409, "not among the drafts any more"),
        ("pick", {"draft": "<b>x</b>"}, 409, "not among the drafts any more"),
        ("pick", {}, 400, "load the page again"),
        ("take-back", {}, 409, "nothing to take back"),
        ("dance", {}, 404, "no such button"),
    ],
)
def test_what_cannot_be_picked_is_told(
    filled: Dashboard, act: str, fields: dict[str, str], status: int, told: str
) -> None:
    answer = press(filled, act, fields)
    assert answer.status_code == status and told in answer.text
    assert filled.store.picks.get("ask:T_1:k") is None and filled.store.audit.newest(1, 9) == []


@pytest.mark.parametrize("act", ["pick", "take-back"])
def test_asks_of_other_repositories_are_not_here(filled: Dashboard, act: str) -> None:
    press(filled, "pick", {"draft": key_of(BEST)})
    for place in (PLACE.replace("/1/", "/2/", 1), PLACE.replace("801", "802")):
        answer = press(filled, act, {"draft": key_of("Run `make test`.")}, place=place)
        assert answer.status_code == 404
    kept = filled.store.picks.get("ask:T_1:k")
    assert kept is not None and kept.chosen == BEST


@pytest.mark.parametrize("act", ["pick", "take-back"])
@pytest.mark.parametrize(
    ("origin", "signed_in"), [("https://elsewhere.test", True), ("null", True), (SITE, False)]
)
def test_nobody_else_picks(filled: Dashboard, act: str, origin: str, signed_in: bool) -> None:
    fields = {"draft": key_of(BEST)}
    answer = press(filled, act, fields, origin=origin, signed_in=signed_in)
    assert answer.status_code in (401, 403)
    assert filled.store.picks.get("ask:T_1:k") is None


def test_why_nothing_can_be_picked_is_said(filled: Dashboard) -> None:
    filled.store.trees.save(replace(tree("x"), drafts=(), more=0))
    text = drafts(filled)
    assert ONE_TEXT in text and "Draft 1 posted" in text and "This is the best" not in text
    filled.store.replies.set_state(1, ReplyState.DELETED)
    assert UNANSWERED in drafts(filled) and "Draft 1" not in drafts(filled)
