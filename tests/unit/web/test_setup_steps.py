"""The check list: what is shown of findings, and where it leads."""

import pytest
from starlette.testclient import TestClient

from app.checks import Finding, State
from app.web.dashboard import create_dashboard
from app.web.links import Links
from app.web.setup_steps import RENEW, SetUp, Span, spans
from tests.unit.web.bots import EVIL, HOME, NOW, SITE, TOKEN, Shown

LINKS = Links(web_url=HOME)
INSTALL = f"{HOME}/apps/treadle/installations/new"


def found(
    state: State = "ok", part: str = "worker", told: str = "runs", remedy: str = ""
) -> Finding:
    return Finding(part=part, state=state, told=told, remedy=remedy)


def page(bot: Shown, *findings: Finding, path: str = "/setup", notes: tuple[str, ...] = ()) -> str:
    """The page of these findings."""
    set_up = SetUp(findings=lambda: findings, notes=notes)
    app = create_dashboard(bot, TOKEN, set_up=set_up, clock=lambda: NOW)
    client = TestClient(app, base_url=SITE)
    client.get("/", params={"token": TOKEN})
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("plain", [Span(text="plain")]),
        (f"at {HOME}/a, or", [Span(text="at "), Span(text=f"{HOME}/a", href=f"{HOME}/a"),
                              Span(text=", or")]),
        (f"{HOME}/a.", [Span(text=f"{HOME}/a", href=f"{HOME}/a"), Span(text=".")]),
        ("https://evil.test/", [Span(text="https://evil.test/")]),
        (f"{HOME}.evil.test", [Span(text=f"{HOME}.evil.test")]),
        ("run `treadle work` now", [Span(text="run "), Span(text="treadle work", code=True),
                                    Span(text=" now")]),
        (f"`{HOME}/a`", [Span(text=f"{HOME}/a", code=True)]),
        ("`", [Span(text="`")]),
    ],
)  # fmt: skip
def test_sentences_are_split(text: str, expected: list[Span]) -> None:
    assert spans(text, LINKS) == expected


def test_all_is_done(bot: Shown) -> None:
    shown = page(bot, found(), found("skipped", "events"))
    assert "All is set up." in shown
    assert "refresh" not in shown
    assert 'id="install"' not in shown


@pytest.mark.parametrize("state", ["open", "fault"])
def test_what_is_left_is_looked_at_again(bot: Shown, state: State) -> None:
    shown = page(bot, found(), found(state, remedy="start `treadle work`"))
    assert "1 of 2 steps are done" in shown
    assert f'content="{RENEW}"' in shown
    assert "<code>treadle work</code>" in shown
    still = page(bot, found(state), path="/setup?still=1")
    assert "refresh" not in still


def test_the_app_is_installed_by_a_button(bot: Shown) -> None:
    shown = page(bot, found("open", "installed", "nowhere yet", f"install it at {INSTALL}"))
    assert f'id="install" href="{INSTALL}"' in shown
    elsewhere = "https://evil.test/installations/new"
    assert 'id="install"' not in page(bot, found("open", "installed", remedy=f"at {elsewhere}"))


def test_nothing_of_a_finding_is_markup(bot: Shown) -> None:
    shown = page(bot, found("fault", EVIL, EVIL, EVIL), notes=(EVIL,))
    assert "<script>" not in shown
    assert "<img" not in shown


def test_notes_stand_beneath(bot: Shown) -> None:
    assert "somebody else" in page(bot, found(), notes=("somebody else's server",))


def test_a_dashboard_without_steps_says_so(bot: Shown) -> None:
    assert "no App is set" in bot.client().get("/setup").text


@pytest.mark.parametrize("path", ["/setup/created?code=a&state=b", "/setup/finish?code=a&state=b"])
def test_who_comes_back_late_is_led_to_the_list(bot: Shown, path: str) -> None:
    assert str(bot.client().get(path).url) == f"{SITE}/setup"


def test_the_list_needs_the_token(bot: Shown) -> None:
    assert bot.client(signed_in=False).get("/setup").status_code == 401
