"""The reverse proxies let the webhook and the health check through, as large as they come."""

import re
from pathlib import Path

import pytest

from app.main import create_app
from app.settings import load
from app.webhooks.route import routes

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
SETTINGS = load({})


class Nothing:
    """A queue that is never asked."""


def open_paths() -> set[str]:
    """The paths of the port that the proxies stand before."""
    settings = load({"TREADLE_WEBHOOK_SECRET": "secret"})
    app = create_app(settings, inbox=Nothing())  # type: ignore[arg-type]
    hook = routes(secret=b"secret", app_id=1, inbox=Nothing(), max_body_bytes=1)  # type: ignore[arg-type]
    (webhooks,) = (route.path for route in hook.routes)  # type: ignore[attr-defined]
    assert app.url_path_for("healthz") == "/healthz"
    return {webhooks, "/healthz"}


PATHS = {
    "caddy/Caddyfile": r"@treadle path (.+)",
    "nginx/treadle.conf": r"location = (\S+) \{",
}


@pytest.mark.parametrize("name", PATHS)
def test_two_paths_are_let_through_to_the_webhooks_port(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    let_through = {path for found in re.findall(PATHS[name], text) for path in found.split()}
    assert let_through == open_paths()
    places = set(re.findall(r"(?:reverse_proxy|proxy_pass) (?:http://)?([\w.]+:\d+)", text))
    assert places == {f"{SETTINGS.host}:{SETTINGS.port}"}
    assert re.search(r"respond 404|return 404", text)


@pytest.mark.parametrize("name", PATHS)
def test_bodies_are_as_large_as_treadle_takes_them(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    # nginx' `m` and Caddy's `MiB` are both 1,048,576 bytes.
    (size,) = re.findall(r"(?:max_size|client_max_body_size) (\d+)(?:MiB|m;)", text)
    assert int(size) * 1024 * 1024 == SETTINGS.max_body_bytes


def test_nginx_waits_longer_than_github() -> None:
    text = (DEPLOY / "nginx/treadle.conf").read_text("utf-8")
    (seconds,) = re.findall(r"proxy_read_timeout (\d+)s", text)
    assert int(seconds) > 10
