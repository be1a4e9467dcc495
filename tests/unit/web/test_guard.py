"""Who is let through to the dashboard, and what is told to whoever is not."""

import pytest
from starlette.testclient import TestClient

from app.web.guard import COOKIE, HEADERS, Guard, cookie_of, host_allowed
from tests.unit.web.bots import SITE, TOKEN, Shown, fill

PAGES = ("/", "/repositories/1", "/repositories/1/memory", "/replies/1", "/metrics", "/nowhere")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_shown_without_the_token(bot: Shown, path: str) -> None:
    fill(bot)
    answer = bot.client(signed_in=False).get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "TREADLE_ADMIN_TOKEN" in answer.text
    assert "shuttle" not in answer.text
    assert TOKEN not in answer.text


def test_the_token_moves_from_the_address_into_a_cookie(bot: Shown) -> None:
    client = bot.client(signed_in=False)
    answer = client.get(f"/?a=1&token={TOKEN}&b=", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?a=1&b="
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert TOKEN not in cookie
    assert client.get("/").status_code == 200


def test_the_token_may_stand_on_any_page(bot: Shown) -> None:
    fill(bot)
    answer = bot.client(signed_in=False).get(f"/repositories/1/asks?token={TOKEN}")
    assert answer.status_code == 200
    assert str(answer.url) == f"{SITE}/repositories/1/asks"


@pytest.mark.parametrize("path", ["//evil.test/", "/\\evil.test/"])
def test_signing_in_leads_nowhere_else(bot: Shown, path: str) -> None:
    client = bot.client(signed_in=False)
    answer = client.get(f"{SITE}{path}?token={TOKEN}", follow_redirects=False)
    assert answer.headers["location"] in ("/evil.test/", "/%5Cevil.test/")


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", TOKEN.upper(), "é", "\udcff"])
def test_a_wrong_token_opens_nothing(bot: Shown, token: str) -> None:
    client = bot.client(signed_in=False)
    answer = client.get("/", params={"token": token.encode("utf-8", "surrogateescape")})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("cookie", [TOKEN, "x", cookie_of("another token")])
def test_a_wrong_cookie_opens_nothing(bot: Shown, cookie: str) -> None:
    client = bot.client(signed_in=False)
    assert client.get("/", headers={"cookie": f"{COOKIE}={cookie}"}).status_code == 401
    right = f"{COOKIE}={cookie_of(TOKEN)}"
    assert client.get("/", headers={"cookie": right}).status_code == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Basic {TOKEN}", 401),
        ("Bearer ", 401),
        (TOKEN, 401),
    ],
)
def test_programs_show_the_token_in_a_header(bot: Shown, header: str, status: int) -> None:
    client = bot.client(signed_in=False)
    answer = client.get("/metrics", headers={"authorization": header})
    assert answer.status_code == status


@pytest.mark.parametrize(("token", "status"), [(TOKEN, 200), ("wrong", 421)])
def test_programs_may_know_the_dashboard_by_any_name(bot: Shown, token: str, status: int) -> None:
    headers = {"host": "treadle:8081", "authorization": f"Bearer {token}"}
    assert bot.client(signed_in=False).get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8081", 200),
        ("localhost:8081", 200),
        ("[::1]:8081", 200),
        ("evil.test", 421),
        ("127.0.0.1.evil.test", 421),
        ("192.168.1.5:8081", 421),
        ("evil.test@127.0.0.1.test", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
def test_other_names_are_refused(bot: Shown, host: str, status: int) -> None:
    client = bot.client()
    cookie = f"{COOKIE}={cookie_of(TOKEN)}"
    answer = client.get("/", headers={"host": host, "cookie": cookie})
    assert answer.status_code == status
    static = client.get("/static/dashboard.css", headers={"host": host})
    assert static.status_code == status


@pytest.mark.parametrize(
    ("header", "configured", "allowed"),
    [
        ("dash.lan:81", "dash.lan", True),
        ("DASH.lan", "dash.lan", True),
        ("other.lan", "dash.lan", False),
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.8", "10.0.0.7", False),
        ("10.0.0.8", "0.0.0.0", True),
        ("[fd00::1]", "::", True),
        ("name.lan", "0.0.0.0", False),
        ("127.3.2.1", "10.0.0.7", True),
    ],
)
def test_host_allowed(header: str, configured: str, allowed: bool) -> None:
    assert host_allowed(header, configured) is allowed


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.test", "http://127.0.0.1:9", "ftp://127.0.0.1:8081", "//["],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/", "/metrics"])
def test_forms_of_other_sites_are_refused(bot: Shown, path: str, origin: str | None) -> None:
    client = bot.client()
    headers = {} if origin is None else {"origin": origin}
    answer = client.post(path, data={"token": TOKEN}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_form_of_the_locked_page(bot: Shown) -> None:
    client = bot.client(signed_in=False)
    headers = {"origin": SITE}
    assert client.post("/sign-in", data={"token": "no"}, headers=headers).status_code == 401
    assert client.get("/").status_code == 401
    answer = client.post("/sign-in", data={"token": f" {TOKEN}\n"}, headers=headers)
    assert answer.status_code == 200
    assert "What people taught the bot" in answer.text
    assert client.post("/sign-out", headers=headers).status_code == 401
    assert client.get("/").status_code == 401


def test_an_endless_form_is_no_token(bot: Shown) -> None:
    client = bot.client(signed_in=False)
    form = {"filler": "x" * 10_000, "token": TOKEN}
    assert client.post("/sign-in", data=form, headers={"origin": SITE}).status_code == 401


@pytest.mark.parametrize("path", ["/", "/static/dashboard.css", "/nowhere", "/metrics"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_has_the_headers(bot: Shown, path: str, signed_in: bool) -> None:
    headers = bot.client(signed_in=signed_in).get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    assert "unsafe" not in headers["content-security-policy"]


def test_a_guard_needs_a_token() -> None:
    async def app(scope, receive, send) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="token"):
        Guard(app, token="", host="127.0.0.1", refuse=lambda status, reason: None)


def test_what_is_not_http_passes() -> None:
    seen = []

    async def app(scope, receive, send) -> None:
        seen.append(scope["type"])
        message = await receive()
        assert message["type"] == "lifespan.startup"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    guard = Guard(app, token="t", host="127.0.0.1", refuse=lambda status, reason: None)
    with TestClient(guard):
        pass
    assert seen == ["lifespan"]
